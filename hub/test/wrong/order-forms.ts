import { newOrder, type Scene } from './scene.ts';
import type { Wrong } from './wrong.ts';

/** Orders and lines with a field that cannot be. */
export function wrongOrderForms(scene: Scene): Wrong[] {
  const { orders, supplierId, goodId, seats } = scene;
  const order = newOrder(scene);
  const open = 'POST /api/orders';
  const line = `POST /api/orders/${orders.open}/line`;
  const field = (name: string, value: unknown): Wrong => [
    `an order whose ${name} is ${JSON.stringify(value)?.slice(0, 40) ?? 'missing'}`,
    'ana',
    open,
    { ...order, [name]: value },
    `400 bad_request ${name}`,
  ];
  const units = (value: unknown): Wrong => [
    `a line of ${JSON.stringify(value) ?? 'no'} units`,
    'ana',
    line,
    { units: value },
    '400 bad_request units',
  ];

  return [
    field('title', undefined),
    field('title', ''),
    field('title', '   '),
    field('title', 7),
    field('title', null),
    field('title', ['Rice']),
    field('title', 'R'.repeat(81)),
    field('title', 'R'.repeat(500_000)),
    field('title', 'Rice\u0000'),
    field('title', 'Rice\nand beans'),
    field('title', '\u202eeciR'),
    field('titleEs', 'Arroz\u0000'),
    field('unit', '\u0007'),
    field('supplierId', 'us'),
    field('supplierId', '0190a5d2-7b1c-7c3a-9f00-000000000001'),
    field('supplierId', { id: supplierId }),
    field('goodId', '0190a5d2-7b1c-7c3a-9f00-000000000001'),
    field('unitPriceMicros', 0),
    field('unitPriceMicros', -2_000_000),
    field('unitPriceMicros', 0.5),
    field('unitPriceMicros', '2000000'),
    field('unitPriceMicros', null),
    field('unitPriceMicros', 1e300),
    field('unitsPerCase', 0),
    field('targetMicros', 1_999_999),
    field('targetMicros', Number.MAX_SAFE_INTEGER + 1),
    field('deadlineAtMs', Date.now() - 1),
    field('deadlineAtMs', Date.now() + 400 * 86_400_000),
    field('deadlineAtMs', new Date().toISOString()),
    field('executes', 'now'),
    field('openedBySeat', seats.ben),
    field('state', 'settled'),
    [
      'an article of another supplier',
      'ana',
      open,
      { ...order, supplierId: scene.otherSupplierId, goodId },
      '400 bad_request goodId',
    ],

    units(undefined),
    units(0),
    units(-1),
    units(1.5),
    units('2'),
    units(null),
    units([2]),
    units(10_001),
    units(Number.MAX_SAFE_INTEGER + 1),
    ['a line of infinitely many units', 'ana', line, undefined, '400 bad_request units', { raw: '{"units":1e999}' }],
    ['a line above the whole target', 'ana', line, { units: 7 }, '400 bad_request units'],
    ['a line that names its own amount', 'ana', line, { units: 1, amountMicros: 1 }, '400 bad_request amountMicros'],
    ['a line for another seat', 'ana', line, { units: 1, seat: seats.ben }, '400 bad_request seat'],
    [
      'leaving for another seat',
      'ana',
      `DELETE /api/orders/${orders.open}/line`,
      { seat: seats.ben },
      '400 bad_request seat',
    ],
  ];
}

import type { Scene, Who } from './scene.ts';
import type { Wrong } from './wrong.ts';

const unknown = '0190a5d2-7b1c-7c3a-9f00-000000000001';
const person = { name: 'Eve', seatClass: 'resident', roles: [], pin: '739154' };
const hash = `0x${'ab'.repeat(32)}`;

/** Every address that asks for an office, with an officer who does not hold it. */
export const offices: readonly (readonly [line: string, wrongOfficer: Who, body?: unknown])[] = [
  ['GET /api/members', 'gardener'],
  ['POST /api/members', 'maintainer', person],
  ['PUT /api/members/1/roles', 'maintainer', { roles: ['treasurer'] }],
  ['GET /api/dwellings', 'gardener'],
  ['POST /api/dwellings', 'maintainer', { name: '9Z' }],
  ['POST /api/households', 'maintainer', { name: 'Us', seats: [1] }],
  ['GET /api/audit', 'maintainer'],
  ['POST /api/clock/confirm', 'treasurer', {}],
  ['POST /api/kiosk-codes', 'board'],
  ['GET /api/kiosks', 'board'],
  [`DELETE /api/kiosks/${unknown}`, 'board'],
  ['POST /api/neighbours/1/unlock', 'board'],
  ['POST /api/suppliers', 'treasurer', { name: 'Eve & Co' }],
  ['POST /api/goods', 'treasurer', {}],
  ['GET /api/deposits', 'board'],
  ['POST /api/deposits', 'board', { seat: 1, amountMicros: 1_000_000, reference: 'X-1' }],
  ['POST /api/reserves', 'board', { reserveMicros: 1, documentHash: hash }],
  ['GET /api/officer-messages', 'maintainer'],
  [`POST /api/officer-messages/${unknown}`, 'maintainer', { signature: `0x${'00'.repeat(65)}` }],
  ['GET /api/settlement', 'board'],
  ['POST /api/settlement/now', 'board'],
  ['GET /api/sensors', 'treasurer'],
  ['POST /api/sensors', 'treasurer', { name: 'Bug' }],
  ['DELETE /api/sensors/tower-9', 'treasurer'],
  ['DELETE /api/sensors/waiting/esp', 'treasurer'],
];

/** Residents and nobody at every officer's door, and officers who ask for what cannot be. */
export function wrongOffices({ seats, reference, sensorName, supplierId }: Scene): Wrong[] {
  const refused = offices.flatMap(([line, officer, body]): Wrong[] => [
    [`${line}, as a resident`, 'ben', line, body, '403 not_allowed'],
    [`${line}, as ${officer}`, officer, line, body, '403 not_allowed'],
    [`${line}, as nobody`, 'nobody', line, body, '401 not_signed_in'],
  ]);
  const deposit = { seat: seats.ben, amountMicros: 5_000_000, reference: 'WIRE-78' };
  const deposited = (field: string, value: unknown): Wrong => [
    `a deposit whose ${field} is ${JSON.stringify(value) ?? 'missing'}`.slice(0, 80),
    'treasurer',
    'POST /api/deposits',
    { ...deposit, [field]: value },
    `400 bad_request ${field}`,
  ];
  const enrolled = (field: string, value: unknown): Wrong => [
    `a new member whose ${field} is ${JSON.stringify(value)}`.slice(0, 80),
    'board',
    'POST /api/members',
    { ...person, [field]: value },
    `400 bad_request ${field}`,
  ];
  const sensor = (name: string, body: object, field: string): Wrong => [
    `a sensor with ${name}`,
    'gardener',
    'POST /api/sensors',
    { name: 'Bug', ...body },
    `400 bad_request ${field}`,
  ];

  return [
    ...refused,
    deposited('amountMicros', 0),
    deposited('amountMicros', -1),
    deposited('amountMicros', 0.01),
    deposited('amountMicros', '5000000'),
    deposited('amountMicros', 1e18),
    deposited('amountMicros', undefined),
    deposited('seat', 0),
    deposited('seat', -3),
    deposited('seat', 1.5),
    deposited('seat', 0x1_00_00_00),
    deposited('reference', ''),
    deposited('reference', ' '),
    deposited('reference', 'W\u0000'),
    deposited('reference', 'W'.repeat(81)),
    [
      'a deposit for a seat that is none',
      'treasurer',
      'POST /api/deposits',
      { ...deposit, seat: 4711 },
      '404 not_found',
    ],
    [
      'a deposit’s reference twice',
      'treasurer',
      'POST /api/deposits',
      { ...deposit, reference },
      '409 already_exists reference',
    ],
    [
      'a reserve below nothing',
      'treasurer',
      'POST /api/reserves',
      { reserveMicros: -1, documentHash: hash },
      '400 bad_request reserveMicros',
    ],
    [
      'a reserve without its document',
      'treasurer',
      'POST /api/reserves',
      { reserveMicros: 1, documentHash: 'statement.pdf' },
      '400 bad_request documentHash',
    ],
    [
      'signing a message that is none',
      'treasurer',
      `POST /api/officer-messages/${unknown}`,
      { signature: `0x${'00'.repeat(65)}` },
      '404 not_found',
    ],
    [
      'a signature that is none',
      'treasurer',
      `POST /api/officer-messages/${unknown}`,
      { signature: 'Marcus Hill' },
      '400 bad_request signature',
    ],

    enrolled('pin', '1111'),
    enrolled('pin', '123456'),
    enrolled('pin', '121212'),
    enrolled('pin', '12'),
    enrolled('pin', 'secret'),
    enrolled('pin', 739154),
    enrolled('name', ''),
    enrolled('name', 'Eve\u0000'),
    enrolled('name', 'E'.repeat(81)),
    enrolled('seatClass', 'king'),
    enrolled('roles', ['resident', 'guest']),
    enrolled('walletAddress', '0x12'),
    enrolled('seat', 1),
    [
      'a guest with an office',
      'board',
      'POST /api/members',
      { ...person, seatClass: 'guest', roles: ['board'] },
      '400 bad_request roles',
    ],
    ['roles for a seat that is none', 'board', 'PUT /api/members/4711/roles', { roles: [] }, '404 not_found'],
    ['roles for seat 0', 'board', 'PUT /api/members/0/roles', { roles: [] }, '400 bad_request seat'],
    [
      'a role that is none',
      'board',
      `PUT /api/members/${seats.ben}/roles`,
      { roles: ['god'] },
      '400 bad_request roles.0',
    ],
    [
      'a role twice',
      'board',
      `PUT /api/members/${seats.ben}/roles`,
      { roles: ['board', 'board'] },
      '400 bad_request roles',
    ],
    ['a dwelling that is there', 'board', 'POST /api/dwellings', { name: '1a' }, '409 already_exists name'],
    ['a household of strangers', 'board', 'POST /api/households', { name: 'Us', seats: [4711] }, '404 not_found'],
    ['an audit from the end of time', 'board', 'GET /api/audit?after=never', undefined, '400 bad_request after'],
    [
      'a supplier that is there',
      'coordinator',
      'POST /api/suppliers',
      { name: 'Valle Verde' },
      '409 already_exists name',
    ],
    ['a supplier with a NUL', 'coordinator', 'POST /api/suppliers', { name: 'Valle\u0000' }, '400 bad_request name'],
    [
      'goods of a supplier that is none',
      'coordinator',
      'POST /api/goods',
      { supplierId: unknown, title: 'Salt', unit: 'bag', unitPriceMicros: 1, unitsPerCase: 1 },
      '404 not_found',
    ],
    [
      'goods with a path as picture',
      'coordinator',
      'POST /api/goods',
      { supplierId, title: 'Salt', unit: 'bag', unitPriceMicros: 1, unitsPerCase: 1, picture: '../../stoop.db' },
      '400 bad_request picture',
    ],

    sensor('a blank name', { name: ' ' }, 'name'),
    sensor('a NUL in its name', { name: 'Bug\u0000' }, 'name'),
    sensor('every topic', { publish: ['#'] }, 'publish'),
    sensor('the broker’s own topics', { publish: ['$SYS/#'] }, 'publish'),
    sensor('no topic', { publish: [] }, 'publish'),
    sensor('a broken filter', { publish: ['stoop/#/x'] }, 'publish'),
    sensor('a token of its own', { token: 'secret' }, 'token'),
    ['ending a sensor that is none', 'gardener', 'DELETE /api/sensors/nothing', undefined, '404 not_found'],
    ['a metric that is none', 'nobody', `GET /api/readings/${sensorName}/ph`, undefined, '404 not_found'],
    ['the same metric of nothing', 'nobody', 'GET /api/readings/nothing/ph', undefined, '404 not_found'],
  ];
}

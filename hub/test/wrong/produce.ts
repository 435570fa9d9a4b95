import { newLot, newShift, type Scene } from './scene.ts';
import { unknown, type Wrong } from './wrong.ts';

/** Harvests that nobody can record, certify, hand out or eat. */
export function wrongProduce({ lots, seats, shift }: Scene): Wrong[] {
  const recorded = (field: string, value: unknown, answer = field): Wrong => [
    `a harvest whose ${field} is ${JSON.stringify(value) ?? 'missing'}`.slice(0, 80),
    'gardener',
    'POST /api/lots',
    { ...newLot(), [field]: value },
    `400 bad_request ${answer}`,
  ];
  const certified = (name: string, id: string, body: unknown, answer: Wrong[4]): Wrong => [
    name,
    'certifier',
    `POST /api/lots/${id}/certificate`,
    body,
    answer,
  ];
  const handed = (name: string, lotId: string, shares: unknown, answer: Wrong[4]): Wrong => [
    name,
    'certifier',
    'POST /api/harvests',
    { lotId, shares },
    answer,
  ];
  const eaten = (name: string, who: 'ana' | 'ben', more: object, answer: Wrong[4]): Wrong => [
    name,
    who,
    'POST /api/consumptions',
    { lotId: lots.certified, grams: 1, why: 'eaten', ...more },
    answer,
  ];
  const given = (name: string, who: 'ana' | 'ben', more: object, answer: Wrong[4]): Wrong => [
    name,
    who,
    'POST /api/gifts',
    { lotId: lots.certified, toSeat: seats.ana, grams: 1, ...more },
    answer,
  ];
  const worked = (field: string, value: unknown): Wrong => [
    `a shift whose ${field} is ${JSON.stringify(value)}`.slice(0, 80),
    'ben',
    'POST /api/shifts',
    { ...newShift(), [field]: value },
    `400 bad_request ${field}`,
  ];
  const share = { seat: seats.ana, grams: 1 };

  return [
    recorded('grams', 0),
    recorded('grams', -5),
    recorded('grams', 1.5),
    recorded('grams', '500'),
    recorded('grams', 1_000_001),
    recorded('crop', ' '),
    recorded('crop', undefined),
    recorded('farm', 'T'.repeat(41)),
    recorded('picture', '../../stoop.db'),
    recorded('harvestedOn', 'yesterday'),
    recorded('harvestedOn', '2026-02-30'),
    recorded('harvestedOn', '1999-12-31'),
    recorded('harvestedOn', '2999-01-01'),
    recorded('tokenId', '1'),

    certified('certifying more than was recorded', lots.recorded, { grams: 501 }, '400 bad_request grams'),
    certified('certifying nothing', lots.recorded, { grams: 0 }, '400 bad_request grams'),
    certified('certifying a lot twice', lots.certified, { grams: 500 }, '409 conflict'),
    certified('certifying a lot that is none', unknown, { grams: 1 }, '404 not_found'),
    [
      'recalling what is not certified',
      'certifier',
      `POST /api/lots/${lots.recorded}/recall`,
      undefined,
      '409 lot_not_certified',
    ],
    ['recalling a lot that is none', 'certifier', `POST /api/lots/${unknown}/recall`, undefined, '404 not_found'],

    handed('handing out what is not certified', lots.recorded, [share], '409 lot_not_certified'),
    handed('handing out more than is left', lots.certified, [{ ...share, grams: 201 }], '409 above_certified'),
    handed(
      'shares that are too much together',
      lots.certified,
      [
        { ...share, grams: 101 },
        { seat: seats.ben, grams: 100 },
      ],
      '409 above_certified',
    ),
    handed('handing out to nobody', lots.certified, [], '400 bad_request shares'),
    handed('handing out to a seat that is none', lots.certified, [{ seat: 4711, grams: 1 }], '404 not_found'),
    handed('handing out to seat 0', lots.certified, [{ seat: 0, grams: 1 }], '400 bad_request shares.0.seat'),
    handed(
      'handing out less than nothing',
      lots.certified,
      [{ ...share, grams: -1 }],
      '400 bad_request shares.0.grams',
    ),
    handed('handing out to a crowd', lots.certified, Array(51).fill(share), '400 bad_request shares'),
    handed('handing out a lot that is none', unknown, [share], '404 not_found'),

    eaten('eating what a neighbour has', 'ana', {}, '409 not_enough_produce'),
    eaten('eating more than one has', 'ben', { grams: 301 }, '409 not_enough_produce'),
    eaten('eating nothing', 'ben', { grams: 0 }, '400 bad_request grams'),
    eaten('eating for a reason that is none', 'ben', { why: 'sold' }, '400 bad_request why'),
    eaten(
      'eating with a text for the chain',
      'ben',
      { reasonHash: `0x${'ab'.repeat(32)}` },
      '400 bad_request reasonHash',
    ),
    eaten('eating what is not certified', 'ben', { lotId: lots.recorded }, '409 lot_not_certified'),
    eaten('eating a lot that is none', 'ben', { lotId: unknown }, '404 not_found'),
    [
      'eating without a PIN',
      'benNoGrant',
      'POST /api/consumptions',
      { lotId: lots.certified, grams: 1, why: 'eaten' },
      '403 grant_needed',
    ],
    given('giving what one has not', 'ana', { toSeat: seats.ben }, '409 not_enough_produce'),
    given('giving more than one has', 'ben', { grams: 301 }, '409 not_enough_produce'),
    given('giving oneself', 'ben', { toSeat: seats.ben }, '400 bad_request toSeat'),
    given('giving to a seat that is none', 'ben', { toSeat: 4711 }, '404 not_found'),
    given('giving to an address', 'ben', { to: `0x${'ab'.repeat(20)}` }, '400 bad_request to'),
    given('giving a lot that is none', 'ben', { lotId: unknown }, '404 not_found'),
    ['reading nobody’s produce', 'nobody', 'GET /api/harvests', undefined, '401 not_signed_in'],

    worked('shifts', 0),
    worked('shifts', 9),
    worked('work', ''),
    worked('doneOn', '2999-01-01'),
    ['the list of shifts, as a resident', 'ben', 'GET /api/shifts?which=reported', undefined, '403 not_allowed'],
    [
      'confirming a shift that is none',
      'coordinator',
      `POST /api/shifts/${unknown}/confirmation`,
      undefined,
      '404 not_found',
    ],
    ['taking back a neighbour’s shift', 'ana', `DELETE /api/shifts/${shift}`, undefined, '403 not_allowed'],
    ['taking back a shift that is none', 'ben', `DELETE /api/shifts/${unknown}`, undefined, '404 not_found'],
  ];
}

import type { Scene } from './scene.ts';
import { unknown, type Wrong } from './wrong.ts';

/** Cash, invoices, statements and reversals that cannot be. */
export function wrongDesk({ seats, supplierId }: Scene): Wrong[] {
  const order = { kind: 'money-order', seat: seats.ben, amountMicros: 5_000_000, document: 'MO-1' };
  const invoice = { supplierId, number: 'INV-1', amountMicros: 1_000_000, issuedOn: '2026-11-21' };
  const treasurer = (name: string, line: Wrong[2], body: unknown, expected: Wrong[4]): Wrong => [
    name,
    'treasurer',
    line,
    body,
    expected,
  ];
  const cash = { kind: 'cash', seat: seats.ben, amountMicros: 5_000_000 };
  const statement = `GET /api/statements/${seats.ben}` as const;
  return [
    treasurer('cash into a closed till', 'POST /api/receipts', cash, '409 till_closed'),
    treasurer('counting a closed till', 'POST /api/tills/count', { countedMicros: 0 }, '409 till_closed'),
    treasurer(
      'carrying out of a closed till',
      'POST /api/carries',
      { kind: 'cash', amountMicros: 1 },
      '409 till_closed',
    ),
    treasurer(
      'carrying money orders that are none',
      'POST /api/carries',
      { kind: 'money-order', amountMicros: 1 },
      '409 not_enough_money',
    ),
    treasurer('a till below nothing', 'POST /api/tills', { floatMicros: -1 }, '400 bad_request floatMicros'),
    treasurer('a money order for a seat that is none', 'POST /api/receipts', { ...order, seat: 4711 }, '404 not_found'),
    treasurer('a receipt that is none', 'GET /api/receipts/4711/pdf', undefined, '404 not_found'),
    treasurer('a receipt by a word', 'GET /api/receipts/first/pdf', undefined, '400 bad_request number'),
    treasurer(
      'an invoice of a supplier that is none',
      'POST /api/invoices',
      { ...invoice, supplierId: unknown },
      '404 not_found',
    ),
    treasurer(
      'an invoice for an order that is none',
      'POST /api/invoices',
      { ...invoice, orderId: unknown },
      '404 not_found',
    ),
    treasurer(
      'an invoice of nothing',
      'POST /api/invoices',
      { ...invoice, amountMicros: 0 },
      '400 bad_request amountMicros',
    ),
    treasurer(
      'an invoice of no day',
      'POST /api/invoices',
      { ...invoice, issuedOn: '2026-02-30' },
      '400 bad_request issuedOn',
    ),
    treasurer('a statement without an end', `${statement}?from=2026-01-01&format=csv`, undefined, '400 bad_request to'),
    treasurer(
      'a statement backwards',
      `${statement}?from=2026-02-01&to=2026-01-01&format=csv`,
      undefined,
      '400 bad_request to',
    ),
    treasurer(
      'a statement as a picture',
      `${statement}?from=2026-01-01&to=2026-02-01&format=png`,
      undefined,
      '400 bad_request format',
    ),
    treasurer('an export without a time', 'GET /api/exports/csv', undefined, '400 bad_request from'),
    treasurer(
      'comparisons before a day that is none',
      'GET /api/comparisons?after=yesterday',
      undefined,
      '400 bad_request after',
    ),
    treasurer(
      'reversing what is none',
      'POST /api/reversals',
      { movementId: unknown, reason: 'twice' },
      '404 not_found',
    ),
    treasurer(
      'reversing without a reason',
      'POST /api/reversals',
      { movementId: unknown, reason: ' ' },
      '400 bad_request reason',
    ),
    [
      'confirming a reversal that is none',
      'board',
      `POST /api/reversals/${unknown}/confirm`,
      undefined,
      '404 not_found',
    ],
    ['refusing a reversal that is none', 'board', `POST /api/reversals/${unknown}/refuse`, undefined, '404 not_found'],
    [
      'my statement as a stranger',
      'nobody',
      'GET /api/money/statement?from=2026-01-01&to=2026-02-01&format=pdf',
      undefined,
      '401 not_signed_in',
    ],
  ];
}

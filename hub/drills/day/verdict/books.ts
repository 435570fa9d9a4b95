import { checkBooks } from '../../../src/journal/index.ts';
import { foundingSeats } from '../../../src/modules/members/index.ts';
import { outbox } from '../../../src/outbox/index.ts';
import type { Reader } from '../../../src/platform/ports/index.ts';
import { createReader, quickCheck } from '../../../src/store/index.ts';
import type { ChainRecord } from './chain-record.ts';

type Connection = Parameters<typeof createReader>[0];

const lineOf = (lines: string) => `SELECT 1 FROM order_lines l
  WHERE l.hold_id = h.public_id AND l.amount_micros = h.amount_micros AND l.state IN (${lines})`;
const holdOf = (holds: string) => `SELECT 1 FROM holds h
  WHERE h.public_id = l.hold_id AND h.amount_micros = l.amount_micros AND h.state IN (${holds})`;

/** Each finds rows that must not be: `what` is said of them. */
const contradictions: readonly (readonly [what: string, sql: string])[] = [
  [
    'money set aside for no line',
    `SELECT h.public_id AS id FROM holds h WHERE h.state = 'held' AND NOT EXISTS (${lineOf(`'set-aside'`)})`,
  ],
  [
    'money taken for no line',
    `SELECT h.public_id AS id FROM holds h
      WHERE h.state = 'charged' AND NOT EXISTS (${lineOf(`'charged', 'recorded'`)})`,
  ],
  [
    'a line without money set aside',
    `SELECT l.intent_id AS id FROM order_lines l WHERE l.state = 'set-aside' AND NOT EXISTS (${holdOf(`'held'`)})`,
  ],
  [
    'a line that took no money',
    `SELECT l.intent_id AS id FROM order_lines l
      WHERE l.state IN ('charged', 'recorded') AND NOT EXISTS (${holdOf(`'charged'`)})`,
  ],
  ['an order that never came to its end', `SELECT public_id AS id FROM orders WHERE state = 'executing'`],
  [
    'a line that disagrees with its order',
    `SELECT l.intent_id AS id FROM order_lines l JOIN orders o ON o.id = l.order_id
      WHERE (o.state = 'settled' AND l.state NOT IN ('recorded', 'left', 'void'))
        OR (o.state IN ('open', 'failed', 'cancelled') AND l.state IN ('charged', 'recorded'))`,
  ],
  [
    'a settled order below its target',
    `SELECT o.public_id AS id FROM orders o WHERE o.state = 'settled' AND o.target_micros >
      (SELECT COALESCE(SUM(l.amount_micros), 0) FROM order_lines l WHERE l.order_id = o.id AND l.state = 'recorded')`,
  ],
];

/** What the journal says that a seat has on chain: its postings, less what is not minted, more what is not taken yet. */
const expected = `
  SELECT (SELECT COALESCE(SUM(p.amount_micros), 0) FROM postings p JOIN accounts a ON a.id = p.account_id
      WHERE a.owner = @owner AND a.kind IN ('available', 'held'))
    - (SELECT COALESCE(SUM(d.amount_micros), 0) FROM deposits d JOIN intents i ON i.public_id = d.intent_id
      WHERE d.seat = @seat AND i.state NOT IN ('final', 'void'))
    + (SELECT COALESCE(SUM(l.amount_micros), 0) FROM order_lines l WHERE l.seat = @seat AND l.state = 'charged')
  AS micros`;

const recordedLines = `
  SELECT o.subject, l.seat, l.amount_micros AS amountMicros
  FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.state = 'recorded'`;

/** What does not add up, in words. */
export function judgeBooks([store, telemetry]: readonly [Connection, Connection], chain: ChainRecord): string[] {
  const reader = createReader(store);
  return [
    ...[store, telemetry].flatMap((db) => quickCheck(db)),
    ...checkBooks(reader),
    ...contradictions.flatMap(([what, sql]) =>
      reader
        .prepare(sql)
        .all<{ id: string }>()
        .map(({ id }) => `${what}: ${id}`),
    ),
    ...outbox.waiting(reader).map(({ lane, count }) => `${count} of ${lane} never came to their end`),
    ...judgeSeats(reader, chain),
    ...judgeLines(reader, chain),
  ];
}

function judgeSeats(reader: Reader, { balanceOf }: ChainRecord): string[] {
  return foundingSeats(reader).flatMap(({ seat, address }) => {
    const { micros } = reader.prepare(expected).get<{ micros: number }>({ seat, owner: `seat:${seat}` })!;
    const onChain = balanceOf.get(address.toLowerCase()) ?? 0;
    return onChain === micros ? [] : [`seat ${seat}: the journal says ${micros}, the chain ${onChain}`];
  });
}

/** Each recorded line was debited with its amount, and nothing else was. */
function judgeLines(reader: Reader, { debits }: ChainRecord): string[] {
  const seatOf = new Map(foundingSeats(reader).map(({ seat, address }) => [address.toLowerCase(), seat]));
  const text = (one: { subject: string; seat?: number; amountMicros: number }) =>
    `${one.amountMicros} of seat ${one.seat} for order ${one.subject}`;
  const lines = new Set(reader.prepare(recordedLines).all<Parameters<typeof text>[0]>().map(text));
  const taken = new Set(debits.map((debit) => text({ ...debit, seat: seatOf.get(debit.account) })));
  return [
    ...[...lines].filter((line) => !taken.has(line)).map((line) => `recorded and never taken: ${line}`),
    ...[...taken].filter((one) => !lines.has(one)).map((one) => `taken and not recorded: ${one}`),
  ];
}

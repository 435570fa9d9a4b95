import type { Hex, Reader } from '../../../platform/ports/index.ts';
import { carriesOnTheWay, expectedIn, lastTill, moneyOrdersOnHand } from '../cash/cash.store.ts';
import { allInvoices } from '../invoices/invoices.ts';
import { lastReserve } from '../treasury.store.ts';

const issued = `
  SELECT m.id, m.kind, m.subject_noun AS noun, m.subject_id AS subject, -p.amount_micros AS micros
  FROM postings p JOIN accounts a ON a.id = p.account_id AND a.owner = 'hub:issued' AND a.kind = 'issued'
  JOIN currencies c ON c.id = a.currency_id AND c.code = 'FUSD' JOIN movements m ON m.id = p.movement_id`;

const sql = {
  banks: 'SELECT bank, SUM(amount_micros) AS micros FROM bank_lines GROUP BY bank ORDER BY bank',
  balances: `SELECT bank, balance_micros AS micros, balance_on AS day FROM bank_statements
    WHERE is_whole = 1 AND balance_micros IS NOT NULL AND balance_on IS NOT NULL ORDER BY balance_on, id`,
  linesUpTo: `SELECT COALESCE(SUM(amount_micros), 0) AS micros FROM bank_lines WHERE bank = @bank AND booked_on <= @day`,
  lines: `SELECT state, cause, COUNT(*) AS count, SUM(amount_micros) AS micros FROM bank_lines GROUP BY state, cause`,
  issued: `WITH issued AS (${issued})
    SELECT CASE
        WHEN noun = 'deposit' AND EXISTS (SELECT 1 FROM bank_lines l WHERE l.subject_id = subject AND l.state = 'booked') THEN 'bank'
        WHEN noun = 'deposit' AND EXISTS (SELECT 1 FROM receipts r WHERE r.deposit_id = subject) THEN 'receipt'
        WHEN noun = 'deposit' THEN 'hand'
        WHEN noun = 'redemption' AND EXISTS (SELECT 1 FROM movements n
            JOIN postings q ON q.movement_id = n.id JOIN accounts b ON b.id = q.account_id AND b.owner = 'hub:clearing'
          WHERE n.subject_noun = noun AND n.subject_id = subject) THEN 'supplier'
        WHEN noun = 'redemption' AND EXISTS (SELECT 1 FROM bank_lines l WHERE l.subject_id = subject AND l.cause = 'redemption')
          THEN 'redemption-paid'
        WHEN noun = 'redemption' THEN 'redemption'
        ELSE 'foreign' END AS category, SUM(micros) AS micros
    FROM issued GROUP BY category`,
  redemptionLines: `SELECT COALESCE(SUM(l.amount_micros), 0) AS micros FROM bank_lines l WHERE l.cause = 'redemption'
    AND EXISTS (SELECT 1 FROM movements m WHERE m.subject_noun = 'redemption' AND m.subject_id = l.subject_id AND m.kind = 'redemption')`,
  carriedLines: `SELECT COALESCE(SUM(c.amount_micros), 0) AS micros FROM carries c
    WHERE EXISTS (SELECT 1 FROM bank_lines l WHERE l.subject_id = c.public_id)`,
  receipts: `SELECT kind, SUM(amount_micros) AS micros FROM receipts GROUP BY kind`,
  tills: `SELECT float_micros AS floatMicros, counted_micros AS countedMicros, expected_micros AS expectedMicros
    FROM tills ORDER BY id`,
  unminted: `SELECT i.state, d.deposit_ref AS depositRef, d.amount_micros AS micros FROM deposits d
    JOIN intents i ON i.public_id = d.intent_id WHERE i.state NOT IN ('final', 'void')`,
  inFlight: `SELECT COUNT(*) AS count FROM intents WHERE state IN ('sent', 'landed')`,
  linesSince: `SELECT COALESCE(SUM(l.amount_micros), 0) AS micros FROM bank_lines l
    JOIN bank_statements s ON s.id = l.statement_id WHERE s.at_ms > @atMs`,
  reserveAt: 'SELECT at_ms AS atMs FROM reserves WHERE sequence = @sequence',
  clearing: `SELECT m.subject_noun AS noun, m.subject_id AS subject, SUM(p.amount_micros) AS micros
    FROM postings p JOIN accounts a ON a.id = p.account_id AND a.owner = 'hub:clearing' AND a.kind = 'clearing'
    JOIN movements m ON m.id = p.movement_id GROUP BY m.subject_noun, m.subject_id HAVING SUM(p.amount_micros) <> 0`,
} as const;

/** Everything on this side of the chain that the books are compared with, read in one view of the store. */
export interface Figures {
  readonly bank: {
    /** What the bank says it holds. */
    readonly balanceMicros: number;
    /** What lay there before the first line that is known: the building's own. */
    readonly openingMicros: number;
    readonly linesMicros: number;
  };
  readonly lines: Readonly<Record<string, { readonly count: number; readonly micros: number }>>;
  /** Of the journal's issue, by where it came from. */
  readonly issued: Readonly<
    Record<'bank' | 'receipt' | 'hand' | 'supplier' | 'redemption-paid' | 'redemption' | 'foreign', number>
  >;
  readonly redemptionLinesMicros: number;
  readonly carriedMicros: number;
  readonly receipts: { readonly cash: number; readonly 'money-order': number };
  readonly till: { readonly nowMicros: number; readonly floatsMicros: number; readonly differencesMicros: number };
  readonly moneyOrdersMicros: number;
  readonly onTheWay: { readonly cash: number; readonly 'money-order': number };
  readonly unminted: readonly { readonly state: string; readonly depositRef: Hex; readonly micros: number }[];
  readonly inFlight: number;
  readonly attested?: { readonly reserveMicros: number; readonly linesSinceMicros: number };
  readonly clearing: readonly { readonly noun: string; readonly subject: string; readonly micros: number }[];
  readonly invoices: readonly {
    readonly orderId: string | null;
    readonly amountMicros: number;
    readonly isPaid: boolean;
  }[];
}

const sumOf = (reader: Reader, text: string, params: object = {}) =>
  reader.prepare(text).get<{ micros: number }>(params)!.micros;

export function readFigures(reader: Reader): Figures {
  const of = (rows: readonly { kind: string; micros: number }[]) => (kind: string) =>
    rows.reduce((sum, row) => (row.kind === kind ? sum + row.micros : sum), 0);
  const issuedRows = reader.prepare(sql.issued).all<{ category: string; micros: number }>({});
  const issuedAs = (category: string) => issuedRows.find((row) => row.category === category)?.micros ?? 0;
  const receipts = of(reader.prepare(sql.receipts).all({}));
  const carries = of(carriesOnTheWay(reader).map(({ kind, amountMicros: micros }) => ({ kind, micros })));
  const lines = reader
    .prepare(sql.lines)
    .all<{ state: string; cause: string | null; count: number; micros: number }>({});
  return {
    bank: bankOf(reader),
    lines: Object.fromEntries(lines.map(({ state, cause, count, micros }) => [cause ?? state, { count, micros }])),
    issued: {
      bank: issuedAs('bank'),
      receipt: issuedAs('receipt'),
      hand: issuedAs('hand'),
      supplier: issuedAs('supplier'),
      'redemption-paid': issuedAs('redemption-paid'),
      redemption: issuedAs('redemption'),
      foreign: issuedAs('foreign'),
    },
    redemptionLinesMicros: sumOf(reader, sql.redemptionLines),
    carriedMicros: sumOf(reader, sql.carriedLines),
    receipts: { cash: receipts('cash'), 'money-order': receipts('money-order') },
    till: tillOf(reader),
    moneyOrdersMicros: moneyOrdersOnHand(reader),
    onTheWay: { cash: carries('cash'), 'money-order': carries('money-order') },
    unminted: reader.prepare(sql.unminted).all({}),
    inFlight: reader.prepare(sql.inFlight).get<{ count: number }>({})!.count,
    attested: attestedOf(reader),
    clearing: reader.prepare(sql.clearing).all({}),
    invoices: allInvoices(reader).map(({ orderId, amountMicros, paidOn }) => ({
      orderId,
      amountMicros,
      isPaid: paidOn !== null,
    })),
  };
}

/** Each bank's last stated balance and what it booked after; without a stated balance the sum of its lines. */
function bankOf(reader: Reader): Figures['bank'] {
  const stated = reader.prepare(sql.balances).all<{ bank: string; micros: number; day: string }>({});
  const total = { balanceMicros: 0, openingMicros: 0, linesMicros: 0 };
  const banks = reader.prepare(sql.banks).all<{ bank: string; micros: number }>({});
  for (const { bank, micros } of banks) {
    const own = stated.filter((row) => row.bank === bank);
    const [first, last] = [own[0], own.at(-1)];
    const upTo = (day: string) => sumOf(reader, sql.linesUpTo, { bank, day });
    total.linesMicros += micros;
    total.openingMicros += first ? first.micros - upTo(first.day) : 0;
    total.balanceMicros += last ? last.micros + micros - upTo(last.day) : micros;
  }
  return total;
}

/** What is in the till; what counts found beside what was expected, within tills and from one to the next. */
function tillOf(reader: Reader): Figures['till'] {
  const rows = reader
    .prepare(sql.tills)
    .all<{ floatMicros: number; countedMicros: number | null; expectedMicros: number | null }>({});
  const last = lastTill(reader);
  let differencesMicros = 0;
  let floatsMicros = 0;
  for (const [index, row] of rows.entries()) {
    floatsMicros += row.floatMicros - (rows[index - 1]?.countedMicros ?? 0);
    differencesMicros += row.countedMicros === null ? 0 : row.countedMicros - row.expectedMicros!;
  }
  return { nowMicros: last ? (last.countedMicros ?? expectedIn(reader, last)) : 0, floatsMicros, differencesMicros };
}

function attestedOf(reader: Reader): Figures['attested'] {
  const last = lastReserve(reader);
  if (!last) return undefined;
  const { atMs } = reader.prepare(sql.reserveAt).get<{ atMs: number }>({ sequence: last.sequence })!;
  return { reserveMicros: last.reserveMicros, linesSinceMicros: sumOf(reader, sql.linesSince, { atMs }) };
}

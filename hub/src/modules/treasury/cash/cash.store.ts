import type { Reader, SeatNumber, Tx } from '../../../platform/ports/index.ts';

export interface TillRow {
  readonly rowId: number;
  readonly id: string;
  readonly openedBySeat: SeatNumber;
  readonly openedAtMs: number;
  readonly floatMicros: number;
  readonly closedBySeat: SeatNumber | null;
  readonly closedAtMs: number | null;
  readonly expectedMicros: number | null;
  readonly countedMicros: number | null;
  readonly reason: string | null;
}

export interface ReceiptRow {
  readonly number: number;
  readonly id: string;
  readonly kind: 'cash' | 'money-order';
  readonly seat: SeatNumber;
  readonly amountMicros: number;
  readonly document: string | null;
  readonly depositId: string;
  readonly bySeat: SeatNumber;
  readonly atMs: number;
}

const tillColumns = `id AS rowId, public_id AS id, opened_by_seat AS openedBySeat, opened_at_ms AS openedAtMs,
  float_micros AS floatMicros, closed_by_seat AS closedBySeat, closed_at_ms AS closedAtMs,
  expected_micros AS expectedMicros, counted_micros AS countedMicros, reason`;
const receiptColumns = `number, public_id AS id, kind, seat, amount_micros AS amountMicros, document,
  deposit_id AS depositId, by_seat AS bySeat, at_ms AS atMs`;

const sql = {
  openTill: `SELECT ${tillColumns} FROM tills WHERE closed_at_ms IS NULL`,
  lastTill: `SELECT ${tillColumns} FROM tills ORDER BY id DESC LIMIT 1`,
  tills: `SELECT ${tillColumns} FROM tills WHERE id < @before ORDER BY id DESC LIMIT @limit`,
  insertTill: `INSERT INTO tills (public_id, opened_by_seat, opened_at_ms, float_micros)
    VALUES (@id, @bySeat, @atMs, @floatMicros)`,
  closeTill: `UPDATE tills SET closed_by_seat = @bySeat, closed_at_ms = @atMs, expected_micros = @expectedMicros,
    counted_micros = @countedMicros, reason = @reason WHERE id = @rowId`,
  cashIn: `SELECT COALESCE(SUM(amount_micros), 0) AS micros FROM receipts WHERE till_id = @tillId`,
  cashOut: `SELECT COALESCE(SUM(amount_micros), 0) AS micros FROM carries WHERE till_id = @tillId`,
  nextNumber: 'SELECT COALESCE(MAX(number), 0) + 1 AS number FROM receipts',
  isDocumentUsed: 'SELECT 1 FROM receipts WHERE document = @document',
  insertReceipt: `INSERT INTO receipts (number, public_id, kind, seat, amount_micros, document, till_id, deposit_id, by_seat, at_ms)
    VALUES (@number, @id, @kind, @seat, @amountMicros, @document, @tillId, @depositId, @bySeat, @atMs)`,
  receipt: `SELECT ${receiptColumns} FROM receipts WHERE number = @number`,
  receipts: `SELECT ${receiptColumns} FROM receipts WHERE number < @before ORDER BY number DESC LIMIT @limit`,
  ordersOnHand: `SELECT (SELECT COALESCE(SUM(amount_micros), 0) FROM receipts WHERE kind = 'money-order')
    - (SELECT COALESCE(SUM(amount_micros), 0) FROM carries WHERE kind = 'money-order') AS micros`,
  insertCarry: `INSERT INTO carries (public_id, kind, till_id, amount_micros, by_seat, at_ms)
    VALUES (@id, @kind, @tillId, @amountMicros, @bySeat, @atMs)`,
  onTheWay: `SELECT public_id AS id, kind, amount_micros AS amountMicros, at_ms AS atMs FROM carries c
    WHERE NOT EXISTS (SELECT 1 FROM bank_lines l WHERE l.subject_id = c.public_id) ORDER BY id`,
  carry: 'SELECT public_id AS id, kind, amount_micros AS amountMicros FROM carries WHERE public_id = @id',
} as const;

const one = (reader: Reader, text: string, params: object = {}) =>
  reader.prepare(text).get<{ micros: number }>(params)!.micros;

export const openTill = (reader: Reader) => reader.prepare(sql.openTill).get<TillRow>({});
export const lastTill = (reader: Reader) => reader.prepare(sql.lastTill).get<TillRow>({});
export const listTills = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.tills).all<TillRow>({ before, limit });
export const insertTill = (tx: Tx, row: { id: string; bySeat: SeatNumber; floatMicros: number }) =>
  tx.prepare(sql.insertTill).run({ ...row, atMs: tx.nowMs });
export const closeTill = (
  tx: Tx,
  row: { rowId: number; bySeat: SeatNumber; expectedMicros: number; countedMicros: number; reason: string | null },
) => tx.prepare(sql.closeTill).run({ ...row, atMs: tx.nowMs });

/** What must be in an open till now. */
export const expectedIn = (reader: Reader, till: TillRow): number =>
  till.expectedMicros ??
  till.floatMicros + one(reader, sql.cashIn, { tillId: till.rowId }) - one(reader, sql.cashOut, { tillId: till.rowId });
/** Money orders that were taken and not carried to the bank. */
export const moneyOrdersOnHand = (reader: Reader) => one(reader, sql.ordersOnHand);

export const nextReceiptNumber = (reader: Reader) => reader.prepare(sql.nextNumber).get<{ number: number }>({})!.number;
export const isDocumentUsed = (reader: Reader, document: string) =>
  reader.prepare(sql.isDocumentUsed).get({ document }) !== undefined;
export const insertReceipt = (tx: Tx, row: Omit<ReceiptRow, 'atMs'> & { tillId: number | null }) =>
  tx.prepare(sql.insertReceipt).run({ ...row, atMs: tx.nowMs });
export const findReceipt = (reader: Reader, number: number) => reader.prepare(sql.receipt).get<ReceiptRow>({ number });
export const listReceipts = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.receipts).all<ReceiptRow>({ before, limit });

export interface CarryRow {
  readonly id: string;
  readonly kind: 'cash' | 'money-order';
  readonly amountMicros: number;
  readonly atMs: number;
}
export const insertCarry = (
  tx: Tx,
  row: { id: string; kind: string; tillId: number | null; amountMicros: number; bySeat: SeatNumber },
) => tx.prepare(sql.insertCarry).run({ ...row, atMs: tx.nowMs });
/** Carried away and not on the bank's statement yet. */
export const carriesOnTheWay = (reader: Reader) => reader.prepare(sql.onTheWay).all<CarryRow>({});
export const findCarry = (reader: Reader, id: string) =>
  reader.prepare(sql.carry).get<Pick<CarryRow, 'id' | 'kind' | 'amountMicros'>>({ id });

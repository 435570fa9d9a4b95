import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { CorrectionState } from './corrections.schema.ts';

export interface CorrectionRow {
  readonly cursor: number;
  readonly id: string;
  readonly revision: number;
  readonly toSeat: SeatNumber;
  readonly amountMicros: number;
  readonly note: string;
  readonly salt: Hex;
  readonly nonce: number;
  readonly orderId: string | null;
  readonly intentId: string | null;
  readonly state: CorrectionState;
  readonly reason: string | null;
  readonly askedBy: SeatNumber;
  readonly approvedBy: SeatNumber | null;
  readonly atMs: number;
}

const columns = `c.id AS cursor, c.public_id AS id, c.revision, c.to_seat AS toSeat, c.amount_micros AS amountMicros, c.note,
  c.salt, c.nonce, c.order_id AS orderId, c.intent_id AS intentId, c.state, c.reason, c.asked_by AS askedBy,
  c.approved_by AS approvedBy, c.at_ms AS atMs`;

const sql = {
  insert: `INSERT INTO corrections (public_id, to_seat, amount_micros, note, salt, nonce, order_id, state, asked_by, at_ms)
    VALUES (@id, @toSeat, @amountMicros, @note, @salt, @nonce, @orderId, 'asked', @askedBy, @atMs)`,
  byId: `SELECT ${columns} FROM corrections c WHERE c.public_id = @id`,
  byIntent: `SELECT ${columns} FROM corrections c WHERE c.intent_id = @intentId`,
  page: `SELECT ${columns} FROM corrections c WHERE c.id < @before ORDER BY c.id DESC LIMIT @limit`,
  isNonceUsed: 'SELECT 1 FROM corrections WHERE nonce = @nonce',
  since: `SELECT COALESCE(SUM(amount_micros), 0) AS micros FROM corrections
    WHERE at_ms > @sinceMs AND state IN ('asked', 'waiting', 'recorded')`,
  set: `UPDATE corrections SET state = @state, reason = @reason, intent_id = COALESCE(@intentId, intent_id),
      approved_by = COALESCE(@approvedBy, approved_by),
      approved_at_ms = CASE WHEN @approvedBy IS NULL THEN approved_at_ms ELSE @atMs END, revision = revision + 1
    WHERE public_id = @id RETURNING revision`,
} as const;

export const findCorrection = (reader: Reader, id: string) => reader.prepare(sql.byId).get<CorrectionRow>({ id });
export const correctionOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.byIntent).get<CorrectionRow>({ intentId });
export const listCorrections = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.page).all<CorrectionRow>({ before, limit });
export const isNonceUsed = (reader: Reader, nonce: number) =>
  reader.prepare(sql.isNonceUsed).get({ nonce }) !== undefined;
/** What was asked for and not refused after that time, in micro-units. */
export const correctedSince = (reader: Reader, sinceMs: number): number =>
  reader.prepare(sql.since).get<{ micros: number }>({ sinceMs })!.micros;

export type NewCorrectionRow = Pick<
  CorrectionRow,
  'id' | 'toSeat' | 'amountMicros' | 'note' | 'salt' | 'nonce' | 'orderId' | 'askedBy'
>;

export function insertCorrection(tx: Tx, row: NewCorrectionRow): void {
  tx.prepare(sql.insert).run({ ...row, atMs: tx.nowMs });
  tell(tx, row, 1);
}

export interface Change {
  readonly state: CorrectionState;
  readonly reason?: string;
  readonly intentId?: string;
  readonly approvedBy?: SeatNumber;
}

export function setCorrection(tx: Tx, row: CorrectionRow, change: Change): void {
  const { state, reason = null, intentId = null, approvedBy = null } = change;
  const { revision } = tx
    .prepare(sql.set)
    .get<{ revision: number }>({ id: row.id, state, reason, intentId, approvedBy, atMs: tx.nowMs })!;
  tell(tx, row, revision);
}

function tell(tx: Tx, { id, toSeat }: Pick<CorrectionRow, 'id' | 'toSeat'>, revision: number): void {
  tx.changed('correction', id, revision, `seat:${toSeat}`);
  tx.changed('correction', id, revision, 'role:treasurer');
  tx.changed('correction', id, revision, 'role:board');
}

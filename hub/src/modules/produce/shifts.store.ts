import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { ShiftState } from './produce.schema.ts';

export interface ShiftRow {
  readonly rowId: number;
  readonly id: string;
  readonly seat: SeatNumber;
  readonly work: string;
  readonly shifts: number;
  readonly doneDay: number;
  readonly intentId: string | null;
  readonly state: ShiftState;
  readonly reason: string | null;
  readonly groMicros: number | null;
}

const columns = `id AS rowId, public_id AS id, seat, work, shifts, done_day AS doneDay, intent_id AS intentId, state, reason,
  gro_micros AS groMicros`;
const sql = {
  insert: `INSERT INTO shifts (public_id, seat, work, shifts, done_day, state, at_ms)
    VALUES (@id, @seat, @work, @shifts, @doneDay, 'reported', @atMs)`,
  byId: `SELECT ${columns} FROM shifts WHERE public_id = @id`,
  byIntent: `SELECT ${columns} FROM shifts WHERE intent_id = @intentId`,
  ofSeat: `SELECT ${columns} FROM shifts WHERE seat = @seat ORDER BY id DESC LIMIT @limit`,
  reported: `SELECT ${columns} FROM shifts WHERE state = 'reported' ORDER BY id LIMIT @limit`,
  confirm: `UPDATE shifts SET state = 'confirmed', ref = @ref, intent_id = @intentId, confirmed_by = @confirmedBy WHERE id = @rowId`,
  setState: 'UPDATE shifts SET state = @state, reason = @reason WHERE id = @rowId',
  rewarded: 'UPDATE shifts SET gro_micros = @groMicros WHERE ref = @ref RETURNING public_id AS id',
  touch: 'UPDATE shifts SET revision = revision + 1 WHERE id = @rowId RETURNING revision',
} as const;

export function insertShift(
  tx: Tx,
  row: { id: string; seat: SeatNumber; work: string; shifts: number; doneDay: number },
): void {
  tx.prepare(sql.insert).run({ ...row, atMs: tx.nowMs });
}

export const findShift = (reader: Reader, id: string) => reader.prepare(sql.byId).get<ShiftRow>({ id });
export const shiftOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.byIntent).get<ShiftRow>({ intentId });
export const shiftsOf = (reader: Reader, seat: SeatNumber, limit: number) =>
  reader.prepare(sql.ofSeat).all<ShiftRow>({ seat, limit });
export const reportedShifts = (reader: Reader, limit: number) => reader.prepare(sql.reported).all<ShiftRow>({ limit });

export function setConfirmed(
  tx: Tx,
  rowId: number,
  row: { ref: Hex; intentId: string; confirmedBy: SeatNumber | null },
): void {
  tx.prepare(sql.confirm).run({ rowId, ...row });
}
export function setShift(tx: Tx, rowId: number, state: ShiftState, reason?: string): void {
  tx.prepare(sql.setState).run({ rowId, state, reason: reason ?? null });
}
/** Notes what a shift earned. Answers its id, undefined for one that is not known here. */
export const noteShiftGro = (tx: Tx, ref: Hex, groMicros: number) =>
  tx.prepare(sql.rewarded).get<{ id: string }>({ ref, groMicros })?.id;

/** The shift's next revision, told to its member and to those who confirm. */
export function touchShift(tx: Tx, { rowId, id, seat }: Pick<ShiftRow, 'rowId' | 'id' | 'seat'>): void {
  const { revision } = tx.prepare(sql.touch).get<{ revision: number }>({ rowId })!;
  tx.changed('shift', id, revision, `seat:${seat}`);
  tx.changed('shift', id, revision, 'role:coordinator');
}

import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { TransferState } from './transfers.schema.ts';

export interface TransferRow {
  readonly cursor: number;
  readonly id: string;
  readonly revision: number;
  readonly fromSeat: SeatNumber;
  readonly toSeat: SeatNumber;
  readonly amountMicros: number;
  readonly note: string | null;
  readonly salt: Hex;
  readonly nonce: number;
  readonly holdId: string;
  readonly intentId: string;
  readonly state: TransferState;
  readonly reason: string | null;
  readonly atMs: number;
}

const columns = `t.id AS cursor, t.public_id AS id, t.revision, t.from_seat AS fromSeat, t.to_seat AS toSeat,
  t.amount_micros AS amountMicros, t.note, t.salt, t.nonce, t.hold_id AS holdId, t.intent_id AS intentId, t.state, t.reason,
  t.at_ms AS atMs`;

const sql = {
  insert: `INSERT INTO transfers (public_id, from_seat, to_seat, amount_micros, note, salt, nonce, hold_id, intent_id, state,
      at_ms)
    VALUES (@id, @fromSeat, @toSeat, @amountMicros, @note, @salt, @nonce, @holdId, @intentId, 'waiting', @atMs)`,
  byId: `SELECT ${columns} FROM transfers t WHERE t.public_id = @id`,
  byIntent: `SELECT ${columns} FROM transfers t WHERE t.intent_id = @intentId`,
  byHold: `SELECT ${columns} FROM transfers t WHERE t.hold_id = @holdId`,
  ofSeat: `SELECT * FROM (
      SELECT ${columns} FROM transfers t WHERE t.from_seat = @seat AND t.id < @before
      UNION ALL SELECT ${columns} FROM transfers t WHERE t.to_seat = @seat AND t.id < @before)
    ORDER BY cursor DESC LIMIT @limit`,
  isNonceUsed: 'SELECT 1 FROM transfers WHERE from_seat = @seat AND nonce = @nonce',
  setState: `UPDATE transfers SET state = @state, reason = @reason, revision = revision + 1 WHERE public_id = @id
    RETURNING revision`,
} as const;

export const findTransfer = (reader: Reader, id: string) => reader.prepare(sql.byId).get<TransferRow>({ id });
export const transferOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.byIntent).get<TransferRow>({ intentId });
export const transferOfHold = (reader: Reader, holdId: string) =>
  reader.prepare(sql.byHold).get<TransferRow>({ holdId });

/** What the seat sent and got, newest first, before the cursor. */
export const transfersOfSeat = (reader: Reader, seat: SeatNumber, before: number, limit: number) =>
  reader.prepare(sql.ofSeat).all<TransferRow>({ seat, before, limit });

export const isNonceUsed = (reader: Reader, seat: SeatNumber, nonce: number): boolean =>
  reader.prepare(sql.isNonceUsed).get({ seat, nonce }) !== undefined;

export type NewTransferRow = Omit<TransferRow, 'cursor' | 'revision' | 'state' | 'reason' | 'atMs'>;

export function insertTransfer(tx: Tx, row: NewTransferRow): void {
  tx.prepare(sql.insert).run({ ...row, atMs: tx.nowMs });
}

/** Both who are concerned read it again. */
export function setTransfer(tx: Tx, row: TransferRow, state: TransferState, reason?: string): void {
  const { revision } = tx
    .prepare(sql.setState)
    .get<{ revision: number }>({ id: row.id, state, reason: reason ?? null })!;
  tellTransfer(tx, row, revision);
}

export function tellTransfer(tx: Tx, { id, fromSeat, toSeat }: TransferRow | NewTransferRow, revision: number): void {
  tx.changed('transfer', id, revision, `seat:${fromSeat}`);
  tx.changed('transfer', id, revision, `seat:${toSeat}`);
}

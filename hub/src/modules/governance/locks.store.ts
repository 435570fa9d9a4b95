import type { Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { LockWord } from './quadratic.ts';

export interface LockRequestRow {
  readonly id: number;
  readonly publicId: string;
  readonly seat: SeatNumber;
  readonly kind: 'lock' | 'withdraw';
  readonly amountMicros: number;
  readonly untilS: number;
  readonly intentId: string;
  readonly state: 'waiting' | 'recorded' | 'void';
  readonly reason: string | null;
}

const columns = `id, public_id AS publicId, seat, kind, amount_micros AS amountMicros, until_s AS untilS,
  intent_id AS intentId, state, reason`;

const sql = {
  wordAt: `SELECT amount_micros AS amountMicros, until_s AS untilS FROM seat_locks WHERE seat = @seat AND since_s <= @atS
    ORDER BY since_s DESC LIMIT 1`,
  putWord: `INSERT INTO seat_locks (seat, since_s, amount_micros, until_s) VALUES (@seat, @sinceS, @amountMicros, @untilS)
    ON CONFLICT (seat, since_s) DO UPDATE SET amount_micros = excluded.amount_micros, until_s = excluded.until_s`,
  insert: `INSERT INTO lock_requests (public_id, seat, kind, amount_micros, until_s, intent_id, state, asked_at_ms)
    VALUES (@publicId, @seat, @kind, @amountMicros, @untilS, @intentId, 'waiting', @atMs)`,
  waiting: `SELECT ${columns} FROM lock_requests WHERE seat = @seat AND state = 'waiting' ORDER BY id`,
  recent: `SELECT ${columns} FROM lock_requests WHERE seat = @seat ORDER BY id DESC LIMIT @limit`,
  byIntent: `SELECT ${columns} FROM lock_requests WHERE intent_id = @intentId`,
  setRequest: 'UPDATE lock_requests SET state = @state, reason = @reason WHERE id = @id',
} as const;

/** The seat's lock as the chain had it at a moment (seconds since 1970); undefined before its first. */
export const lockAt = (reader: Reader, seat: SeatNumber, atS: number): LockWord | undefined =>
  reader.prepare(sql.wordAt).get<LockWord>({ seat, atS });

/** The newest that the finalized chain has told, whose clock may run ahead of ours. */
export const lastLock = (reader: Reader, seat: SeatNumber): LockWord | undefined =>
  lockAt(reader, seat, Number.MAX_SAFE_INTEGER);

export const putLock = (tx: Tx, word: LockWord & { seat: SeatNumber; sinceS: number }): void =>
  void tx.prepare(sql.putWord).run(word);

export function insertLockRequest(tx: Tx, request: Omit<LockRequestRow, 'id' | 'state' | 'reason'>): void {
  tx.prepare(sql.insert).run({ ...request, atMs: tx.nowMs });
}

export const waitingLockRequests = (reader: Reader, seat: SeatNumber) =>
  reader.prepare(sql.waiting).all<LockRequestRow>({ seat });
export const recentLockRequests = (reader: Reader, seat: SeatNumber, limit: number) =>
  reader.prepare(sql.recent).all<LockRequestRow>({ seat, limit });
export const lockRequestOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.byIntent).get<LockRequestRow>({ intentId });

export function setLockRequest(tx: Tx, id: number, state: LockRequestRow['state'], reason?: string): void {
  tx.prepare(sql.setRequest).run({ id, state, reason: reason ?? null });
}

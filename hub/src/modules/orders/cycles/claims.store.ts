import type { Reader, SeatNumber, Tx } from '../../../platform/ports/index.ts';
import type { Wish } from './last-call.ts';
import type { Pool } from './progress.ts';

/** A member's wish as it stands. */
export interface ClaimNow extends Wish {
  readonly articleId: number;
}

/** One change of a wish; `place` is its place in the building's one order of time. */
export interface ClaimChange extends ClaimNow {
  readonly place: number;
  readonly seat: SeatNumber;
}

const sql = {
  mine: `SELECT article_id AS articleId, at_least AS atLeast, want, up_to AS upTo FROM claims
    WHERE cycle_id = @cycleId AND seat = @seat AND is_current = 1 AND up_to > 0 ORDER BY article_id`,
  pool: `SELECT COALESCE(SUM(want), 0) AS want, COALESCE(SUM(up_to - want), 0) AS more,
      COALESCE(SUM(up_to > 0), 0) AS count FROM claims WHERE article_id = @articleId AND is_current = 1`,
  changes: `SELECT id AS place, article_id AS articleId, seat, at_least AS atLeast, want, up_to AS upTo FROM claims
    WHERE cycle_id = @cycleId ORDER BY id`,
  seats: 'SELECT COUNT(DISTINCT seat) AS count FROM claims WHERE cycle_id = @cycleId AND is_current = 1 AND up_to > 0',
  retire: 'UPDATE claims SET is_current = 0 WHERE article_id = @articleId AND seat = @seat AND is_current = 1',
  insert: `INSERT INTO claims (cycle_id, article_id, seat, at_least, want, up_to, is_current, reason, at_ms)
    VALUES (@cycleId, @articleId, @seat, @atLeast, @want, @upTo, 1, @reason, @atMs)`,
  basket: 'SELECT revision FROM baskets WHERE cycle_id = @cycleId AND seat = @seat',
  nextBasket: `INSERT INTO baskets (cycle_id, seat, revision) VALUES (@cycleId, @seat, 1)
    ON CONFLICT (cycle_id, seat) DO UPDATE SET revision = revision + 1`,
} as const;

export const claimsOf = (reader: Reader, cycleId: number, seat: SeatNumber) =>
  reader.prepare(sql.mine).all<ClaimNow>({ cycleId, seat });
/** What everybody together asks of the article, and how many they are. */
export const poolOf = (reader: Reader, articleId: number): Pool & { count: number } =>
  reader.prepare(sql.pool).get<Pool & { count: number }>({ articleId })!;
/** Every change of every wish, in the order of time. */
export const changesOf = (reader: Reader, cycleId: number) => reader.prepare(sql.changes).all<ClaimChange>({ cycleId });
export const claimingSeats = (reader: Reader, cycleId: number): number =>
  reader.prepare(sql.seats).get<{ count: number }>({ cycleId })!.count;

/** The wish from now on; what it was stays on record, for an early claim keeps its place. */
export function putClaim(tx: Tx, cycleId: number, seat: SeatNumber, claim: ClaimNow, reason?: string): void {
  const { articleId, atLeast, want, upTo } = claim;
  tx.prepare(sql.retire).run({ articleId, seat });
  tx.prepare(sql.insert).run({ cycleId, articleId, seat, atLeast, want, upTo, reason: reason ?? null, atMs: tx.nowMs });
}

/** 0 while the member has asked for nothing. */
export const basketRevision = (reader: Reader, cycleId: number, seat: SeatNumber): number =>
  reader.prepare(sql.basket).get<{ revision: number }>({ cycleId, seat })?.revision ?? 0;

export function touchBasket(tx: Tx, cycleId: number, seat: SeatNumber): void {
  tx.prepare(sql.nextBasket).run({ cycleId, seat });
}

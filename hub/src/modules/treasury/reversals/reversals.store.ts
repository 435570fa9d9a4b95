import type { Reader, SeatNumber, Tx } from '../../../platform/ports/index.ts';
import type { FollowUp } from './reversals.schema.ts';

export interface ReversalRow {
  readonly cursor: number;
  readonly id: string;
  readonly movementId: string;
  readonly reason: string;
  readonly askedBySeat: SeatNumber;
  readonly askedAtMs: number;
  readonly state: 'asked' | 'done' | 'refused';
  readonly decidedBySeat: SeatNumber | null;
  readonly decidedAtMs: number | null;
  readonly followUp: FollowUp | null;
  /** The reversing movement, or the hold that keeps the money until it is signed back. */
  readonly reversingId: string | null;
  /** The deposit that is reversed. */
  readonly depositId: string;
  readonly seat: SeatNumber;
  readonly amountMicros: number;
  readonly title: string;
}

const columns = `r.id AS cursor, r.public_id AS id, r.movement_id AS movementId, r.reason, r.asked_by_seat AS askedBySeat,
  r.asked_at_ms AS askedAtMs, r.state, r.decided_by_seat AS decidedBySeat, r.decided_at_ms AS decidedAtMs,
  r.follow_up AS followUp, r.reversing_id AS reversingId, d.public_id AS depositId, d.seat, d.amount_micros AS amountMicros, d.reference AS title
  FROM reversals r JOIN deposits d ON d.movement_id = r.movement_id`;
const sql = {
  page: `SELECT ${columns} WHERE r.id < @before ORDER BY r.id DESC LIMIT @limit`,
  byId: `SELECT ${columns} WHERE r.public_id = @id`,
  deposit: `SELECT public_id AS depositId, seat, amount_micros AS amountMicros, intent_id AS intentId FROM deposits
    WHERE movement_id = @movementId`,
  isReversed: `SELECT 1 FROM movements m JOIN movements r ON r.reverses = m.id WHERE m.public_id = @movementId`,
  isAsked: `SELECT 1 FROM reversals WHERE movement_id = @movementId AND state IN ('asked', 'done')`,
  insert: `INSERT INTO reversals (public_id, movement_id, reason, asked_by_seat, asked_at_ms, state)
    VALUES (@id, @movementId, @reason, @askedBySeat, @atMs, 'asked')`,
  decide: `UPDATE reversals SET state = @state, decided_by_seat = @bySeat, decided_at_ms = @atMs, follow_up = @followUp,
    reversing_id = @reversingId WHERE public_id = @id`,
  ofSeat: `SELECT ${columns} WHERE d.seat = @seat AND r.follow_up = 'member-signs' ORDER BY r.id LIMIT 20`,
  follow: 'UPDATE reversals SET follow_up = @followUp WHERE public_id = @id',
  lineOfDeposit: `SELECT id AS rowId, public_id AS id, bookings FROM bank_lines WHERE subject_id = @depositId AND state = 'booked'`,
} as const;

export const listReversals = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.page).all<ReversalRow>({ before, limit });
export const findReversal = (reader: Reader, id: string) => reader.prepare(sql.byId).get<ReversalRow>({ id });
export const depositOfMovement = (reader: Reader, movementId: string) =>
  reader
    .prepare(sql.deposit)
    .get<{ depositId: string; seat: SeatNumber; amountMicros: number; intentId: string }>({ movementId });
export const isReversedOrAsked = (reader: Reader, movementId: string) =>
  reader.prepare(sql.isReversed).get({ movementId }) !== undefined ||
  reader.prepare(sql.isAsked).get({ movementId }) !== undefined;
export const insertReversal = (
  tx: Tx,
  row: { id: string; movementId: string; reason: string; askedBySeat: SeatNumber },
) => tx.prepare(sql.insert).run({ ...row, atMs: tx.nowMs });
export const decideReversal = (
  tx: Tx,
  row: {
    id: string;
    state: 'done' | 'refused';
    bySeat: SeatNumber;
    followUp: FollowUp | null;
    reversingId: string | null;
  },
) => tx.prepare(sql.decide).run({ ...row, atMs: tx.nowMs });
/** What the member is to sign back. */
export const reversalsToSign = (reader: Reader, seat: SeatNumber) =>
  reader.prepare(sql.ofSeat).all<ReversalRow>({ seat });
export const setFollowUp = (tx: Tx, id: string, followUp: FollowUp) => tx.prepare(sql.follow).run({ id, followUp });
export const bookedLineOf = (reader: Reader, depositId: string) =>
  reader.prepare(sql.lineOfDeposit).get<{ rowId: number; id: string; bookings: number }>({ depositId });

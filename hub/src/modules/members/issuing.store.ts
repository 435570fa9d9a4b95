import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';

/** What a message that was refused for one of several seats leaves: each is then asked for alone. */
const alone = 'alone';

interface Unissued {
  readonly seat: SeatNumber;
  readonly address: Hex;
  readonly seatClass: 'resident' | 'guest';
  readonly isAlone: number;
}

const sql = {
  /** Not in the registry, and in no message that may still get there. What a seat alone was refused for stays refused. */
  unissued: `SELECT m.seat, m.address, m.class AS seatClass, m.issue_intent_id IS '${alone}' AS isAlone FROM members m
    LEFT JOIN intents i ON i.public_id = m.issue_intent_id
    WHERE m.recorded_at_ms IS NULL AND m.retired_at_ms IS NULL AND (m.issue_intent_id IS NULL OR m.issue_intent_id = '${alone}'
      OR (i.state = 'void' AND i.reason IN ('expired', 'board_changed', 'gathered')))
    ORDER BY m.seat`,
  /** Messages that nobody has signed yet: a later member may come into them. */
  open: `SELECT DISTINCT i.public_id AS id FROM members m JOIN intents i ON i.public_id = m.issue_intent_id
    WHERE m.recorded_at_ms IS NULL AND i.state = 'signed' AND i.authorisations = '[]'`,
  setIssue: 'UPDATE members SET issue_intent_id = @intentId WHERE seat = @seat',
  retirement: 'SELECT retire_intent_id AS intentId FROM members WHERE seat = @seat',
  setRetirement: 'UPDATE members SET retire_intent_id = @intentId WHERE seat = @seat',
  setRetired: 'UPDATE members SET retired_at_ms = @atMs WHERE seat = @seat AND retired_at_ms IS NULL',
} as const;

export const unissuedSeats = (reader: Reader) => reader.prepare(sql.unissued).all<Unissued>();
export const openIssues = (reader: Reader): string[] =>
  reader
    .prepare(sql.open)
    .all<{ id: string }>()
    .map(({ id }) => id);

export const saveIssue = (tx: Tx, seat: SeatNumber, intentId: string): void =>
  void tx.prepare(sql.setIssue).run({ seat, intentId });
/** The next message about the seat holds no other. */
export const askAlone = (tx: Tx, seat: SeatNumber): void => saveIssue(tx, seat, alone);

export const retirementOf = (reader: Reader, seat: SeatNumber): string | undefined =>
  reader.prepare(sql.retirement).get<{ intentId: string | null }>({ seat })?.intentId ?? undefined;
export const saveRetirement = (tx: Tx, seat: SeatNumber, intentId: string | undefined): void =>
  void tx.prepare(sql.setRetirement).run({ seat, intentId: intentId ?? null });
/** True when it was not known before. */
export const saveRetired = (tx: Tx, seat: SeatNumber): boolean =>
  tx.prepare(sql.setRetired).run({ seat, atMs: tx.nowMs }).changes > 0;

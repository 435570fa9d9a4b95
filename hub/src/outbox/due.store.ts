import type { Reader, Tx } from '../platform/ports/index.ts';
import { type Queue, validityMarginMs } from './patience.ts';

/** An intent that may be sent as far as this store knows. */
export interface Due {
  readonly rowId: number;
  readonly seat: number | null;
  /** Its time to wait is over. */
  readonly isPressing: boolean;
  /** The treasurer pressed for it. */
  readonly isUrged: boolean;
}

export interface DueQuery {
  readonly lane: string;
  readonly carrier: string;
  readonly nowMs: number;
  readonly waitMs: number;
}

const never = Number.MAX_SAFE_INTEGER;
const queuedAt = 'COALESCE(i.queued_at_ms, i.created_at_ms)';
const latest = (waitMs: string) =>
  `MIN(${queuedAt} + ${waitMs}, i.valid_until_ms - ${validityMarginMs}, COALESCE(i.urgent_at_ms, ${never}))`;
const isUrged = `${queuedAt} <= COALESCE((SELECT at_ms FROM settle_now WHERE carrier = @carrier), -1)`;
const isFree = `i.state = 'queued' AND i.not_before_ms <= @nowMs
  AND NOT EXISTS (SELECT 1 FROM intent_after x JOIN intents a ON a.id = x.after_id
    WHERE x.intent_id = i.id AND a.state <> 'final')`;

const sql = {
  queue: `SELECT COUNT(*) AS count, MIN(${queuedAt}) AS oldestQueuedAtMs,
      MIN(CASE WHEN ${isUrged} THEN 0 ELSE ${latest('@waitMs')} END) AS latestMs
    FROM intents i WHERE i.lane = @lane AND ${isFree}`,
  due: `SELECT i.id AS rowId, i.seat, ${latest('@waitMs')} <= @nowMs AS isPressing, ${isUrged} AS isUrged
    FROM intents i WHERE i.lane = @lane AND ${isFree} ORDER BY i.id`,
  /** What waits behind others and has to leave makes those before it leave: their time is over too. */
  pressed: `WITH RECURSIVE waits AS (SELECT key AS lane, value AS waitMs FROM json_each(@waits)),
    pressed (id) AS (
      SELECT * FROM (SELECT i.id FROM waits w CROSS JOIN intents i ON i.lane = w.lane
        WHERE i.state = 'queued' AND (${latest('w.waitMs')} <= @nowMs OR
            ${queuedAt} <= COALESCE((SELECT MAX(at_ms) FROM settle_now), -1))
          AND EXISTS (SELECT 1 FROM intent_after x CROSS JOIN intents a ON a.id = x.after_id
            WHERE x.intent_id = i.id AND a.state = 'queued')
        LIMIT @limit)
      UNION
      SELECT x.after_id FROM pressed p CROSS JOIN intent_after x ON x.intent_id = p.id
        CROSS JOIN intents a ON a.id = x.after_id WHERE a.state = 'queued')
    SELECT i.id AS rowId, i.lane FROM pressed p CROSS JOIN intents i ON i.id = p.id`,
  /** Not known to have to wait: their lane has not looked at them yet. */
  untried: `SELECT i.seat, i.lane, MIN(i.id) AS rowId FROM intents i INDEXED BY intents_untried_by_seat
    WHERE i.seat IS NOT NULL AND i.reason IS NULL AND i.lane IN (SELECT value FROM json_each(@lanes)) AND ${isFree}
    GROUP BY i.seat, i.lane`,
  urge: `INSERT INTO settle_now (carrier, at_ms) VALUES (@carrier, @atMs)
    ON CONFLICT (carrier) DO UPDATE SET at_ms = excluded.at_ms`,
} as const;

type QueueRow = { count: number; oldestQueuedAtMs: number | null; latestMs: number | null };
type DueRow = { rowId: number; seat: number | null; isPressing: number; isUrged: number };

/** What could leave; `latestMs` is 0 when the treasurer pressed for some of it. */
export function queueOf(reader: Reader, query: DueQuery): Queue {
  const { count, oldestQueuedAtMs, latestMs } = reader.prepare(sql.queue).get<QueueRow>(query)!;
  return { count, oldestQueuedAtMs: oldestQueuedAtMs ?? 0, latestMs: latestMs ?? never };
}

/** All that could leave, what has to first, each part in the order in which it was asked for. */
export function dueOf(reader: Reader, query: DueQuery, pressed: ReadonlySet<number>): Due[] {
  const due = reader
    .prepare(sql.due)
    .all<DueRow>(query)
    .map(({ rowId, seat, isPressing, isUrged }) => ({
      rowId,
      seat,
      isPressing: isPressing === 1 || isUrged === 1 || pressed.has(rowId),
      isUrged: isUrged === 1,
    }));
  return [...due.filter((item) => item.isPressing), ...due.filter((item) => !item.isPressing)];
}

/** By lane: what others that have to leave wait for, through any number of lanes. */
export function pressedByLane(
  reader: Reader,
  waits: Readonly<Record<string, number>>,
  nowMs: number,
): Map<string, Set<number>> {
  const rows = reader
    .prepare(sql.pressed)
    .all<{ rowId: number; lane: string }>({ waits: JSON.stringify(waits), nowMs, limit: 500 });
  const byLane = new Map<string, Set<number>>();
  for (const { rowId, lane } of rows) byLane.set(lane, (byLane.get(lane) ?? new Set()).add(rowId));
  return byLane;
}

/** The oldest of each seat and lane that its lane has not looked at. */
export const untriedOf = (reader: Reader, lanes: readonly string[], nowMs: number) =>
  reader
    .prepare(sql.untried)
    .all<{ seat: number; lane: string; rowId: number }>({ lanes: JSON.stringify(lanes), nowMs });

/** What is queued by now leaves without waiting, even beyond the day's cap. */
export function urge(tx: Tx, carrier: string): void {
  tx.prepare(sql.urge).run({ carrier, atMs: tx.nowMs });
}

import type { Tx } from '../platform/ports/index.ts';
import { noteReason } from './intents.store.ts';

const sql = {
  carriedInVain: `SELECT COUNT(*) AS count FROM intents i JOIN attempt_items x ON x.intent_id = i.id
    JOIN attempts t ON t.id = x.attempt_id WHERE i.public_id = @id AND t.state = 'final'`,
  rest: `UPDATE intents SET not_before_ms = MAX(not_before_ms, @untilMs) WHERE public_id = @id`,
} as const;

const shortestRestMs = 10 * 60_000;
const longestRestMs = 6 * 3_600_000;

/** How long something rests that was carried so often for nothing, in ms: at once again, then 10 min, doubled up to 6 h. */
export const restMs = (carriedCount: number): number =>
  carriedCount < 2 ? 0 : Math.min(longestRestMs, shortestRestMs * 2 ** (carriedCount - 2));

/**
 * The outside took what carried it and skipped it. Preflight may not see why; without a rest it would be carried, and
 * paid for, at every look.
 */
export function restIfSkipped(tx: Tx, id: string): void {
  const { count } = tx.prepare(sql.carriedInVain).get<{ count: number }>({ id })!;
  const ms = restMs(count);
  if (ms === 0) return;
  tx.prepare(sql.rest).run({ id, untilMs: tx.nowMs + ms });
  noteReason(tx, id, 'skipped');
}

import type { LanePolicy } from '../platform/ports/index.ts';

/** What of a waiting intent decides when it leaves; ms since 1970. */
export interface Timing {
  readonly queuedAtMs: number;
  readonly validUntilMs: number;
  readonly urgentAtMs?: number;
}

/** What waits in a lane and could leave. */
export interface Queue {
  readonly count: number;
  readonly oldestQueuedAtMs: number;
  /** The earliest moment at which one of them has to leave. */
  readonly latestMs: number;
}

/** Before a message's validity ends it gets this long to land: late receipts, a reorganisation, a second try. */
export const validityMarginMs = 2 * 60 * 60 * 1000;

export const waitOf = (policy: LanePolicy, patience: number): number => Math.round(policy.longestWaitMs * patience);

/** When it leaves at the latest, whatever it costs then. */
export const latestOf = ({ queuedAtMs, validUntilMs, urgentAtMs }: Timing, waitMs: number): number =>
  Math.min(queuedAtMs + waitMs, validUntilMs - validityMarginMs, urgentAtMs ?? Number.MAX_SAFE_INTEGER);

/**
 * A full batch leaves at once, and so does what has to. The others wait half of their time for company, and the other
 * half for the first cheap hour. A clock that went back makes nobody wait longer.
 */
export function mayLeave(
  queue: Queue,
  policy: LanePolicy,
  nowMs: number,
  isCheap: (latestMs: number) => boolean,
): boolean {
  if (queue.count === 0) return false;
  if (queue.count >= policy.batchMax || hasToLeave(queue, nowMs)) return true;
  const halfwayMs = queue.oldestQueuedAtMs + (queue.latestMs - queue.oldestQueuedAtMs) / 2;
  return nowMs >= halfwayMs && isCheap(queue.latestMs);
}

export const hasToLeave = (queue: Queue, nowMs: number): boolean =>
  nowMs >= queue.latestMs || nowMs < queue.oldestQueuedAtMs;

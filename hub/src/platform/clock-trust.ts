import type { Clock } from './clock.ts';

export interface ClockTrust {
  /** False: nothing closes, expires or falls due by itself. */
  isTrusted(): boolean;
  /** A signed-in coordinator says that the time shown is right. */
  confirm(): void;
  /** Whether another clock speaks against this one (the chain's, say). A confirmation outweighs it until it falls silent. */
  doubt(isDoubtful: boolean): void;
}

/** The wall clock may run this far behind the monotonic one before it counts as set back. */
const toleranceMs = 2_000;

/**
 * A board without a battery clock starts in the past. The time is trusted while it is not earlier than the newest row
 * that was ever written and does not jump back; `newestRowMs` is read once, at start.
 */
export function createClockTrust(clock: Clock, newestRowMs: number): ClockTrust {
  let floorMs = newestRowMs;
  let markMs = clock.nowMs();
  let markMonotonicMs = clock.monotonicMs();
  let isDoubted = false;
  let isOutweighed = false;

  return {
    isTrusted() {
      const nowMs = clock.nowMs();
      const expectedMs = markMs + (clock.monotonicMs() - markMonotonicMs);
      if (nowMs < expectedMs - toleranceMs) floorMs = Math.max(floorMs, expectedMs);
      markMs = nowMs;
      markMonotonicMs = clock.monotonicMs();
      return nowMs >= floorMs - toleranceMs && (!isDoubted || isOutweighed);
    },
    confirm() {
      floorMs = clock.nowMs();
      isOutweighed = isDoubted;
    },
    doubt(isDoubtful) {
      isDoubted = isDoubtful;
      if (!isDoubtful) isOutweighed = false;
    },
  };
}

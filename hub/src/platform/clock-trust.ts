import type { Clock } from './clock.ts';

export interface ClockTrust {
  /** The building's time: the wall clock's, or, while that is behind, what it would be had it not been set back. */
  readonly clock: Clock;
  /** Something was written at that time already: an earlier wall clock is behind. */
  notBefore(rowMs: number): void;
  /** False: nothing closes, expires or falls due by itself. */
  isTrusted(): boolean;
  /** What the wall clock says while the building's time goes on without it. */
  setBackToMs(): number | undefined;
  /** A signed-in coordinator says that the wall clock is right. */
  confirm(): void;
  /** Whether another clock speaks against this one (the chain's, say). A confirmation outweighs it until it falls silent. */
  doubt(isDoubtful: boolean): void;
}

/** The wall clock may run this far behind the monotonic one before it counts as set back. */
const toleranceMs = 2_000;

/**
 * A board without a battery clock starts in the past. Its time is trusted while it is not earlier than the newest row
 * that was ever written and does not jump back. Until then the building's time goes on from there: what is signed would
 * otherwise be out of its time once the clock is right, and what waits would seem to wait since 1970.
 */
export function createClockTrust(wall: Clock): ClockTrust {
  let isBehind = false;
  /** The building's time when it was last looked at. */
  let markMs = 0;
  let markMonotonicMs = wall.monotonicMs();
  let isDoubted = false;
  let isOutweighed = false;

  function look(): number {
    const wallMs = wall.nowMs();
    const monotonicMs = wall.monotonicMs();
    const expectedMs = markMs + (monotonicMs - markMonotonicMs);
    isBehind = wallMs < expectedMs - toleranceMs;
    markMs = isBehind ? expectedMs : wallMs;
    markMonotonicMs = monotonicMs;
    return Math.round(markMs);
  }

  return {
    clock: { nowMs: look, monotonicMs: () => wall.monotonicMs() },
    notBefore(rowMs) {
      markMs = Math.max(look(), rowMs);
    },
    isTrusted() {
      look();
      return !isBehind && (!isDoubted || isOutweighed);
    },
    setBackToMs() {
      look();
      return isBehind ? wall.nowMs() : undefined;
    },
    confirm() {
      markMs = wall.nowMs();
      isOutweighed = isDoubted;
    },
    doubt(isDoubtful) {
      isDoubted = isDoubtful;
      if (!isDoubtful) isOutweighed = false;
    },
  };
}

import type { Clock } from './clock.ts';

export interface ClockTrust {
  /** The building's time: the wall clock's, or, where that has lost its time, what it would be had it not. */
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
/** A clock that was ahead by less and has been corrected is right; one that is behind by more has lost its time. */
const lostMs = 86_400_000;

/**
 * A board without a battery clock starts in the past. Its time is trusted while it is not earlier than the newest row
 * that was ever written and does not jump back. Where it has lost its time, the building's goes on from what was known:
 * what is signed would otherwise be out of its time once the clock is right, and what waits would seem to wait since 1970.
 */
export function createClockTrust(wall: Clock): ClockTrust {
  let floorMs = 0;
  let markMs = wall.nowMs();
  let markMonotonicMs = wall.monotonicMs();
  /** The building's time at the mark. */
  let buildingMs = markMs;
  let isDoubted = false;
  let isOutweighed = false;

  const isLost = (wallMs: number): boolean => wallMs < buildingMs - lostMs;

  function look(): number {
    const wallMs = wall.nowMs();
    const monotonicMs = wall.monotonicMs();
    const passedMs = monotonicMs - markMonotonicMs;
    if (wallMs < markMs + passedMs - toleranceMs) floorMs = Math.max(floorMs, markMs + passedMs);
    markMs = wallMs;
    markMonotonicMs = monotonicMs;
    buildingMs += passedMs;
    if (!isLost(wallMs)) buildingMs = wallMs;
    return wallMs;
  }

  return {
    clock: {
      nowMs() {
        look();
        return Math.round(buildingMs);
      },
      monotonicMs: () => wall.monotonicMs(),
    },
    notBefore(rowMs) {
      const wallMs = look();
      floorMs = Math.max(floorMs, rowMs);
      buildingMs = Math.max(buildingMs, rowMs);
      if (!isLost(wallMs)) buildingMs = wallMs;
    },
    isTrusted() {
      return look() >= floorMs - toleranceMs && (!isDoubted || isOutweighed);
    },
    setBackToMs() {
      const wallMs = look();
      return isLost(wallMs) ? wallMs : undefined;
    },
    confirm() {
      floorMs = look();
      buildingMs = floorMs;
      isOutweighed = isDoubted;
    },
    doubt(isDoubtful) {
      isDoubted = isDoubtful;
      if (!isDoubtful) isOutweighed = false;
    },
  };
}

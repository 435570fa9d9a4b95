import type { Clock } from '../../src/platform/clock.ts';

/** The real time, moved by what the test says. A step moves the wall clock alone, as somebody who sets it does. */
export interface MovableClock extends Clock {
  stepBy(ms: number): void;
}

export function createMovableClock(offsetMs = 0): MovableClock {
  let offset = offsetMs;
  return {
    nowMs: () => Date.now() + offset,
    monotonicMs: () => performance.now(),
    stepBy(ms) {
      offset += ms;
    },
  };
}

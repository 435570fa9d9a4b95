import type { Clock } from '../../src/platform/clock.ts';

/** A clock of which a minute may be a second, so that blocks by the second come many in a second. */
export interface FastTime {
  /** Both in milliseconds since 1970: what it showed when the real time was `fromMs`. */
  readonly fromMs: number;
  readonly speed: number;
  /** By how much somebody has set it wrong. */
  readonly offsetMs: number;
}

export const timeOf = ({ fromMs, speed, offsetMs }: FastTime, realMs = Date.now()): number =>
  Math.round(fromMs + (realMs - fromMs) * speed + offsetMs);

export interface SettableClock extends Clock {
  set(offsetMs: number): void;
}

export function createFastClock(time: FastTime): SettableClock {
  let { offsetMs } = time;
  return {
    nowMs: () => timeOf({ ...time, offsetMs }),
    monotonicMs: () => performance.now() * time.speed,
    set(offset) {
      offsetMs = offset;
    },
  };
}

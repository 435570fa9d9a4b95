import type { Clock } from '../../src/platform/clock.ts';

/** A clock of which a minute may be a second, so that blocks by the second come many in a second. */
export interface FastTime {
  /** Both in milliseconds since 1970: what it showed when the real time was `fromMs`. */
  readonly fromMs: number;
  readonly speed: number;
  /** By how much somebody has set it wrong. */
  readonly offsetMs: number;
  /** What passed at one go, for everybody: days in which nothing happened. */
  readonly leptMs: number;
}

/** What may change of it while a process runs. */
export type TimeSet = Pick<FastTime, 'offsetMs' | 'leptMs'>;

export const timeOf = ({ fromMs, speed, offsetMs, leptMs }: FastTime, realMs = Date.now()): number =>
  Math.round(fromMs + (realMs - fromMs) * speed + offsetMs + leptMs);

export interface SettableClock extends Clock {
  set(time: TimeSet): void;
}

export function createFastClock(time: FastTime): SettableClock {
  let now: TimeSet = time;
  return {
    nowMs: () => timeOf({ ...time, ...now }),
    monotonicMs: () => performance.now() * time.speed + now.leptMs,
    set(set) {
      now = set;
    },
  };
}

import type { Clock } from '../platform/clock.ts';

/** Keeps the hub from knocking again and again where nobody opens. Lives in memory: a start tries at once. */
export interface Breaker {
  /** The line failed; the next try waits twice as long as this one did, or as long as the other side asks. */
  failed(reason: string, askedMs?: number): void;
  worked(): void;
  /** Why nothing is tried at the moment, for people; undefined when it may be tried. */
  closedBecause(): string | undefined;
}

const firstMs = 5_000;
const mostMs = 3_600_000;

/** How long to wait before try number `tries` + 1, in milliseconds: 5 s, 10 s, 20 s, … at most an hour. */
export const pauseAfter = (tries: number): number => Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 20));

export function createBreaker(clock: Clock, who: string): Breaker {
  let failures = 0;
  let untilMs = 0;
  let reason = '';
  return {
    failed(why, askedMs = 0) {
      failures += 1;
      reason = why;
      untilMs = clock.monotonicMs() + Math.min(mostMs, Math.max(pauseAfter(failures), askedMs));
    },
    worked() {
      failures = 0;
      untilMs = 0;
    },
    closedBecause() {
      const leftMs = untilMs - clock.monotonicMs();
      return leftMs > 0 ? `${who}: ${reason}; tried again in ${Math.ceil(leftMs / 1000)} s.` : undefined;
    },
  };
}

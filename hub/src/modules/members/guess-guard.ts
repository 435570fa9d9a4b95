import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';

/** Counts wrong short codes from everywhere together, since a guesser may have many addresses. */
export interface GuessGuard {
  /** Throws `too_many_requests` while too many were wrong lately. */
  check(): void;
  miss(): void;
}

export function createGuessGuard(clock: Clock, { max = 30, perMs = 5 * 60_000 } = {}): GuessGuard {
  let misses: number[] = [];
  return {
    check() {
      const nowMs = clock.monotonicMs();
      misses = misses.filter((atMs) => nowMs - atMs < perMs);
      if (misses.length < max) return;
      throw fail('too_many_requests', { seconds: Math.ceil((misses[0]! + perMs - nowMs) / 1000) });
    },
    miss: () => void misses.push(clock.monotonicMs()),
  };
}

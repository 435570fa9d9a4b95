import type { Clock } from '../platform/clock.ts';
import type { EndpointState } from '../platform/ports/index.ts';

type BreakerState = EndpointState['breaker'];

export interface Breaker {
  state(): BreakerState;
  /** Milliseconds until it may be asked again; 0 when it may. */
  pauseLeftMs(): number;
  /** Of these, how long the endpoint itself wants to be left alone: that is not for us to cut short. */
  wishLeftMs(): number;
  /** It answered. The pause begins small again only after it has kept well for as long as it last paused. */
  succeeded(): void;
  /** It did not answer. `atOnce`: no use in asking twice more; `pauseMs`: the endpoint's own wish, up to the longest pause. */
  failed(how?: { atOnce?: boolean; pauseMs?: number }): void;
}

export const firstPauseMs = 5_000;
export const longestPauseMs = 300_000;
/** One lost packet is no reason to leave an endpoint. */
const failuresToOpen = 3;

/** Keeps the hub from waiting again and again for an endpoint that does not answer. Durations are monotonic. */
export function createBreaker(clock: Pick<Clock, 'monotonicMs'>): Breaker {
  let failures = 0;
  let pauseMs = 0;
  let openUntilMs: number | undefined;
  let wishUntilMs = 0;
  let closedSinceMs = clock.monotonicMs();

  const pauseLeftMs = () => (openUntilMs === undefined ? 0 : Math.max(0, openUntilMs - clock.monotonicMs()));

  return {
    state() {
      if (openUntilMs === undefined) return 'closed';
      return pauseLeftMs() > 0 ? 'open' : 'half-open';
    },
    pauseLeftMs,
    wishLeftMs: () => Math.min(pauseLeftMs(), Math.max(0, wishUntilMs - clock.monotonicMs())),
    succeeded() {
      failures = 0;
      const nowMs = clock.monotonicMs();
      if (openUntilMs !== undefined) {
        openUntilMs = undefined;
        closedSinceMs = nowMs;
      } else if (nowMs - closedSinceMs >= pauseMs) pauseMs = 0;
    },
    failed({ atOnce = false, pauseMs: wishedMs = 0 } = {}) {
      failures += 1;
      const isTrial = openUntilMs !== undefined;
      if (!isTrial && !atOnce && wishedMs === 0 && failures < failuresToOpen) return;
      pauseMs = Math.min(longestPauseMs, Math.max(wishedMs, pauseMs === 0 ? firstPauseMs : pauseMs * 2));
      openUntilMs = clock.monotonicMs() + pauseMs;
      if (wishedMs > 0) wishUntilMs = clock.monotonicMs() + wishedMs;
      failures = 0;
    },
  };
}

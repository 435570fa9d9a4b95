/** The building's time for the page: the hub's clock, not the phone's, renewed every so often. */
export interface PageClock {
  readonly nowMs: number;
  /** Takes over the hub's time as it was just answered. */
  setHubTime(hubNowMs: number): void;
  start(signal: AbortSignal): void;
}

const TICK_MS = 10_000;

/** A clock over the machine's own; relative times on the page follow its ticks. */
export function createPageClock(machineNowMs: () => number = Date.now): PageClock {
  let aheadMs = 0;
  let nowMs = $state(machineNowMs());
  const tick = () => {
    nowMs = machineNowMs() + aheadMs;
  };
  return {
    get nowMs() {
      return nowMs;
    },
    setHubTime(hubNowMs) {
      aheadMs = hubNowMs - machineNowMs();
      tick();
    },
    start(signal) {
      const timer = setInterval(tick, TICK_MS);
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    },
  };
}

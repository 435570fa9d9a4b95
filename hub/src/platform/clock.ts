/** Wall and monotonic time, injected so that tests and drills can set it. */
export interface Clock {
  /** UTC milliseconds. */
  nowMs(): number;
  /** Milliseconds that never go back; for durations. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** How long to wait before the next message of a device counts, in ms; 0 while it keeps to its rate. */
export type Pace = () => number;

/** Virtual scheduling (ITU-T I.371, GCRA): `perSecond` in the long run, `burst` at once. */
export function createPace(perSecond: number, burst: number, monotonicMs: () => number): Pace {
  const everyMs = 1_000 / perSecond;
  let dueMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = monotonicMs();
    dueMs = Math.max(dueMs, nowMs) + everyMs;
    return Math.max(0, dueMs - nowMs - burst * everyMs);
  };
}

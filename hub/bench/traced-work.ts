/** As Chromium writes it; times in µs. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly data?: { readonly type?: string } };
}

/** The main thread's own time after one traced touch. */
export interface Work {
  /** Until the frame after the click's handlers is handed over. */
  readonly toPaintMs: number;
  /** Until what was asked for is painted: its code, its building, its layout. Waiting for the hub is not in it. */
  readonly toShownMs: number;
}

export function workOf(events: readonly TraceEvent[]): Work {
  const dispatched = events.filter(({ name }) => name === 'EventDispatch');
  const down = dispatched.find(({ args }) => args.data?.type === 'pointerdown');
  if (!down) throw new Error('the trace holds no touch');
  const isOn = ({ pid, tid }: TraceEvent) => pid === down.pid && tid === down.tid;
  const click = dispatched.find(({ args, ts }) => args.data?.type === 'click' && ts > down.ts);
  const handled = (click ?? down).ts + ((click ?? down).dur ?? 0);
  const frame = events.find((event) => isOn(event) && event.name === 'Commit' && event.ts >= handled);
  const shown = events.find(({ name, ts }) => name === 'stoop-shown' && ts > down.ts);
  const workUntil = (until: number): number =>
    events
      .filter(
        (event) => isOn(event) && event.name === 'RunTask' && event.ts + (event.dur ?? 0) > down.ts && event.ts < until,
      )
      .reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000;
  return { toPaintMs: workUntil(frame?.ts ?? handled), toShownMs: workUntil(shown?.ts ?? handled) };
}

/** Calls back when the page has nothing better to do. */
export type WhenIdle = (run: () => void) => void;

/** Fetches what is one touch away, one after the other, so that the touch need not wait for its code. */
export function preload(loads: readonly (() => Promise<unknown>)[], whenIdle: WhenIdle, signal: AbortSignal): void {
  const [first, ...rest] = loads;
  if (!first) return;
  whenIdle(() => {
    if (signal.aborted) return;
    // Whoever asks for it itself is told what is wrong with it.
    void first()
      .catch(() => undefined)
      .then(() => preload(rest, whenIdle, signal));
  });
}

const PAUSE_MS = 300;

/** The window's idle time, after a pause; browsers without one have the pause. */
export function idleOf(win: Window): WhenIdle {
  return (run) => {
    win.setTimeout(() => {
      if ('requestIdleCallback' in win) win.requestIdleCallback(run);
      else run();
    }, PAUSE_MS);
  };
}

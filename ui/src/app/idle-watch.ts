/** Watches whether somebody is still there. */
export interface IdleWatch {
  /** Somebody touched something. */
  touch(): void;
  stop(): void;
}

export interface IdleWatchDeps {
  setTimer: (run: () => void, ms: number) => number;
  clearTimer: (timer: number) => void;
  /** Without a touch for so long. */
  idleMs: number;
  /** Then so long to answer. */
  answerMs: number;
  onIdle: () => void;
  /** Nobody answered either. */
  onGone: () => void;
  /** A touch after `onIdle`, in time. */
  onBack: () => void;
}

/** Starts watching at once. After `onGone` it waits for a touch to start anew. */
export function createIdleWatch(deps: IdleWatchDeps): IdleWatch {
  let state: 'here' | 'asked' | 'gone' | 'stopped' = 'here';
  let timer: number | undefined;

  function wait(ms: number, then: () => void): void {
    if (timer !== undefined) deps.clearTimer(timer);
    timer = deps.setTimer(then, ms);
  }

  function watch(): void {
    state = 'here';
    wait(deps.idleMs, () => {
      state = 'asked';
      wait(deps.answerMs, () => {
        state = 'gone';
        deps.onGone();
      });
      deps.onIdle();
    });
  }

  watch();
  return {
    touch() {
      if (state === 'stopped') return;
      const wasAsked = state === 'asked';
      watch();
      if (wasAsked) deps.onBack();
    },
    stop() {
      state = 'stopped';
      if (timer !== undefined) deps.clearTimer(timer);
    },
  };
}

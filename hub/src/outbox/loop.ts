export interface Loop {
  start(): void;
  /** Runs now instead of at the next poll; during a run: once more after it. */
  wake(): void;
  /** Resolves when the run under way is over; no other follows. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `pollMs` and whenever it is woken, never twice at once. It runs again at once when it answers true:
 * what was just sent is looked at again, since a fast outside has it already. `work` must not throw.
 */
export function createLoop(work: () => Promise<boolean>, pollMs: number): Loop {
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = true;
  let isWoken = false;

  async function run(): Promise<void> {
    do {
      isWoken = false;
      if (await work()) isWoken = true;
    } while (isWoken && !isStopped);
  }

  function wake(): void {
    isWoken = true;
    if (isStopped || running) return;
    clearTimeout(timer);
    running = run().finally(() => {
      running = undefined;
      if (!isStopped) timer = setTimeout(wake, pollMs);
    });
  }

  return {
    start() {
      isStopped = false;
      wake();
    },
    wake,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

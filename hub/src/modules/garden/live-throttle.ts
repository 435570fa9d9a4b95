/** Lets at most one event per id through in each `everyMs`; the last one of a burst is never lost. */
export interface LiveThrottle {
  touch(id: string): void;
  /** Forgets what waits. */
  stop(): void;
}

export function createLiveThrottle(everyMs: number, publish: (id: string) => void): LiveThrottle {
  const waiting = new Map<string, { timer: NodeJS.Timeout; isDue: boolean }>();

  function open(id: string): void {
    publish(id);
    const timer = setTimeout(() => {
      const entry = waiting.get(id);
      waiting.delete(id);
      if (entry?.isDue) open(id);
    }, everyMs);
    timer.unref();
    waiting.set(id, { timer, isDue: false });
  }

  return {
    touch(id) {
      const entry = waiting.get(id);
      if (entry) entry.isDue = true;
      else open(id);
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

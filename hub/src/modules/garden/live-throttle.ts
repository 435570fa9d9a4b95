import type { Transient } from '../../platform/events.ts';

/** Lets at most one event per noun and id through in each `everyMs`; the last one of a burst is never lost. */
export interface LiveThrottle {
  touch(noun: string, id: string): void;
  /** Forgets what waits. */
  stop(): void;
}

export function createLiveThrottle(everyMs: number, publish: (news: Transient) => void): LiveThrottle {
  const waiting = new Map<string, { timer: NodeJS.Timeout; isDue: boolean }>();

  function open(key: string, news: Transient): void {
    publish(news);
    const timer = setTimeout(() => {
      const entry = waiting.get(key);
      waiting.delete(key);
      if (entry?.isDue) open(key, news);
    }, everyMs);
    timer.unref();
    waiting.set(key, { timer, isDue: false });
  }

  return {
    touch(noun, id) {
      const key = `${noun} ${id}`;
      const entry = waiting.get(key);
      if (entry) entry.isDue = true;
      else open(key, { noun, id });
    },
    stop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

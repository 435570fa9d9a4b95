import type { LiveEvent } from '../api/types.ts';

export type Wakes = (event: LiveEvent) => boolean;

interface Listener {
  readonly wakes: Wakes;
  readonly onWake: (event: LiveEvent | undefined) => void;
}

/** The hub's live events. */
export interface Live {
  /** `onWake` gets an event that it wants, or `undefined` when some may have been missed: then read everything again. */
  listen(wakes: Wakes, onWake: Listener['onWake']): () => void;
  start(signal: AbortSignal): void;
  /** Opens the stream anew: it belongs to whoever was signed in when it was opened. */
  restart(): void;
}

export interface LiveDeps {
  open: (url: string) => EventSource;
  setTimer: (run: () => void, ms: number) => unknown;
  onState: (isLive: boolean) => void;
  onBuild: (buildId: string | undefined) => void;
}

const RETRY_MS = [1000, 2000, 5000, 10_000];

/**
 * Keeps one stream open. After every break, and when the hub says `reload`, every listener reads again: what is replayed from
 * `Last-Event-ID` leaves out readings, and a stream that never opened has nothing to replay from.
 */
export function createLive({ open, setTimer, onState, onBuild }: LiveDeps): Live {
  const listeners = new Set<Listener>();
  let source: EventSource | undefined;
  let until: AbortSignal | undefined;
  let failures = 0;

  function wakeAll(): void {
    for (const listener of listeners) listener.onWake(undefined);
  }

  function connect(signal: AbortSignal, isAnew: boolean): void {
    if (signal.aborted) return;
    const mine = open('/api/events');
    let hasMissed = isAnew;
    source = mine;
    mine.addEventListener('hello', (event) => {
      failures = 0;
      onState(true);
      onBuild((JSON.parse(event.data) as { buildId?: string }).buildId);
      if (hasMissed) wakeAll();
      hasMissed = false;
    });
    mine.addEventListener('reload', wakeAll);
    mine.addEventListener('message', (message) => {
      const event = JSON.parse(message.data) as LiveEvent;
      for (const listener of listeners) if (listener.wakes(event)) listener.onWake(event);
    });
    mine.addEventListener('error', () => {
      if (mine !== source) return;
      hasMissed = true;
      onState(false);
      if (mine.readyState !== mine.CLOSED) return;
      setTimer(() => connect(signal, true), RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0);
    });
  }

  return {
    listen(wakes, onWake) {
      const listener = { wakes, onWake };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restart() {
      if (!until) return;
      source?.close();
      connect(until, true);
    },
    start(signal) {
      until = signal;
      connect(signal, false);
      signal.addEventListener('abort', () => source?.close(), { once: true });
    },
  };
}

/** Wakes on any change of these nouns. */
export function onNouns(...nouns: string[]): Wakes {
  return (event) => nouns.includes(event.noun);
}

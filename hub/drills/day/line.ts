import { type Doors, nowMs } from './messages.ts';

/** The client's way to a hub that comes and goes, and its memory of what was under way when it went. */
export interface Line {
  /** Resolves as soon as there is a hub. */
  hub(): Promise<Doors>;
  up(doors: Doors): void;
  down(atMs: number): void;
  /** A request for an action leaves now; the answer to call when it was never answered. */
  sent(): { unanswered(): void };
  /** How many of the hub's deaths left an action without an answer. */
  deathsInFlight(): number;
}

export function createLine(onSent: () => void): Line {
  const deaths: number[] = [];
  const unanswered: { readonly sentAtMs: number; readonly brokeAtMs: number }[] = [];
  let current = Promise.withResolvers<Doors>();
  let isUp = false;

  return {
    hub: () => current.promise,
    up(doors) {
      isUp = true;
      current.resolve(doors);
    },
    down(atMs) {
      deaths.push(atMs);
      if (isUp) current = Promise.withResolvers();
      isUp = false;
    },
    sent() {
      const sentAtMs = nowMs();
      onSent();
      return { unanswered: () => void unanswered.push({ sentAtMs, brokeAtMs: nowMs() }) };
    },
    deathsInFlight: () =>
      deaths.filter((atMs) => unanswered.some((one) => one.sentAtMs <= atMs && atMs <= one.brokeAtMs)).length,
  };
}

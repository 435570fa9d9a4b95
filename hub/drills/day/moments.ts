import { setTimeout as wait } from 'node:timers/promises';
import type { ClientProcess } from './client-process.ts';
import type { HubProcess } from './hub-process.ts';
import type { Random } from './random.ts';

/** When a life of the hub ends. */
export type Moment =
  /** Whatever it is doing by then: opening the store, replaying the chain, answering the first. */
  | { readonly when: 'starting'; readonly afterMs: number }
  /** After so many requests for an action, while that one is under way or just answered. */
  | { readonly when: 'acting'; readonly requests: number; readonly afterMs: number }
  /** After so many batches of a lane left for the chain, while the last is sent, mined, looked for and booked. */
  | { readonly when: 'settling'; readonly lane: string; readonly batches: number; readonly afterMs: number };

export function pickMoment(random: Random): Moment {
  if (random.chance(0.1)) return { when: 'starting', afterMs: random.between(20, 1500) };
  if (random.chance(0.55)) return { when: 'acting', requests: random.between(1, 40), afterMs: random.between(0, 12) };
  const lane = random.chance(0.7) ? 'orders' : 'deposits';
  return { when: 'settling', lane, batches: random.between(1, 3), afterMs: random.between(0, 80) };
}

/** Resolves at the moment. */
export async function momentOf(moment: Moment, hub: HubProcess, client: ClientProcess): Promise<void> {
  if (moment.when !== 'starting') await countOf(moment, hub, client);
  await wait(moment.afterMs);
}

function countOf(moment: Exclude<Moment, { when: 'starting' }>, hub: HubProcess, client: ClientProcess): Promise<void> {
  return new Promise((resolve) => {
    if (moment.when === 'acting') client.onOpened = countdown(moment.requests, resolve);
    else {
      const count = countdown(moment.batches, resolve);
      hub.onLeaving = (lane) => lane === moment.lane && count();
    }
  });
}

function countdown(from: number, done: () => void): () => void {
  let left = from;
  return () => {
    left--;
    if (left === 0) done();
  };
}

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
  /** After so many steps of settling: bytes stored, sent, seen on chain, booked. */
  | { readonly when: 'settling'; readonly steps: number; readonly afterMs: number };

export function pickMoment(random: Random): Moment {
  if (random.chance(0.1)) return { when: 'starting', afterMs: random.between(20, 1500) };
  if (random.chance(0.6)) return { when: 'acting', requests: random.between(1, 80), afterMs: random.between(0, 12) };
  return { when: 'settling', steps: random.between(1, 8), afterMs: random.between(0, 60) };
}

/** Resolves at the moment. */
export async function momentOf(moment: Moment, hub: HubProcess, client: ClientProcess): Promise<void> {
  if (moment.when !== 'starting') await countOf(moment, hub, client);
  await wait(moment.afterMs);
}

function countOf(moment: Exclude<Moment, { when: 'starting' }>, hub: HubProcess, client: ClientProcess): Promise<void> {
  let left = moment.when === 'acting' ? moment.requests : moment.steps;
  return new Promise((resolve) => {
    const count = () => {
      left--;
      if (left === 0) resolve();
    };
    if (moment.when === 'acting') client.onOpened = count;
    else hub.onAttempt = count;
  });
}

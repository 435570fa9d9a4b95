import { setTimeout as wait } from 'node:timers/promises';
import type { Caller } from './caller.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export interface TreasurerDay {
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly seats: readonly number[];
  readonly onRefused: (outcome: { code: string; status: number }) => void;
  readonly isOver: () => boolean;
}

/** Records money that came in, each deposit under a reference of its own, until the day is over. */
export async function liveAsTreasurer(day: TreasurerDay): Promise<void> {
  const { caller, ledger, random, seats } = day;
  for (let number = 1; !day.isOver(); number++) {
    const seat = random.pick(seats);
    const amountMicros = random.between(1, 50) * 10_000;
    const reference = `DRILL-${number}`;
    const body = { seat, amountMicros, reference };
    const outcome = await caller.perform({ method: 'POST', path: '/api/deposits', body });
    if (outcome.done) ledger.add({ what: 'deposited', reference, seat, amountMicros });
    else day.onRefused(outcome);
    await wait(random.between(200, 800));
  }
}

import { readArguments } from './day/arguments.ts';
import { type Disaster, runDay } from './day/run-day.ts';

export const about = `kill -9 of the hub at random moments of a scripted day: nothing acknowledged is lost, nothing
                 settles twice, the books balance. [--count 200] [--seed 1]
                 [--sabotage ack-early | nullifier | hold-leak]. About 15 minutes on 2 cores`;

const sabotages = ['ack-early', 'nullifier', 'hold-leak'];

const kill: Disaster = {
  before: async () => ({}),
  strike: (hub) => hub.kill(),
};

export async function run(args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { counts: _, findings: __, ...figures } = await runDay(readArguments(args, { count: 200, sabotages }), kill);
  return figures;
}

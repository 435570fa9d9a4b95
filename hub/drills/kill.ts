import { readArguments } from './day/arguments.ts';
import { type Disaster, type Figures, runDay } from './day/run-day.ts';

export const about = `kill -9 of the hub at random moments of a scripted day: nothing acknowledged is lost, nothing
                 settles twice, the books balance. [--count 200] [--seed 1]
                 [--sabotage ack-early | nullifier | hold-leak]. About 15 minutes on 2 cores`;

const sabotages = ['ack-early', 'nullifier', 'hold-leak'];

const kill: Disaster = {
  before: async () => ({}),
  strike: (hub) => hub.kill(),
};

export const run = (args: readonly string[], tell: (line: string) => void = console.log): Promise<Figures> =>
  runDay(readArguments(args, { count: 200, sabotages }), kill, tell);

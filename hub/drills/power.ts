import { readArguments } from './day/arguments.ts';
import { type Disaster, type Figures, runDay } from './day/run-day.ts';
import { restoreShadow, shadowEnv } from './powercut.ts';

export const about = `The power goes at random moments of a scripted day: hub and chain die together, and only what was
                 synced is there when they start again. [--count 100] [--seed 1]
                 [--sabotage ack-early | sync-off | nullifier | hold-leak]. About 10 minutes on 2 cores`;

const sabotages = ['ack-early', 'sync-off', 'nullifier', 'hold-leak'];

const watched = (dir: string) => ({ root: dir, shadow: `${dir}.shadow` });

const powerCut: Disaster = {
  before: (dir) => shadowEnv(watched(dir)),
  async strike(hub, dir) {
    const atMs = await hub.cut();
    restoreShadow(watched(dir));
    return atMs;
  },
};

export const run = (args: readonly string[], tell: (line: string) => void = console.log): Promise<Figures> =>
  runDay(readArguments(args, { count: 100, sabotages }), powerCut, tell);

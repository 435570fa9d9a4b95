// Everybody of the drill in one process, which outlives every hub: `client.child.ts PLAN.json`.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { createCaller } from '../day/caller.ts';
import { createLine } from '../day/line.ts';
import { createRandom } from '../day/random.ts';
import type { Cast } from './cast.ts';
import { type FastTime, timeOf } from './clock.ts';
import { lanesNamed } from './lanes/index.ts';
import type { LaneOfDay, Life } from './lanes/lane.ts';
import { openSettleLedger } from './ledger.ts';
import type { FromPeople, ToPeople } from './messages.ts';

export interface PeoplePlan {
  readonly seed: number;
  readonly cast: Cast;
  readonly ledgerPath: string;
  readonly time: FastTime;
  /** Between two intents of one lane, shortest and longest. */
  readonly pauseMs: readonly [number, number];
  /** Nobody begins more than so many intents of a lane. */
  readonly intentsMax: number;
  /** Names of the lanes; undefined: all. */
  readonly lanes?: readonly string[];
}

const plan = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as PeoplePlan;
const ledger = openSettleLedger(plan.ledgerPath);
const tell = (message: FromPeople) => void process.send?.(message);
const line = createLine(() => {});
const refused: Record<string, number> = {};
const unexpected: string[] = [];
let time = plan.time;
let isOver = false;
/** By lane, as the drill last told. */
let waiting: Readonly<Record<string, number>> = {};
/** So many of a lane may wait before nobody asks for more. */
const [fewAhead, manyAhead] = [8, 60];

const lifeOf = ({ name, isOneByOne, most = plan.intentsMax }: LaneOfDay, index: number): Life => {
  const random = createRandom(plan.seed * 1000 + index);
  let intents = 0;
  return {
    cast: plan.cast,
    random,
    caller: (phone) => createCaller(line, phone, true),
    acknowledged(entry) {
      ledger.add(entry);
      if (entry.isIntent) intents++;
    },
    refused({ code, status }, ...ordinary) {
      refused[code] = (refused[code] ?? 0) + 1;
      if (!ordinary.includes(code)) unexpected.push(`${name}: ${status} ${code}`);
    },
    nowMs: () => timeOf(time),
    async pause() {
      await wait(random.between(...plan.pauseMs));
      const ahead = isOneByOne ? fewAhead : manyAhead;
      while (!isOver && (waiting[name] ?? 0) > ahead) await wait(500);
    },
    isOver: () => isOver || intents >= most,
  };
};

process.on('disconnect', () => process.exit());
process.on('message', (message: ToPeople) => {
  switch (message.say) {
    case 'up':
      return line.up(message.doors);
    case 'down':
      return line.down(message.atMs);
    case 'time':
      time = message.time;
      return;
    case 'waiting':
      waiting = message.lanes;
      return;
    case 'mark':
      return tell({ say: 'marked', length: ledger.length() });
    case 'restored':
      return ledger.restored(message.from);
    case 'finish':
      isOver = true;
  }
});
const lives = lanesNamed(plan.lanes).map((lane, index) => ({ lane, life: lifeOf(lane, index) }));
await Promise.all(lives.map(({ lane, life }) => lane.live(life)));
for (const { lane, life } of lives) await lane.end?.(life);
ledger.close();
tell({ say: 'finished', refused, unexpected });

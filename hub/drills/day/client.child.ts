// Everybody of the day in one process, which outlives every hub: `client.child.ts PLAN.json`.
import { readFileSync } from 'node:fs';
import type { Cast } from './building.ts';
import { createCaller } from './caller.ts';
import { openLedger } from './ledger.ts';
import { createLine } from './line.ts';
import type { FromClient, ToClient } from './messages.ts';
import { createRandom } from './random.ts';
import { type Board, liveAsResident } from './residents.ts';
import { liveAsSensor } from './sensor.ts';
import { liveAsTreasurer } from './treasurer.ts';

export interface Plan {
  readonly seed: number;
  readonly cast: Cast;
  readonly ledgerPath: string;
}

/** Refusals that belong to a day: somebody else filled the order first. Others are told. */
const ordinary = new Set(['order_closed']);

const { seed, cast, ledgerPath } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Plan;
const ledger = openLedger(ledgerPath);
const tell = (message: FromClient) => void process.send?.(message);
const line = createLine(() => tell({ say: 'opened' }));
const board: Board = new Map();
const refused: Record<string, number> = {};
const unexpected: string[] = [];
let isOver = false;
let titles = 0;

function onRefused({ code, status }: { code: string; status: number }): void {
  refused[code] = (refused[code] ?? 0) + 1;
  if (!ordinary.has(code)) unexpected.push(`${status} ${code}`);
}

const shared = { ledger, line, onRefused, isOver: () => isOver };
const lives = [
  ...cast.residents.map((phone, index) =>
    liveAsResident({
      ...shared,
      seat: phone.seat,
      caller: createCaller(line, phone),
      board,
      random: createRandom(seed + 1000 + index),
      nextTitle: () => `Drill ${++titles}`,
    }),
  ),
  liveAsTreasurer({
    ...shared,
    caller: createCaller(line, cast.treasurer),
    random: createRandom(seed + 2000),
    seats: cast.seats,
  }),
  ...cast.sensors.map((sensor) => liveAsSensor({ ...shared, sensor })),
];

process.on('disconnect', () => process.exit());
process.on('message', (message: ToClient) => {
  if (message.say === 'up') line.up(message.doors);
  else if (message.say === 'down') line.down(message.atMs);
  else isOver = true;
});
await Promise.all(lives);
ledger.close();
tell({ say: 'finished', report: { deathsInFlight: line.deathsInFlight(), refused, unexpected } });

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { settleGas } from '../../contracts/bench/measure.ts';
import { deployPeers, directGas, forwardedGas, prepareMembers } from '../../contracts/bench/peers.ts';
import { createBuilding, FUSD } from '../../contracts/test/support/building.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { outbox } from '../src/outbox/index.ts';
import { system } from '../src/platform/ports/index.ts';
import { createTestHub } from '../test/support/create-test-hub.ts';
import { copyOfFoundedBuilding } from '../test/support/founded.ts';
import { phonesOf } from '../test/support/residents.ts';
import { holding } from './settle-hold.ts';
import type { Weight } from './settle-waiting.child.ts';

export const about =
  'Gas of a batch beside one transaction per item and the forwarder, intents per second, 10,000 that wait; six minutes';

const items = 50;
const gasRounds = 3;
const orderCount = 20;
const weighings = 5;
const waitingCount = 10_000;
const atOnce = 250;

/** What must hold. */
export const gates = { gasRatioSingle: 5, gasRatioForwarder: 3.5, waiting10kDeltaMb: 20 };

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const round = (value: number): number => Math.round(value * 100) / 100;

/** Whole transactions per item: the hub's batch, a transaction for each, OpenZeppelin's forwarder; in turns. */
async function gas() {
  const building = await createBuilding({ members: items });
  try {
    await building.fund(
      building.members.map((_, index) => index + 1),
      100n * FUSD,
    );
    await settleGas(building, 999, 1); // the payee has been paid before
    const ways: Record<'batch' | 'alone' | 'direct' | 'shared' | 'forwarder' | 'later', number[]> = {
      batch: [],
      alone: [],
      direct: [],
      shared: [],
      forwarder: [],
      later: [],
    };
    for (let turn = 1; turn <= gasRounds; turn++) {
      // Its forwarder has not seen the members yet, as in the contracts' own comparison; later uses are in the table.
      const peers = await deployPeers(building);
      await prepareMembers(building, [peers.direct, peers.forwarded]);
      ways.batch.push((await settleGas(building, turn, items)) / items);
      ways.alone.push(await settleGas(building, 100 + turn, 1));
      const joins = await directGas(building, peers.direct, turn, items);
      ways.direct.push(joins[0]!);
      ways.shared.push(joins.reduce((sum, each) => sum + each, 0) / items);
      ways.forwarder.push((await forwardedGas(building, peers, 2 * turn, items)) / items);
      ways.later.push((await forwardedGas(building, peers, 2 * turn + 1, items)) / items);
    }
    return {
      batch: median(ways.batch),
      alone: median(ways.alone),
      direct: median(ways.direct),
      shared: median(ways.shared),
      forwarder: median(ways.forwarder),
      later: median(ways.later),
    };
  } finally {
    await building.close();
  }
}

/** From the line's return to *final*: orders of everybody, which were executed while it was away. */
async function speed(): Promise<number> {
  let isHeld = true;
  const house = await createTestHub({ sabotage: { lane: holding(() => isHeld) } });
  try {
    const { store, dispatcher } = house.hub.building!;
    const phones = await phonesOf(house, house.people);
    const [opener] = phones;
    const [good] = (await opener!.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const unitPriceMicros = 10_000;
    for (let number = 0; number < orderCount; number++) {
      const { body } = await opener!.post<Order>('/api/orders', {
        title: `Rice ${number}`,
        supplierId: good!.supplierId,
        unit: 'bag',
        unitPriceMicros,
        unitsPerCase: phones.length,
        targetMicros: phones.length * unitPriceMicros,
        deadlineAtMs: Date.now() + 86_400_000,
        executes: 'at-target',
      });
      await Promise.all(phones.map((phone) => phone.post(`/api/orders/${body.id}/line`, { units: 1 })));
    }
    const waiting = () => store.read((reader) => outbox.waiting(reader)).reduce((sum, { count }) => sum + count, 0);
    const count = waiting();
    const since = performance.now();
    isHeld = false;
    dispatcher.wake();
    await house.until(() => waiting() === 0);
    return count / ((performance.now() - since) / 1000);
  } finally {
    await house.dispose();
  }
}

/** A building in which so many deposits wait for the chain. */
async function buildingWithWaiting(count: number): Promise<string> {
  const dir = await copyOfFoundedBuilding();
  const house = await createTestHub({ dir, sabotage: { lane: holding(() => true) } });
  const { treasury } = house.hub.building!;
  for (let from = 0; from < count; from += atOnce) {
    await Promise.all(
      Array.from({ length: atOnce }, (_, index) =>
        treasury.deposit(system('bench'), {
          seat: ((from + index) % house.people.length) + 1,
          amountMicros: 1000,
          reference: `BENCH-${from + index}`,
        }),
      ),
    );
  }
  await house.stop();
  return dir;
}

type Line = 'away' | 'there';

async function weigh(dir: string, line: Line): Promise<Weight> {
  const child = fork(join(import.meta.dirname, 'settle-waiting.child.ts'), [dir, line], { execArgv: ['--expose-gc'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the weighed hub ended');
  });
  ended.catch(() => {});
  const [weight] = (await Promise.race([once(child, 'message'), ended])) as [Weight];
  await once(child, 'exit');
  return weight;
}

/** What 10,000 deposits add that wait; medians of hubs in turns. */
async function waitingWeight(line: Line, [empty, full]: readonly [string, string]) {
  const without: Weight[] = [];
  const within: Weight[] = [];
  for (let turn = 0; turn < weighings; turn++) {
    without.push(await weigh(empty, line));
    within.push(await weigh(full, line));
  }
  if (within.some(({ waiting }) => waiting < waitingCount)) throw new Error('not all of them wait');
  const more = (of: (weight: Weight) => number) => round(median(within.map(of)) - median(without.map(of)));
  return { line, 'MB resident': more(({ rssMb }) => rssMb), 'MB alive': more(({ usedMb }) => usedMb) };
}

export async function run(): Promise<Record<string, number>> {
  const { batch, alone, direct, shared, forwarder, later } = await gas();
  const row = (way: string, each: number) => ({
    way,
    'gas per item': Math.round(each),
    'times the batch': round(each / batch),
  });
  console.table([
    row(`one batch of ${items}`, batch),
    row('the same contract, an item per transaction', alone),
    row('a direct join into a fresh order', direct),
    row(`${items} direct joins into one order, and its execution`, shared),
    row('ERC2771Forwarder.executeBatch, first uses', forwarder),
    row('ERC2771Forwarder.executeBatch, later uses', later),
  ]);
  const intentsPerSecond = await speed();
  const dirs = [await buildingWithWaiting(0), await buildingWithWaiting(waitingCount)] as const;
  const away = await waitingWeight('away', dirs);
  console.table([away, await waitingWeight('there', dirs)]);
  for (const dir of dirs) rmSync(dirname(dir), { recursive: true });
  console.log(
    `Gates: single ${gates.gasRatioSingle}, forwarder ${gates.gasRatioForwarder}, ${gates.waiting10kDeltaMb} MB`,
  );
  return {
    // The cheaper of the two ways that have a transaction and an order per item.
    gasRatioSingle: round(Math.min(alone, direct) / batch),
    gasRatioForwarder: round(forwarder / batch),
    intentsPerSecond: round(intentsPerSecond),
    waiting10kDeltaMb: away['MB resident'],
  };
}

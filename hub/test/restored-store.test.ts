import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { putBack } from '../src/cli/put-back.ts';
import { createRecoveryPaper } from '../src/cli/recovery-paper.ts';
import { takeBackup } from '../src/cli/take-backup.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { outbox } from '../src/outbox/index.ts';
import { type Lane, nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

interface Settlement {
  differences: string[];
  attempts: { lane: string; state: string; itemCount: number }[];
  waiting: { lane: string; count: number }[];
  supplyMicros: number;
}

/** Holds an order's spends back while `isHeld`: so a backup can be taken between queued and sent. */
const holding = (isHeld: () => boolean) => (lane: Lane) =>
  lane.name !== 'orders'
    ? lane
    : {
        ...lane,
        preflight: async (...args: Parameters<Lane['preflight']>) =>
          isHeld() ? args[0].map(() => ({ verdict: 'not-yet', reason: 'held' }) as const) : lane.preflight(...args),
      };

async function openRice(opener: Browser): Promise<string> {
  const [good] = (await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
  const { body } = await opener.post<Order>('/api/orders', {
    title: 'Rice',
    supplierId: good!.supplierId,
    goodId: good!.id,
    unit: 'bag',
    unitPriceMicros: 2_000_000,
    unitsPerCase: 6,
    targetMicros: 12_000_000,
    deadlineAtMs: Date.now() + 3_600_000,
    executes: 'at-target',
  });
  return body.id;
}

describe('a store restored from before its spends were sent', { timeout: 300_000 }, () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stoop-stick-'));
  const paper = createRecoveryPaper();
  let house: TestHub;
  let isHeld = true;
  let sealed: string;
  let orderId: string;

  const order = () =>
    house.hub.building!.store.read((reader) => house.hub.building!.orders.view(reader, orderId, nobody))!;
  const settlement = async () =>
    (await (await house.phone(house.personWith('treasurer'))).get<Settlement>('/api/settlement')).body;
  const spends = ({ attempts }: Settlement) => attempts.filter(({ lane }) => lane === 'orders');
  const sabotage = { lane: holding(() => isHeld) };

  before(async () => {
    house = await createTestHub({ sabotage });
    const [ana, ben] = await Promise.all([3, 4].map((index) => house.phone(house.people[index]!)));
    orderId = await openRice(ana!);
    for (const phone of [ana!, ben!]) await phone.post(`/api/orders/${orderId}/line`, { units: 3 });
    await house.until(() => order().state === 'executing');
    // What the founding left to be sent goes first, so that only the spends are between the two lives.
    await house.until(() => {
      const waiting = house.hub.building!.store.read((reader) => outbox.waiting(reader));
      return waiting.every(({ lane }) => lane === 'orders');
    });
    const taken = await takeBackup({
      dataDir: house.dir,
      to: elsewhere,
      withTelemetry: false,
      recipient: paper.recipient,
      hubVersion: 'test',
    });
    sealed = taken.file;
    isHeld = false;
    house.hub.building!.dispatcher.wake();
    await house.until(() => order().state === 'settled');
    const view = await settlement();
    assert.deepEqual(
      spends(view).map(({ state, itemCount }) => ({ state, itemCount })),
      [{ state: 'final', itemCount: 2 }],
    );
    await house.stop();
  });
  after(async () => {
    await house.dispose();
    rmSync(elsewhere, { recursive: true });
  });

  it('learns from the chain that they have landed, and sends none again', async () => {
    await putBack({
      dataDir: house.dir,
      file: sealed,
      isReplacing: true,
      recoveryCode: async () => paper.code,
    });
    assert.ok(existsSync(join(house.dir, 'catching-up')));
    house = await createTestHub({ dir: house.dir });
    assert.ok(['executing', 'settled'].includes(order().state), 'the store is the older one');
    await house.until(() => order().state === 'settled');
    await house.until(() => !house.hub.building!.store.read((reader) => outbox.waiting(reader)).length);
    const view = await settlement();
    assert.deepEqual(spends(view), [], 'nothing was sent in this life');
    assert.deepEqual(view.differences, []);
    assert.equal(existsSync(join(house.dir, 'catching-up')), false);
    assert.equal(
      house.hub.faults().some(({ code }) => code === 'catching_up'),
      false,
    );
  });

  it('settles what is new afterwards', async () => {
    const [ana, ben] = await Promise.all([5, 6].map((index) => house.phone(house.people[index]!)));
    orderId = await openRice(ana!);
    for (const phone of [ana!, ben!]) await phone.post(`/api/orders/${orderId}/line`, { units: 3 });
    await house.until(() => order().state === 'settled');
    const view = await settlement();
    assert.deepEqual(view.differences, []);
    assert.equal(spends(view).length, 1);
  });

  it('sends nothing while its chain is away, and nothing is founded anew while the store is missing', async () => {
    await house.stop();
    writeFileSync(join(house.dir, 'catching-up'), '{}');
    house = await createTestHub({
      dir: house.dir,
      config: (config) => ({ ...config, chain: { ...config.chain, isEmbedded: false, rpcUrl: 'http://127.0.0.1:9' } }),
    });
    const [ana, ben] = await Promise.all([7, 8].map((index) => house.phone(house.people[index]!)));
    orderId = await openRice(ana!);
    for (const phone of [ana!, ben!]) await phone.post(`/api/orders/${orderId}/line`, { units: 3 });
    await house.until(() => order().state === 'executing');
    await house.hub.building!.dispatcher.round();
    assert.equal(spends(await settlement()).length, 1, 'the one of before');
    assert.ok(house.hub.faults().some(({ code }) => code === 'catching_up'));
    await house.stop();
    rmSync(join(house.dir, 'stoop.db'));
    house = await createTestHub({ dir: house.dir });
    assert.equal(house.hub.building, undefined);
    assert.equal(existsSync(join(house.dir, 'stoop.db')), false);
  });
});

describe('a store restored from before somebody joined', { timeout: 300_000 }, () => {
  it('books what the chain took from them, although it never saw them join', async () => {
    let house = await createTestHub();
    try {
      const [ana, ben] = [house.people[3]!, house.people[4]!];
      const orderId = await openRice(await house.phone(ana));
      await (await house.phone(ana)).post(`/api/orders/${orderId}/line`, { units: 3 });
      const dataDir = house.dir;
      const { file } = await takeBackup({ dataDir, withTelemetry: false, hubVersion: 'test' });
      await (await house.phone(ben)).post(`/api/orders/${orderId}/line`, { units: 3 });
      const state = () =>
        house.hub.building!.store.read((reader) => house.hub.building!.orders.view(reader, orderId, nobody)!.state);
      await house.until(() => state() === 'settled');
      const moneyOf = async () =>
        (await (await house.phone(ben)).get<{ availableMicros: number; heldMicros: number }>('/api/money')).body;
      const spent = await moneyOf();
      await house.stop();

      await putBack({ dataDir, file, isReplacing: true, recoveryCode: async () => '' });
      house = await createTestHub({ dir: dataDir });
      const isBehind = () => house.hub.faults().some(({ code }) => code === 'catching_up');
      while (isBehind()) {
        await house.hub.building!.chain.poll();
        await new Promise(setImmediate);
      }
      const booked = await moneyOf();
      assert.deepEqual(
        [booked.availableMicros, booked.heldMicros],
        [spent.availableMicros, spent.heldMicros],
        'as before the restore',
      );
      const treasurer = await house.phone(house.personWith('treasurer'));
      const { differences } = (await treasurer.get<Settlement>('/api/settlement')).body;
      assert.deepEqual(
        differences.filter((line) => line.startsWith(`seat ${ben.seat}:`)),
        [],
      );
      // Ana's line is there and open again: the treasurer is told, by her seat.
      assert.deepEqual(
        differences.map((line) => line.split(':')[0]),
        [`seat ${ana.seat}`],
      );
    } finally {
      await house.dispose();
    }
  });
});

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
import { createTestHub, type TestHub, type TestHubOptions } from './support/create-test-hub.ts';

interface Settlement {
  differences: string[];
  leftOver: { title: string; seat: number; amountMicros: number }[];
  foreign: { seat: number; amountMicros: number }[];
  catchingUp?: { isHolding: boolean; releasedAtMs?: number; readBlock?: number };
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

async function rice(opener: Browser): Promise<object> {
  const [good] = (await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
  return {
    title: 'Rice',
    supplierId: good!.supplierId,
    goodId: good!.id,
    unit: 'bag',
    unitPriceMicros: 2_000_000,
    unitsPerCase: 6,
    targetMicros: 12_000_000,
    deadlineAtMs: Date.now() + 3_600_000,
    executes: 'at-target',
  };
}

const openRice = async (opener: Browser): Promise<string> =>
  (await opener.post<Order>('/api/orders', await rice(opener))).body.id;

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

  it('takes nothing that moves money while its chain is away, until the treasurer lets people act', async () => {
    await house.stop();
    writeFileSync(join(house.dir, 'catching-up'), '{}');
    const chainAway: TestHubOptions['config'] = (config) => ({
      ...config,
      chain: { ...config.chain, isEmbedded: false, rpcUrls: ['http://127.0.0.1:9'] },
    });
    house = await createTestHub({ dir: house.dir, config: chainAway });
    const isTold = async () => (await house.browser().get<{ isCatchingUp: boolean }>('/api/hub')).body.isCatchingUp;
    const ana = await house.phone(house.people[7]!);
    const treasurer = await house.phone(house.personWith('treasurer'));
    assert.equal(await isTold(), true);
    const refused = [
      await ana.post('/api/orders', await rice(ana)),
      await ana.post(`/api/orders/${orderId}/line`, { units: 3 }),
      await ana.delete(`/api/orders/${orderId}/line`),
      await ana.post('/api/demo/neighbours', { orderId }),
      await treasurer.post('/api/deposits', { seat: 3, amountMicros: 1_000_000, reference: 'while catching up' }),
    ];
    for (const { status, body } of refused) assert.deepEqual([status, body.code], [503, 'catching_up']);
    assert.equal((await ana.get('/api/money')).status, 200);
    assert.equal((await ana.get(`/api/orders/${orderId}`)).status, 200);
    const { catchingUp } = await settlement();
    assert.deepEqual([catchingUp?.isHolding, catchingUp?.readBlock], [true, undefined]);

    assert.equal((await ana.post('/api/settlement/release')).status, 403);
    assert.equal((await treasurer.post('/api/settlement/release')).status, 204);
    assert.equal(await isTold(), false);
    await house.stop();
    house = await createTestHub({ dir: house.dir, config: chainAway });
    assert.equal(await isTold(), false, 'released over a restart too');
    const released = house.hub.building!.store.read((reader) =>
      reader
        .prepare("SELECT actor_seat AS seat FROM audit WHERE action = 'settlement.release'")
        .all<{ seat: number }>(),
    );
    assert.deepEqual(released, [{ seat: house.personWith('treasurer').seat }]);
    const [cleo, dora] = await Promise.all([7, 8].map((index) => house.phone(house.people[index]!)));
    orderId = await openRice(cleo!);
    for (const phone of [cleo!, dora!]) await phone.post(`/api/orders/${orderId}/line`, { units: 3 });
    await house.until(() => order().state === 'executing');
    await house.hub.building!.dispatcher.round();
    assert.equal(spends(await settlement()).length, 1, 'the one of before: nothing is sent');
    assert.ok(house.hub.faults().some(({ code }) => code === 'catching_up'));
  });

  it('holds back every route that moves money', () => {
    const ofMoney = /^\/api\/(orders|deposits|reserves|officer-messages|demo\/neighbours)/;
    const writes = house.hub.building!.routes.filter(({ method, path }) => method !== 'GET' && ofMoney.test(path));
    assert.ok(writes.length >= 9);
    assert.deepEqual(
      writes.filter(({ movesMoney }) => !movesMoney).map(({ path }) => path),
      [],
    );
  });

  it('founds nothing anew while the store is missing', async () => {
    await house.stop();
    rmSync(join(house.dir, 'stoop.db'));
    house = await createTestHub({ dir: house.dir });
    assert.equal(house.hub.building, undefined);
    assert.equal(existsSync(join(house.dir, 'stoop.db')), false);
  });
});

describe('a store restored from before its order was settled', { timeout: 300_000 }, () => {
  it('takes the order for settled, books whom it never saw join, and tells who was left out', async () => {
    let house = await createTestHub();
    try {
      const [ana, ben, cleo] = [house.people[3]!, house.people[4]!, house.people[5]!];
      const orderId = await openRice(await house.phone(ana));
      await (await house.phone(ana)).post(`/api/orders/${orderId}/line`, { units: 3 });
      await (await house.phone(cleo)).post(`/api/orders/${orderId}/line`, { units: 1 });
      const dataDir = house.dir;
      const { file } = await takeBackup({ dataDir, withTelemetry: false, hubVersion: 'test' });
      await (await house.phone(cleo)).delete(`/api/orders/${orderId}/line`);
      await (await house.phone(ben)).post(`/api/orders/${orderId}/line`, { units: 3 });
      const orderFor = (seat: number) =>
        house.hub.building!.store.read(
          (reader) => house.hub.building!.orders.view(reader, orderId, { seat, roles: [] })!,
        );
      await house.until(() => orderFor(ana.seat).state === 'settled');
      const moneyOf = async (person: (typeof house.people)[number]) => {
        const { body } = await (await house.phone(person)).get<{ availableMicros: number; heldMicros: number }>(
          '/api/money',
        );
        return [body.availableMicros, body.heldMicros];
      };
      const moneyOfAll = async () => [await moneyOf(ana), await moneyOf(ben), await moneyOf(cleo)];
      const spent = await moneyOfAll();
      await house.stop();

      await putBack({ dataDir, file, isReplacing: true, recoveryCode: async () => '' });
      house = await createTestHub({ dir: dataDir });
      await house.until(() => !house.hub.faults().some(({ code }) => code === 'catching_up'));
      const order = orderFor(ana.seat);
      assert.deepEqual([order.state, order.myLine?.state, order.myLine?.record], ['settled', 'recorded', 'recorded']);
      assert.deepEqual([orderFor(cleo.seat).myLine?.state, orderFor(ben.seat).myLine], ['void', undefined]);
      assert.deepEqual(await moneyOfAll(), spent, 'everybody has what they had before the restore');
      const treasurer = await house.phone(house.personWith('treasurer'));
      const view = (await treasurer.get<Settlement>('/api/settlement')).body;
      assert.deepEqual(view.differences, []);
      assert.deepEqual(
        view.leftOver.map(({ title, seat, amountMicros }) => ({ title, seat, amountMicros })),
        [{ title: 'Rice', seat: cleo.seat, amountMicros: 2_000_000 }],
      );
      assert.deepEqual(
        view.foreign.map(({ seat, amountMicros }) => ({ seat, amountMicros })),
        [{ seat: ben.seat, amountMicros: -6_000_000 }],
      );
    } finally {
      await house.dispose();
    }
  });
});

import assert from 'node:assert/strict';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { createEventBus } from '../src/platform/events.ts';
import { nobody, system } from '../src/platform/ports/index.ts';
import { openStore } from '../src/store/index.ts';
import { migrations } from '../src/store/migrations/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { digestOfTables } from './support/digest.ts';
import { createMovableClock } from './support/movable-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Leaves a row of that time, as a hub did whose clock was ahead. */
async function writeAt(dir: string, offsetMs: number): Promise<void> {
  const events = createEventBus((error) => {
    throw error;
  });
  const clock = createMovableClock(offsetMs);
  const store = await openStore({ path: joinPath(dir, 'stoop.db'), clock, events, migrations });
  await store.act({ name: 'test.ahead', actor: system('test') }, (tx) => tx.audit({ offsetMs }));
  store.close();
}

describe('a clock that is earlier than the newest row', () => {
  const clock = createMovableClock();
  let house: TestHub;
  let ana: Browser;
  let ben: Browser;
  /** By deadline: in one hour, in two, and at last call in one and a half. */
  let first: string;
  let second: string;
  let lastCall: string;
  let seqBeforeConfirming: number;

  before(async () => {
    house = await createTestHub({ clock });
    await arrive();
    second = await open(2 * hourMs);
    first = await open(hourMs);
    lastCall = await open(1.5 * hourMs, { executes: 'at-last-call' });
    await join(ana, first, 1);
    await join(ana, second, 1);
    await join(ana, lastCall, 6);
    // What the founding left is settled first, so that nothing moves by itself later.
    await house.until(() => house.hub.state().isOnline && house.hub.state().waitingCount === 0);
    await house.stop();
    await writeAt(house.dir, 10 * hourMs);
    clock.stepBy(5 * hourMs);
    house = await createTestHub({ dir: house.dir, clock });
    await arrive();
  });
  after(() => house.dispose());

  async function arrive(): Promise<void> {
    ana = await house.phone(house.people[8]!);
    ben = await house.phone(house.people[13]!);
  }
  const store = () => house.hub.building!.store;
  const order = (id: string) => store().read((reader) => house.hub.building!.orders.view(reader, id, nobody))!;
  const states = () => [first, lastCall, second].map((id) => order(id).state);
  const isTrusted = async () =>
    (await house.browser().get<{ isClockTrusted: boolean }>('/api/hub')).body.isClockTrusted;
  const runJob = (name: string) =>
    house.hub.building!.jobs.find((job) => job.name === name)!.run(new AbortController().signal);
  async function open(inMs: number, more: object = {}): Promise<string> {
    const [good] = (await ana.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { status, body } = await ana.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: 2_000_000,
      unitsPerCase: 6,
      targetMicros: 12_000_000,
      deadlineAtMs: clock.nowMs() + inMs,
      executes: 'at-target',
      ...more,
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }
  async function join(browser: Browser, id: string, units: number): Promise<void> {
    const { status, body } = await browser.post(`/api/orders/${id}/line`, { units });
    assert.equal(status, 201, JSON.stringify(body));
  }
  /** Orders in the order in which they changed since then. */
  const changedSince = (seq: number) =>
    store()
      .changesAfter(seq, 1000)!
      .filter(({ noun }) => noun === 'order')
      .map(({ id }) => id);

  it('is not trusted, and nothing closes or expires by it', async () => {
    assert.equal(await isTrusted(), false);
    const before = digestOfTables(store());
    await runJob('orders.close');
    await house.hub.building!.dispatcher.round();
    assert.deepEqual(digestOfTables(store()), before);
    assert.deepEqual(states(), ['open', 'open', 'open']);
  });

  it('does not keep people from joining, changing and leaving', async () => {
    await join(ben, second, 1);
    assert.equal((await ben.put(`/api/orders/${second}/line`, { units: 2 })).status, 200);
    await join(ben, first, 1);
    assert.equal((await ben.delete(`/api/orders/${first}/line`)).status, 200);
  });

  it('is confirmed by a coordinator, not by anybody', async () => {
    const refused = await ana.post('/api/clock/confirm');
    assert.deepEqual([refused.status, refused.body.code], [403, 'not_allowed']);
    assert.equal(await isTrusted(), false);
    const coordinator = house.personWith('coordinator');
    const phone = await house.phone(coordinator);
    seqBeforeConfirming = store().lastSeq();
    assert.equal((await phone.post('/api/clock/confirm')).status, 204);
    assert.equal(await isTrusted(), true);
    const board = await house.phone(house.personWith('board'));
    const { items } = (
      await board.get<{ items: { action: string; actorSeat?: number; detail: object }[] }>('/api/audit?limit=20')
    ).body;
    const row = items.find(({ action }) => action === 'clock.confirm')!;
    assert.equal(row.actorSeat, coordinator.seat);
    assert.deepEqual(row.detail, { wasTrusted: false });
  });

  it('then lets what is due happen once, in the order of the deadlines', async () => {
    await runJob('orders.close');
    assert.deepEqual(states(), ['failed', 'awaiting-closing', 'failed']);
    assert.deepEqual(changedSince(seqBeforeConfirming), [first, lastCall, second]);
    const before = digestOfTables(store());
    await runJob('orders.close');
    assert.deepEqual(digestOfTables(store()), before);
    assert.deepEqual(store().read(checkBooks), []);
    const { body } = await ana.get<{ heldMicros: number }>('/api/money');
    const { items } = (await ana.get<{ items: Order[] }>('/api/orders?state=mine')).body;
    const held = items.filter(({ myLine }) => myLine?.state === 'set-aside');
    assert.equal(
      body.heldMicros,
      held.reduce((sum, { myLine }) => sum + myLine!.amountMicros, 0),
    );
  });

  it('stays confirmed over a restart, until it is set back again', async () => {
    await house.stop();
    house = await createTestHub({ dir: house.dir, clock });
    await arrive();
    assert.equal(await isTrusted(), true);
    clock.stepBy(-hourMs);
    assert.equal(await isTrusted(), false);
    clock.stepBy(hourMs);
    assert.equal(await isTrusted(), true);
  });

  it('may jump ahead: everything due then happens once, in order', async () => {
    const due = (await ana.get<{ items: Order[] }>('/api/orders')).body.items
      .filter(({ state }) => state === 'open')
      .sort((a, b) => a.deadlineAtMs - b.deadlineAtMs);
    assert.ok(due.length >= 3);
    const seq = store().lastSeq();
    clock.stepBy(5 * dayMs);
    assert.equal(await isTrusted(), true);
    await runJob('orders.close');
    assert.deepEqual(
      changedSince(seq),
      due.map(({ id }) => id),
    );
    await runJob('orders.close');
    assert.equal(changedSince(seq).length, due.length);
    assert.deepEqual(store().read(checkBooks), []);
  });
});

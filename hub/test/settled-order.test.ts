import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Order } from '../src/modules/orders/index.ts';
import { nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

interface Settlement {
  differences: string[];
  attempts: { lane: string; state: string; itemCount: number }[];
  waiting: { lane: string; count: number }[];
}

describe('a group order', () => {
  let house: TestHub;
  let treasurer: Browser;

  before(async () => {
    house = await createTestHub();
    treasurer = await house.phone(house.personWith('treasurer'));
  });
  after(() => house.dispose());

  const order = (id: string) =>
    house.hub.building!.store.read((reader) => house.hub.building!.orders.view(reader, id, nobody))!;
  const mineOf = (seat: number, id: string) => {
    const { store, orders } = house.hub.building!;
    return store.read((reader) => orders.view(reader, id, { seat, roles: [] }))?.myLine?.state;
  };
  const openOrder = async (opener: Browser, more: object = {}) => {
    const [good] = (await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { status, body } = await opener.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: 2_000_000,
      unitsPerCase: 6,
      targetMicros: 12_000_000,
      deadlineAtMs: Date.now() + 3_600_000,
      executes: 'at-target',
      ...more,
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  };
  const available = async (browser: Browser) =>
    (await browser.get<{ availableMicros: number; heldMicros: number }>('/api/money')).body;

  it('executes by itself at its target and settles in one transaction; the chain then equals the journal', async () => {
    const [ana, ben, eva] = await Promise.all([2, 4, 5].map((index) => house.phone(house.people[index]!)));
    const before = await Promise.all([ana!, ben!, eva!].map(available));
    const { id } = await openOrder(ana!);
    for (const [browser, units] of [
      [ana!, 3],
      [ben!, 2],
    ] as const) {
      const { status, body } = await browser.post<Order>(`/api/orders/${id}/line`, { units });
      assert.equal(status, 201);
      assert.equal(body.state, 'open');
    }
    assert.equal((await available(ana!)).heldMicros - before[0]!.heldMicros, 6_000_000);
    const { body: full } = await eva!.post<Order>(`/api/orders/${id}/line`, { units: 1 });
    assert.equal(full.state, 'executing');
    await house.until(() => order(id).state === 'settled');

    const { body: mine } = await ana!.get<Order>(`/api/orders/${id}`);
    assert.equal(mine.record, 'recorded');
    assert.deepEqual(mine.myLine, { units: 3, amountMicros: 6_000_000, state: 'recorded', record: 'recorded' });
    for (const [index, spent] of [6_000_000, 4_000_000, 2_000_000].entries()) {
      const now = await available([ana!, ben!, eva!][index]!);
      assert.equal(before[index]!.availableMicros - now.availableMicros, spent);
    }
    const { body: settlement } = await treasurer.get<Settlement>('/api/settlement');
    assert.deepEqual(settlement.differences, []);
    const sent = settlement.attempts.filter((attempt) => attempt.lane === 'orders');
    assert.deepEqual(
      sent.map(({ state, itemCount }) => ({ state, itemCount })),
      [{ state: 'final', itemCount: 3 }],
    );
  });

  it('gives everything back to those who change or leave before it is full', async () => {
    const fay = await house.phone(house.people[6]!);
    const start = await available(fay);
    const { id } = await openOrder(fay);
    await fay.post(`/api/orders/${id}/line`, { units: 4 });
    const { body: less } = await fay.put<Order>(`/api/orders/${id}/line`, { units: 1 });
    assert.equal(less.committedMicros, 2_000_000);
    assert.equal((await available(fay)).heldMicros - start.heldMicros, 2_000_000);
    const { status } = await fay.delete(`/api/orders/${id}/line`);
    assert.equal(status, 200);
    const { items: _, ...end } = (await available(fay)) as { items?: unknown };
    const { items: __, ...begin } = start as { items?: unknown };
    assert.deepEqual(end, begin);
  });

  it('waits for its opener at last call, and settles what the closing says', async () => {
    const gil = await house.phone(house.people[7]!);
    const hal = await house.phone(house.people[8]!);
    const { id } = await openOrder(gil, { executes: 'at-last-call', deadlineAtMs: Date.now() + 61_000 });
    await gil.post(`/api/orders/${id}/line`, { units: 4 });
    const { body: full } = await hal.post<Order>(`/api/orders/${id}/line`, { units: 3 });
    assert.equal(full.state, 'open');
    const early = await gil.post(`/api/orders/${id}/closing`);
    assert.equal(early.status, 409);
    assert.equal(early.body.code, 'order_closed');
    const { store } = house.hub.building!;
    await store.act({ name: 'test.deadline', actor: { roles: [], system: 'test' } }, (tx) =>
      tx.prepare('UPDATE orders SET deadline_at_ms = @past WHERE public_id = @id').run({ id, past: Date.now() - 1 }),
    );
    await house.until(() => order(id).state === 'awaiting-closing');
    assert.equal((await hal.post(`/api/orders/${id}/closing`)).body.code, 'not_allowed');
    assert.equal((await gil.post<Order>(`/api/orders/${id}/closing`)).body.state, 'executing');
    await house.until(() => order(id).state === 'settled');
    assert.deepEqual((await treasurer.get<Settlement>('/api/settlement')).body.differences, []);
  });

  it('releases every hold at the deadline when the target was not reached', async () => {
    const ivy = await house.phone(house.people[9]!);
    const start = await available(ivy);
    const { id } = await openOrder(ivy);
    await ivy.post(`/api/orders/${id}/line`, { units: 2 });
    const { store } = house.hub.building!;
    await store.act({ name: 'test.deadline', actor: { roles: [], system: 'test' } }, (tx) =>
      tx.prepare('UPDATE orders SET deadline_at_ms = @past WHERE public_id = @id').run({ id, past: Date.now() - 1 }),
    );
    await house.until(() => order(id).state === 'failed');
    const end = await available(ivy);
    assert.equal(end.availableMicros, start.availableMicros);
    assert.equal(end.heldMicros, start.heldMicros);
    const { body } = await ivy.get<Order>(`/api/orders/${id}`);
    assert.equal(body.reason, 'target_not_reached');
  });

  it('settles who waited for a deposit after the others, once the deposit is there', async () => {
    const [kim, lou] = await Promise.all([10, 11].map((index) => house.phone(house.people[index]!)));
    const seat = house.people[11]!.seat;
    const amountMicros = 16_000_000_000;
    const late = await treasurer.post('/api/deposits', { seat, amountMicros, reference: 'above the reserve' });
    assert.equal(late.status, 201);
    const { id } = await openOrder(kim!);
    await lou!.post(`/api/orders/${id}/line`, { units: 1 });
    await kim!.post(`/api/orders/${id}/line`, { units: 6 });
    const lineOf = async (browser: Browser) => (await browser.get<Order>(`/api/orders/${id}`)).body.myLine?.state;
    await house.until(() => order(id).state === 'executing' && mineOf(house.people[10]!.seat, id) === 'recorded');
    assert.equal(await lineOf(lou!), 'charged');
    const documentHash = `0x${'ab'.repeat(32)}`;
    assert.equal((await treasurer.post('/api/reserves', { reserveMicros: 40_000_000_000, documentHash })).status, 201);
    await house.until(() => order(id).state === 'settled');
    assert.equal(await lineOf(lou!), 'recorded');
    assert.deepEqual((await treasurer.get<Settlement>('/api/settlement')).body.differences, []);
  });

  it('is still settled, and settles nothing twice, after hub and chain were started again', async () => {
    const { items } = (await treasurer.get<{ items: Order[] }>('/api/orders?state=past')).body;
    const settled = items.filter((item) => item.state === 'settled').map((item) => item.id);
    assert.ok(settled.length >= 1);
    await house.stop();
    house = await createTestHub({ dir: house.dir });
    treasurer = await house.phone(house.personWith('treasurer'));
    await house.until(() => house.hub.building!.chain.state().isOnline);
    for (const id of settled) assert.equal(order(id).record, 'recorded');
    const { body } = await treasurer.get<Settlement>('/api/settlement');
    assert.deepEqual(body.differences, []);
    assert.deepEqual(body.waiting, []);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Order } from '../src/modules/orders/index.ts';
import { nobody } from '../src/platform/ports/index.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

const dayMs = 86_400_000;
const dollar = 1_000_000;

/** The building's deadline passes while the line is away. */
describe('an order that is full in a month without internet', { timeout: 120_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;

  before(async () => {
    outside = await createOutsideBuilding({ clock });
  });
  after(() => outside.dispose());

  it('is settled when the line is back, long after its deadline', async () => {
    const { house } = outside;
    const ben = await house.phone(house.people[7]!);
    await outside.cutLine();
    const [good] = (await ben.get<{ items: { supplierId: string }[] }>('/api/goods')).body.items;
    const { body: order } = await ben.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      unit: 'bag',
      unitPriceMicros: dollar,
      unitsPerCase: 6,
      targetMicros: 6 * dollar,
      deadlineAtMs: clock.nowMs() + dayMs,
      executes: 'at-target',
    });
    assert.equal((await ben.post(`/api/orders/${order.id}/line`, { units: 6 })).status, 201);

    clock.stepBy(31 * dayMs);
    await outside.joinLine();
    await outside.warp(31 * 86_400);
    const state = () =>
      house.hub.building!.store.read((reader) => house.hub.building!.orders.view(reader, order.id, nobody)!.state);
    await house.until(() => state() !== 'executing');
    assert.equal(state(), 'settled');
    const settled = await outside.at('GroupBuying').queryFilter('OrderSettled');
    assert.ok(settled.length > 0);
    assert.deepEqual(await outside.at('GroupBuying').queryFilter('OrderSkipped'), []);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { outbox } from '../src/outbox/index.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

const dayMs = 86_400_000;
const dollar = 1_000_000;

interface Money {
  readonly availableMicros: number;
  readonly heldMicros: number;
}

/** The treasurer gives away what an order has brought in before the chain has it, and then the order never settles. */
describe('money of an order that is given away before the order settles', { timeout: 120_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;

  before(async () => {
    outside = await createOutsideBuilding({ clock });
  });
  after(() => outside.dispose());

  it('goes back to who had paid when the order runs out, and nothing else is kept waiting', async () => {
    const { house } = outside;
    const building = () => house.hub.building!;
    const neighbour = house.people[7]!;
    const ben = await house.phone(neighbour);
    let treasurer = await house.phone(house.personWith('treasurer'));
    const all = async (browser: typeof ben) => {
      const { availableMicros, heldMicros } = (await browser.get<Money>('/api/money')).body;
      return availableMicros + heldMicros;
    };
    const before = await all(ben);
    await outside.cutLine();
    const [good] = (await ben.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
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
    const correction = { toSeat: house.people[8]!.seat, amountMicros: dollar, note: 'A bag was torn.' };
    assert.equal((await treasurer.post('/api/corrections', correction)).status, 201);

    clock.stepBy(60 * dayMs);
    treasurer = await house.phone(house.personWith('treasurer'));
    const deposit = { seat: neighbour.seat, amountMicros: 5 * dollar, reference: 'later' };
    assert.equal((await treasurer.post('/api/deposits', deposit)).status, 201);
    await outside.joinLine();
    await outside.warp(60 * 86_400);
    await house.until(() =>
      building().store.read((reader) => outbox.waiting(reader).every(({ lane }) => lane === 'corrections')),
    );

    const again = await house.phone(neighbour);
    assert.equal(await all(again), before + 5 * dollar);
    const { body } = await again.get<Order>(`/api/orders/${order.id}`);
    assert.equal(body.state, 'failed');
    assert.deepEqual(building().store.read(checkBooks), []);
  });
});

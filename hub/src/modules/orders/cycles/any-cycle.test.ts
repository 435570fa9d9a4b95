import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkBooks } from '../../../journal/index.ts';
import { itemsHash } from '../../../signing/index.ts';
import { membersPerOrder } from './cycle-orders.ts';
import { createCycleHouse, type Offer } from './testing/cycle-house.ts';

const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
const dollars = (amount: number) => Math.round(amount * 1_000_000);

describe('more members than one order takes', () => {
  it('are a further order of the same supplier, with a closing of its own, and share the same cases', async () => {
    const count = membersPerOrder + 1;
    const house = await createCycleHouse(count);
    try {
      const { id, articles } = await house.opened([{ unitsPerCase: count }]);
      for (const seat of house.seats) await house.put(id, seat, { [articles[0]!]: [1, 1, 1] });
      await house.step(id, { to: 'closed' });
      await house.fill(id);
      await house.close(id);
      const totals = [...Map.groupBy(house.lines(id), ({ closing }) => closing?.itemsHash).values()];
      assert.deepEqual(
        totals.map((lines) => [lines.length, lines[0]!.closing?.total]),
        [
          [membersPerOrder, dollars(2 * membersPerOrder)],
          [1, dollars(2)],
        ],
      );
      await house.step(id, { to: 'closed', reason: 'a second look' });
      await house.step(id, { to: 'cancelled', reason: 'no van' });
      for (const seat of house.seats) assert.equal(house.balance(seat).availableMicros, dollars(1000));
      assert.deepEqual(house.read(checkBooks), []);
    } finally {
      await house.dispose();
    }
  });
});

describe('any cycle', () => {
  const offerArb: fc.Arbitrary<Offer> = fc.record({
    supplier: fc.nat(2),
    unitPriceMicros: fc.integer({ min: 100, max: 4_000_000 }),
    unitsPerCase: fc.integer({ min: 1, max: 6 }),
    depositMicros: fc.constantFrom(0, 50_000, 123_456),
    taxPpm: fc.constantFrom(0, 88_750),
    stockMaxUnits: fc.nat(2),
    minCases: fc.nat(2),
  });
  const wishArb = fc
    .tuple(fc.nat(8), fc.nat(8), fc.nat(8))
    .map((all) => all.sort((one, other) => one - other) as [number, number, number]);
  const seats = 5;

  it('charges nobody more than they signed, all of them what the closings say, and holds nothing at its end', async () => {
    const house = await createCycleHouse(seats, dollars(1_000_000));
    let charged = 0;
    let rounded = 0;
    const onRoundingAccount = () =>
      house.read(
        (reader) =>
          reader
            .prepare("SELECT balance_micros AS micros FROM accounts WHERE owner = 'hub:rounding'")
            .get<{ micros: number }>()?.micros ?? 0,
      );
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(offerArb, { minLength: 1, maxLength: 4 }),
          fc.array(fc.tuple(fc.integer({ min: 1, max: seats }), fc.array(wishArb, { minLength: 4, maxLength: 4 })), {
            minLength: 1,
            maxLength: 6,
          }),
          fc.constantFrom('first-come', 'pro-rata', 'least-served'),
          fc.constantFrom('cancel', 'send-anyway'),
          fc.nat(2000),
          fc.nat(8_000_000),
          fc.boolean(),
          async (offers, baskets, policy, ifMissed, markupBasisPoints, minimum, isTakenBack) => {
            const start = house.seats.map((seat) => house.balance(seat).availableMicros);
            const known = house.suppliers.map(() => minimum);
            const { id, articles } = await house.opened(offers, { policy, ifMissed, markupBasisPoints }, known);
            for (const [seat, wishes] of baskets) {
              await house.put(
                id,
                seat,
                Object.fromEntries(articles.map((article, index) => [article, wishes[index]!])),
              );
              const live = house.lines(id).filter((line) => line.seat === seat && line.state === 'set-aside');
              const held = live.reduce((total, { amountMicros }) => total + amountMicros, 0);
              assert.equal(house.balance(seat).heldMicros, held);
            }
            await house.step(id, { to: 'closed' });
            await house.fill(id);
            await house.close(id);
            if (isTakenBack) {
              await house.step(id, { to: 'closed', reason: 'a second look' });
              await house.fill(id);
              await house.close(id);
            }
            const lines = house.lines(id);
            for (const line of lines) assert.ok(line.amountMicros <= line.signedMicros);
            const paid = lines.filter(({ state }) => state === 'charged');
            for (const [supplierId, own] of Map.groupBy(paid, (line) => line.supplierId)) {
              const items = own.map(({ seat, amountMicros }) => ({ seat, amount: amountMicros }));
              const total = items.reduce((sum, { amount }) => sum + amount, 0);
              assert.equal(own[0]!.closing?.total, total);
              assert.equal(own[0]!.closing?.itemsHash, itemsHash(items));
              assert.equal(house.filling(id).suppliers.find((one) => one.supplierId === supplierId)?.owedMicros, total);
            }
            rounded += sum(house.filling(id).suppliers.map(({ roundingMicros }) => roundingMicros));
            assert.equal(onRoundingAccount(), rounded);
            for (const [index, seat] of house.seats.entries()) {
              const own = paid.filter((line) => line.seat === seat);
              const spent = own.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
              assert.equal(start[index]! - house.balance(seat).availableMicros, spent);
              assert.equal(house.balance(seat).heldMicros, 0);
              charged += spent;
            }
            assert.deepEqual(house.read(checkBooks), []);
          },
        ),
        { numRuns: 12 },
      );
      assert.ok(charged > 0);
    } finally {
      await house.dispose();
    }
  });
});

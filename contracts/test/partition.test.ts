import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Building, createBuilding, FUSD } from './support/building.ts';
import type { Item } from './support/messages.ts';
import { runs } from './support/runs.ts';

const MEMBERS = 8;

describe('batches that are reordered, split, repeated or lost', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: MEMBERS });
    await building.fund([1, 2, 3, 4, 5, 6, 7, 8], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const state = async (subject: string): Promise<unknown> => ({
    balances: await Promise.all(building.members.map((each) => building.balanceOf(each.address))),
    payee: await building.balanceOf(building.payee),
    used: await building.token.getFunction('usedWord')(subject, 0),
    taken: (await building.book.getFunction('takenOf')(subject)).total,
  });

  it('end in one state: each seat debited once, the payee paid the sum', async () => {
    const order = { subject: building.subject('shuffled'), terms: building.terms({ target: 1n }) };
    const amounts = Array.from({ length: MEMBERS }, (_, index) => BigInt(index + 1) * FUSD);
    const items = amounts.map((amount, index) => building.spend(index + 1, amount, order));
    const expected = {
      balances: amounts.map((amount) => 100n * FUSD - amount),
      payee: amounts.reduce((sum, amount) => sum + amount, 0n),
      used: 0b1_1111_1110n,
      taken: 36n * FUSD,
    };
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: MEMBERS - 1 }), { minLength: 1, maxLength: 10 }), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(batches, fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), async (parts, together) => {
        const undo = await building.snapshot();
        const lists: Item[][] = [...parts, Array.from({ length: MEMBERS }, (_, index) => index)].map((indexes) =>
          indexes.map((index) => items[index]!),
        );
        let waiting: unknown[] = [];
        for (const [index, list] of lists.entries()) {
          waiting.push(building.orderOf(order, list));
          // Several batches of the order may share a transaction.
          if (together[index] && index < lists.length - 1) continue;
          await building.send(building.book, 'settle', waiting);
          waiting = [];
        }
        assert.deepEqual(await state(order.subject), expected);
        await undo();
      }),
      { numRuns: runs(40), seed: 20_261_121 },
    );
  });

  it('survive a reorganisation: the same transactions again, in another order', async () => {
    const one = { subject: building.subject('one'), terms: building.terms() };
    const two = { subject: building.subject('two'), terms: building.terms() };
    const first = building.orderOf(one, [building.spend(1, 60n * FUSD, one), building.spend(2, 60n * FUSD, one)]);
    const second = building.orderOf(two, [building.spend(1, 40n * FUSD, two), building.spend(3, 60n * FUSD, two)]);
    const undo = await building.snapshot();
    await building.send(building.book, 'settle', [first]);
    await building.send(building.book, 'settle', [second]);
    const before = [await state(one.subject), await state(two.subject)];
    await undo();
    await building.send(building.book, 'settle', [second]);
    await building.send(building.book, 'settle', [first, second]);
    assert.deepEqual([await state(one.subject), await state(two.subject)], before);
  });
});

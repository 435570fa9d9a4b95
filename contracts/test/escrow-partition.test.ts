import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { type Building, createBuilding, FUSD } from './support/building.ts';
import { type EscrowOrder, escrowOf } from './support/escrow.ts';
import type { Item } from './support/messages.ts';
import { runs } from './support/runs.ts';

const MEMBERS = 8;
const SEATS = Array.from({ length: MEMBERS }, (_, index) => index + 1);

describe('batches into escrow that are reordered, split, repeated or lost', () => {
  let building: Building;
  let desk: ReturnType<typeof escrowOf>;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ members: MEMBERS });
    desk = escrowOf(building);
    await building.fund(SEATS, 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const balances = () => Promise.all(building.members.map((each) => building.balanceOf(each.address)));
  const state = async (order: EscrowOrder) => {
    const { total, executed } = await desk.headerOf(order);
    return {
      balances: await balances(),
      payee: await building.balanceOf(building.payee),
      book: await building.balanceOf(String(building.book.target)),
      used: await building.token.getFunction('usedWord')(order.subject, 0),
      total,
      executed,
    };
  };
  const amounts = SEATS.map((seat) => BigInt(seat) * FUSD);
  const itemsOf = (order: EscrowOrder): Item[] =>
    amounts.map((amount, index) => building.spend(index + 1, amount, order));
  const used = 0b1_1111_1110n;
  const spent = amounts.map((amount) => 100n * FUSD - amount);
  const batches = fc.array(fc.array(fc.integer({ min: 0, max: MEMBERS - 1 }), { minLength: 1, maxLength: 10 }), {
    maxLength: 4,
  });
  const together = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });

  /** Brings any batches at all and at last, so that nobody is left out, everybody. Several may share a call. */
  const bringAll = async (order: EscrowOrder, items: readonly Item[], parts: number[][], joined: boolean[]) => {
    let waiting: [EscrowOrder, Item[]][] = [];
    for (const [index, indexes] of [...parts, SEATS.map((seat) => seat - 1)].entries()) {
      waiting.push([order, indexes.map((each) => items[each]!)]);
      if (joined[index] && index < parts.length) continue;
      await desk.bring(...waiting);
      waiting = [];
    }
  };

  it('below the target: each seat has one entry, and all of them are paid back in any order', async () => {
    const order = desk.order('waits', { target: 37n * FUSD });
    const items = itemsOf(order);
    const pages = fc.array(fc.tuple(fc.nat({ max: MEMBERS - 1 }), fc.integer({ min: 1, max: MEMBERS })), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(batches, together, pages, async (parts, joined, asked) => {
        const undo = await building.snapshot();
        await bringAll(order, items, parts, joined);
        const total = 36n * FUSD;
        assert.deepEqual(await state(order), { balances: spent, payee: 0n, book: total, used, total, executed: false });
        const entries = await desk.entriesOf(order);
        assert.deepEqual(
          entries.sort(([a], [b]) => a - b),
          amounts.map((amount, index) => [index + 1, amount]),
        );
        await desk.pastDeadline(order);
        for (const [from, length] of asked) await desk.refundPage(order, from, Math.min(from + length, MEMBERS));
        await desk.refundPage(order, 0, MEMBERS);
        assert.deepEqual(await state(order), {
          balances: Array(MEMBERS).fill(100n * FUSD),
          payee: 0n,
          book: 0n,
          used,
          total: 0n,
          executed: false,
        });
        await undo();
      }),
      { numRuns: runs(20), seed: 20_261_121 },
    );
  });

  it('beyond the target: whoever came first, the payee has the sum and the book nothing', async () => {
    const order = desk.order('executed', { target: 15n * FUSD });
    const items = itemsOf(order);
    await fc.assert(
      fc.asyncProperty(batches, together, async (parts, joined) => {
        const undo = await building.snapshot();
        await bringAll(order, items, parts, joined);
        const total = 36n * FUSD;
        assert.deepEqual(await state(order), { balances: spent, payee: total, book: 0n, used, total, executed: true });
        await undo();
      }),
      { numRuns: runs(20), seed: 20_261_121 },
    );
  });

  it('survive a reorganisation: the same transactions again, in another order, with other orders between', async () => {
    const one = desk.order('one');
    const two = desk.order('two', { target: 20n * FUSD });
    const first: [EscrowOrder, Item[]] = [one, [1, 2].map((seat) => building.spend(seat, 60n * FUSD, one))];
    const second: [EscrowOrder, Item[]] = [two, [1, 3].map((seat) => building.spend(seat, 8n * FUSD, two))];
    const undo = await building.snapshot();
    await desk.bring(first);
    await desk.bring(second);
    const expected = [await state(one), await state(two)];
    await undo();
    await desk.bring(second);
    await desk.bring(first, second);
    await desk.bring(second, first);
    assert.deepEqual([await state(one), await state(two)], expected);
  });
});

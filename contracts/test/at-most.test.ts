import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { AT_MOST, type Item } from './support/messages.ts';
import { eventsOf, skippedBecause } from './support/receipts.ts';

describe('an order in at-most mode', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding();
    await building.fund([1, 2, 3, 4], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const orderNamed = (name: string, terms = {}) => ({
    subject: building.subject(name),
    terms: building.terms({ target: 50n * FUSD, ...terms }),
    mode: AT_MOST,
  });
  type Order = ReturnType<typeof orderNamed>;
  const two = (order: Order): Item[] => [
    building.spend(1, 30n * FUSD, order, { maxAmount: 40n * FUSD }),
    building.spend(2, 25n * FUSD, order, { maxAmount: 25n * FUSD }),
  ];

  it('takes what the closer signed, less than the members allowed', async () => {
    const { book, token, orderOf, send, balanceOf, members, payee } = building;
    const order = orderNamed('closed');
    const receipt = await send(book, 'settle', [orderOf(order, two(order))]);
    assert.equal(eventsOf(book, receipt, 'OrderSettled')[0]?.newTotal, 55n * FUSD);
    assert.equal(await balanceOf(members[0]!.address), 70n * FUSD);
    assert.equal(await balanceOf(members[1]!.address), 75n * FUSD);
    assert.equal(await balanceOf(payee), 55n * FUSD);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0b110n);
  });

  it('refuses whatever differs from what the closer signed', async () => {
    const { book, orderOf, send, balanceOf, payee, closer } = building;
    const order = orderNamed('differs');
    const items = two(order);
    const right = orderOf(order, items);
    const more = [{ ...items[0]!, amount: 31n * FUSD }, items[1]!];
    const less = [items[0]!];
    const thief = walletOf('thief');
    const orders = [
      { ...right, items: orderOf(order, more).items },
      { ...right, items: orderOf(order, more).items, itemsHash: orderOf(order, more).itemsHash },
      { ...right, items: orderOf(order, less).items, itemsHash: orderOf(order, less).itemsHash },
      { ...right, total: 56n * FUSD },
      { ...right, closingSignature: '0x' },
      orderOf(order, items, thief),
      orderOf(order, items, closer, { payee: thief.address }),
      orderOf(order, items, closer, { subject: building.subject('elsewhere') }),
      orderOf(order, items, closer, { termsHash: building.subject('other terms') }),
      orderOf(order, items, closer, { total: 1n }),
    ];
    const reasons = await skippedBecause(building, await send(book, 'settle', orders));
    assert.equal(reasons.length, orders.length);
    assert.match(reasons[0]!, /^ItemsDiffer/);
    assert.match(reasons[1]!, /^SumDiffers/);
    assert.match(reasons[2]!, /^SumDiffers/);
    assert.match(reasons[3]!, /^SumDiffers/);
    for (const reason of reasons.slice(4)) assert.match(reason, new RegExp(`^NotSignedByCloser\\(${closer.address}`));
    assert.equal(await balanceOf(payee), 0n);
  });

  it('never takes more than a member allowed, whatever the closer signs', async () => {
    const { book, token, orderOf, send, spend, balanceOf, members } = building;
    const order = orderNamed('greedy');
    const greedy = [
      { ...spend(1, 41n * FUSD, order, { maxAmount: 40n * FUSD }) },
      spend(2, 25n * FUSD, order, { maxAmount: 25n * FUSD }),
    ];
    const forged = [{ ...greedy[0]!, maxAmount: 41n * FUSD }, greedy[1]!];
    const reasons = await skippedBecause(
      building,
      await send(book, 'settle', [orderOf(order, greedy), orderOf(order, forged)]),
    );
    assert.match(reasons[0]!, /^TotalOutOfRange\(.*0x0500\)$/);
    assert.match(reasons[1]!, /^TotalOutOfRange\(.*0x0600\)$/);
    assert.equal(await balanceOf(members[0]!.address), 100n * FUSD);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0n);
  });

  it('is all or nothing: one unfunded member and nobody is debited', async () => {
    const { book, orderOf, send, spend, balanceOf, members } = building;
    const order = orderNamed('whole');
    const items = [...two(order), spend(5, 1n * FUSD, order, { maxAmount: 2n * FUSD })];
    const reasons = await skippedBecause(building, await send(book, 'settle', [orderOf(order, items)]));
    assert.match(reasons[0]!, /^TotalOutOfRange\(.*0x000007\)$/);
    assert.equal(await balanceOf(members[0]!.address), 100n * FUSD);
    await send(book, 'settle', [orderOf(order, two(order))]);
    assert.equal(await balanceOf(members[0]!.address), 70n * FUSD);
  });

  it('takes a second closing for other members, and the first one never twice', async () => {
    const { book, orderOf, send, spend, balanceOf, payee } = building;
    const order = orderNamed('twice');
    const first = orderOf(order, two(order));
    await send(book, 'settle', [first]);
    const repeated = await send(book, 'settle', [first]);
    assert.match((await skippedBecause(building, repeated))[0]!, /^TotalOutOfRange\(0,.*0x0303\)$/);
    await send(book, 'settle', [orderOf(order, [spend(3, 5n * FUSD, order, { maxAmount: 9n * FUSD })])]);
    assert.equal(await balanceOf(payee), 60n * FUSD);
  });

  it('keeps to target and ceiling', async () => {
    const { book, orderOf, send } = building;
    const below = orderNamed('below', { target: 56n * FUSD });
    const above = orderNamed('above', { ceiling: 54n * FUSD });
    const receipt = await send(book, 'settle', [orderOf(below, two(below)), orderOf(above, two(above))]);
    const reasons = await skippedBecause(building, receipt);
    assert.equal(reasons[0], `BelowTarget(${56n * FUSD},${55n * FUSD})`);
    assert.match(reasons[1]!, /^TotalOutOfRange/);
  });

  it('does not take a spend signed for the other mode', async () => {
    const { book, orderOf, send, spend } = building;
    const order = orderNamed('modes');
    const exact = { ...order, mode: 0 };
    const inExact = orderOf(exact, [spend(1, 60n * FUSD, order)]);
    const inAtMost = orderOf(order, [spend(1, 60n * FUSD, exact)]);
    const reasons = await skippedBecause(building, await send(book, 'settle', [inExact, inAtMost]));
    for (const reason of reasons) assert.match(reason, /^TotalOutOfRange\(0,.*0x06\)$/);
    assert.equal(reasons.length, 2);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../../../journal/index.ts';
import { isStoopError } from '../../../platform/errors.ts';
import { itemsHash } from '../../../signing/index.ts';
import { addSupplier } from '../../suppliers/index.ts';
import { createOrdersLane } from '../orders.lane.ts';
import { noteTaken } from '../taken.ts';
import { type CycleHouse, createCycleHouse, dayMs } from './testing/cycle-house.ts';

const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);
const dollars = (amount: number) => Math.round(amount * 1_000_000);

describe('the money of a cycle', () => {
  let house: CycleHouse;
  before(async () => {
    house = await createCycleHouse(8);
  });
  after(() => house.dispose());

  const held = () => house.seats.map((seat) => house.balance(seat).heldMicros);
  const free = () => house.seats.map((seat) => house.balance(seat).availableMicros);
  const booksAreRight = () => assert.deepEqual(house.read(checkBooks), []);
  const inState = (id: string, state: string) => house.lines(id).filter((line) => line.state === state);

  it('holds the worst case: the dearest tier of all one would take, with deposit, mark-up and tax', async () => {
    const tiers = [{ fromUnits: 12, unitPriceMicros: dollars(1.9) }];
    const offer = { unitPriceMicros: dollars(2.15), tiers, depositMicros: dollars(0.1), taxPpm: 88_750 };
    const { id, articles } = await house.opened([offer], { markupBasisPoints: 500 });
    await house.put(id, 2, { [articles[0]!]: [0, 2, 3] });
    // 3 · 2.15 · 1.05 · 1.08875 + 3 · 0.10 = 7.67356…, up to the next cent.
    assert.equal(held()[1], dollars(7.68));
    await house.step(id, { to: 'cancelled', reason: 'no van' });
    assert.equal(held()[1], 0);
  });

  it('needs no signature for less or other goods, one for more, and moves money between suppliers at once', async () => {
    const { id, articles } = await house.opened([{}, { unitPriceMicros: dollars(1) }, { supplier: 1 }]);
    const [rice, beans, oil] = articles as [string, string, string];
    const start = house.signatures();
    await house.put(id, 3, { [rice]: [0, 5, 5] });
    assert.equal(house.signatures() - start, 1);
    await house.put(id, 3, { [rice]: [0, 1, 1], [beans]: [0, 4, 6] });
    assert.equal(house.balance(3).heldMicros, dollars(8));
    assert.equal(house.signatures() - start, 1, 'ten dollars were signed');
    await house.put(id, 3, { [rice]: [0, 6, 6] });
    assert.equal(house.signatures() - start, 2);
    // All but everything goes to the first supplier, then to the second: never both at once.
    await house.put(id, 3, { [rice]: [0, 499, 499] });
    await house.put(id, 3, { [oil]: [0, 499, 499] });
    assert.equal(house.balance(3).heldMicros, dollars(998));
    await assert.rejects(house.put(id, 3, { [rice]: [0, 2, 2], [oil]: [0, 499, 499] }), (error) =>
      isStoopError(error, 'not_enough_money'),
    );
    assert.equal(house.balance(3).heldMicros, dollars(998));
    assert.deepEqual(house.basketOf(id, 3).items, [{ articleId: oil, atLeast: 0, want: 499, upTo: 499 }]);
    await house.put(id, 3, {});
    assert.equal(house.balance(3).heldMicros, 0);
    booksAreRight();
    await house.step(id, { to: 'cancelled', reason: 'no van' });
  });

  it('refuses what the token would not let leave in a day, before anybody signs', async () => {
    const { id, articles } = await house.opened([{ unitPriceMicros: dollars(2) }]);
    const start = house.signatures();
    await assert.rejects(
      house.put(id, 4, { [articles[0]!]: [0, 1001, 1001] }),
      (error) => isStoopError(error, 'above_daily_limit') && error.details.field === 'items',
    );
    assert.equal(house.signatures(), start);
    assert.equal(house.balance(4).heldMicros, 0);
    await house.step(id, { to: 'cancelled', reason: 'no van' });
  });

  it('names the field that is wrong', async () => {
    const { id, articles } = await house.opened([{}]);
    const [rice] = articles as [string];
    const wrong = (field: string) => (error: unknown) =>
      isStoopError(error, 'bad_request') && error.details.field === field;
    await assert.rejects(house.put(id, 2, { [rice]: [3, 2, 4] }), wrong('items.0.want'));
    await assert.rejects(house.put(id, 2, { [rice]: [1, 4, 3] }), wrong('items.0.upTo'));
    await assert.rejects(house.put(id, 2, { [rice]: [0, 1, 1], [id]: [0, 1, 1] }), wrong('items.1.articleId'));
    await house.step(id, { to: 'cancelled', reason: 'no van' });
  });

  it('charges what was given, returns the rest, and takes it all back while nothing has left', async () => {
    const tiers = [{ fromUnits: 12, unitPriceMicros: dollars(1.9) }];
    const { id, articles } = await house.opened([{ unitPriceMicros: dollars(2.15), tiers }, { supplier: 1 }]);
    const [rice, oil] = articles as [string, string];
    const start = free();
    await house.put(id, 2, { [rice]: [0, 7, 9], [oil]: [0, 1, 1] });
    await house.put(id, 3, { [rice]: [0, 4, 4] });
    await house.step(id, { to: 'closed' });
    await house.fill(id);
    await house.close(id);
    assert.equal(house.cycleOf(id).state, 'ordered');
    // 11 wanted and 2 tolerated: two cases, so everybody pays $1.90. One jar of six fills no case.
    assert.equal(start[1]! - free()[1]!, dollars(8 * 1.9));
    assert.equal(start[2]! - free()[2]!, dollars(4 * 1.9));
    assert.equal(sum(held()), 0);
    assert.deepEqual(
      house.lines(id).map(({ state, reason }) => [state, reason]),
      [
        ['charged', null],
        ['void', 'not_filled'],
        ['charged', null],
      ],
    );
    await assert.rejects(house.step(id, { to: 'closed' }), (error) => isStoopError(error, 'bad_request'));
    await house.step(id, { to: 'closed', reason: 'the van is too small' });
    assert.equal(house.balance(2).heldMicros, dollars(9 * 2.15 + 2), 'the worst case again');
    assert.equal(house.balance(3).heldMicros, dollars(4 * 2.15));
    await house.step(id, { to: 'open', reason: 'we found another van', lastCallAtMs: house.nowMs() + dayMs });
    await house.put(id, 3, {});
    await house.step(id, { to: 'cancelled', reason: 'it broke down' });
    assert.deepEqual(free(), start);
    assert.equal(sum(held()), 0);
    booksAreRight();
  });

  it('lends until last call where the board lets it, and lets go who has not got the money then', async () => {
    const more = { setsAside: 'at-last-call', creditLimitMicros: dollars(1100) } as const;
    const { id, articles } = await house.opened([{}], more);
    const [rice] = articles as [string];
    await house.put(id, 4, { [rice]: [0, 540, 540] });
    await house.put(id, 5, { [rice]: [0, 6, 6] });
    assert.equal(house.balance(4).heldMicros, 0);
    await assert.rejects(house.put(id, 4, { [rice]: [0, 551, 551] }), (error) =>
      isStoopError(error, 'not_enough_money'),
    );
    house.pass(dayMs);
    await house.turn();
    assert.equal(house.cycleOf(id).state, 'last-call');
    assert.deepEqual(
      house.lines(id).map(({ state, reason }) => [state, reason]),
      [
        ['void', 'not_enough_money'],
        ['set-aside', null],
      ],
    );
    assert.deepEqual(house.basketOf(id, 4).items, []);
    assert.equal(house.balance(5).heldMicros, dollars(12));
    await assert.rejects(house.put(id, 5, {}), (error) => isStoopError(error, 'hurts_others'));
    await house.step(id, { to: 'cancelled', reason: 'no van' });
    booksAreRight();
  });

  it('leaves a supplier out whose minimum is missed, puts the end off, or sends anyway, as was said before', async () => {
    const outcome = async (ifMissed: 'cancel' | 'extend' | 'send-anyway') => {
      const { id, articles } = await house.opened([{}, { supplier: 1 }], { ifMissed }, [dollars(50), 0]);
      await house.put(id, 6, { [articles[0]!]: [0, 6, 6], [articles[1]!]: [0, 6, 6] });
      await house.step(id, { to: 'closed' });
      const was = house.cycleOf(id).closesAtMs;
      const done = await house.fill(id);
      if (done === 'extended') {
        assert.equal(house.cycleOf(id).state, 'open');
        assert.equal(house.cycleOf(id).closesAtMs - was, 7 * dayMs);
        await house.step(id, { to: 'closed' });
        assert.equal(await house.fill(id), 'filled', 'once');
      }
      await house.close(id);
      assert.equal(sum(held()), 0);
      return sum(inState(id, 'charged').map(({ amountMicros }) => amountMicros));
    };
    assert.equal(await outcome('cancel'), dollars(12));
    assert.equal(await outcome('extend'), dollars(12));
    assert.equal(await outcome('send-anyway'), dollars(24));
    booksAreRight();
  });

  it('knows a supplier’s own minimum without being told', async () => {
    const mill = await house.act((tx) => addSupplier(tx, { name: 'Mill', minimumMicros: dollars(50) }).id);
    house.suppliers.push(mill);
    const { id, articles } = await house.opened([{ supplier: house.suppliers.indexOf(mill) }], { ifMissed: 'cancel' });
    await house.put(id, 6, { [articles[0]!]: [0, 6, 6] });
    await house.step(id, { to: 'closed' });
    await house.fill(id);
    await house.close(id);
    assert.deepEqual(inState(id, 'charged'), [], 'twelve dollars of fifty');
    assert.equal(sum(held()), 0);
  });

  it('closes nothing while the clock is not trusted, and everything that is due once it is', async () => {
    const { id } = await house.opened([{}]);
    house.trust(false);
    house.pass(3 * dayMs);
    await house.turn();
    assert.equal(house.cycleOf(id).state, 'open');
    house.trust(true);
    await house.turn();
    assert.equal(house.cycleOf(id).state, 'closed');
    house.pass(8 * dayMs);
    await house.turn();
    assert.equal(house.cycleOf(id).state, 'cancelled', 'nobody said who pays what');
  });

  it('drops the wishes behind which an account that went short has no money any more', async () => {
    const poor = 8;
    const { id, articles } = await house.opened([{}]);
    await house.put(id, poor, { [articles[0]!]: [0, 6, 6] });
    await house.put(id, 7, { [articles[0]!]: [0, 6, 6] });
    await house.step(id, { to: 'closed' });
    await house.fill(id);
    const spent = house.balance(poor).availableMicros + 1;
    await house.act((tx) =>
      house.journal.postForeign(tx, { from: poor, amount: spent as never }, { noun: 'transfer', id: 'elsewhere' }),
    );
    await assert.rejects(
      house.close(id),
      (error) => isStoopError(error, 'not_found'),
      'what was filled counts no longer',
    );
    await house.fill(id);
    await house.close(id);
    assert.deepEqual(
      inState(id, 'charged').map(({ seat, amountMicros }) => [seat, amountMicros]),
      [[7, dollars(12)]],
    );
    booksAreRight();
  });

  it('signs anew when the chain will never take one of its spends, and charges nobody twice', async () => {
    const lane = createOrdersLane(house.journal, () => undefined, house.nowMs);
    const { id, articles } = await house.opened([{}]);
    const start = free();
    for (const seat of [2, 3, 4]) await house.put(id, seat, { [articles[0]!]: [0, 6, 6] });
    await house.step(id, { to: 'closed' });
    await house.fill(id);
    await house.close(id);
    await house.act((tx) => lane.voided(tx, house.intentsOf(tx, id)[1]!, 'key_changed'));
    await house.close(id);
    const charged = inState(id, 'charged');
    assert.deepEqual(
      charged.map(({ seat, closing }) => [seat, closing?.total]),
      [
        [2, dollars(24)],
        [4, dollars(24)],
      ],
    );
    assert.equal(charged[0]!.closing?.itemsHash, itemsHash([2, 4].map((seat) => ({ seat, amount: dollars(12) }))));
    assert.deepEqual(
      start.map((was, index) => was - free()[index]!),
      house.seats.map((seat) => ([2, 4].includes(seat) ? dollars(12) : 0)),
    );
    booksAreRight();
  });

  it('goes on with closings that were cut, or takes them back', async () => {
    for (const isTakenBack of [false, true]) {
      const { id, articles } = await house.opened([{}, { supplier: 1 }]);
      const start = free();
      for (const seat of [2, 3]) await house.put(id, seat, Object.fromEntries(articles.map((one) => [one, [0, 6, 6]])));
      await house.step(id, { to: 'closed' });
      await house.fill(id);
      await assert.rejects(house.close(id, { cutAfter: 1 }), /power/);
      assert.equal(inState(id, 'charged').length, 2, 'one supplier of two');
      if (isTakenBack) await house.step(id, { to: 'cancelled', reason: 'no van' });
      else await house.close(id);
      assert.equal(sum(held()), 0);
      assert.deepEqual(
        start.map((was, index) => was - free()[index]!),
        house.seats.map((seat) => (!isTakenBack && [2, 3].includes(seat) ? dollars(24) : 0)),
      );
    }
    booksAreRight();
  });

  it('books what the chain took before a restore, whichever it hears of first', async () => {
    const lane = createOrdersLane(house.journal, () => undefined, house.nowMs);
    const { id, articles } = await house.opened([{}]);
    const start = free();
    for (const seat of [2, 3]) await house.put(id, seat, { [articles[0]!]: [0, 6, 6] });
    const settled = (index: number) => house.act((tx) => lane.settled(tx, house.intentsOf(tx, id)[index]!));
    const chainTells = (index: number, dollarsTaken: number) =>
      house.act((tx) => {
        const intent = house.intentsOf(tx, id)[index]!;
        const at = { contract: 'FoodUSD', txHash: `0x0${index}`, blockNumber: 1, atMs: 0 } as const;
        const from = intent.authorisations[0]!.address;
        const value = BigInt(dollars(dollarsTaken));
        const events = [
          { ...at, name: 'Transfer', logIndex: 1, args: { from, to: house.clearing, value } },
          { ...at, name: 'SpendsSettled', logIndex: 2, args: { subject: intent.subject } },
        ];
        for (const event of events) noteTaken(tx, house.journal, event, house.deps.onChain());
      });
    await settled(0);
    await chainTells(0, 7);
    await chainTells(1, 8);
    await settled(1);
    assert.equal(start[1]! - free()[1]!, dollars(7));
    assert.equal(start[2]! - free()[2]!, dollars(8));
    assert.equal(sum(held()), 0);
    assert.deepEqual(
      inState(id, 'recorded').map(({ amountMicros }) => amountMicros),
      [dollars(7), dollars(8)],
    );
    booksAreRight();
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isStoopError } from '../platform/errors.ts';
import { type Micros, system, type Tx } from '../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../store/testing/temp-store.ts';
import { checkBooks, createJournal, type HoldOwner, positiveMicros, timesUnits } from './index.ts';

const seats = [1, 2, 3];
const about = { noun: 'order', id: 'o1' };
const micros = (value: number) => value as Micros;

describe('journal', () => {
  let temp: TempStore;
  const voided: string[] = [];
  const owner: { -readonly [K in keyof HoldOwner]: HoldOwner[K] } = {
    noun: 'order',
    voided: (_tx, hold) => void voided.push(hold.id),
  };
  const journal = createJournal('FUSD', () => [owner]);
  const act = <T>(work: (tx: Tx) => T) => temp.store.act({ name: 'journal.test', actor: system('test') }, work);
  const balance = (seat: number) => temp.store.read((reader) => journal.balance(reader, seat));
  const inClearing = () =>
    temp.store.read(
      (reader) =>
        reader
          .prepare("SELECT balance_micros AS micros FROM accounts WHERE owner = 'hub:clearing' AND kind = 'clearing'")
          .get<{ micros: number }>()!.micros,
    );
  const books = () => temp.store.read((reader) => checkBooks(reader));

  before(async () => {
    temp = await createTempStore();
  });
  after(() => temp.dispose());

  it('returns the rest of a hold at once when less is taken', async () => {
    await act((tx) => journal.deposit(tx, 50, micros(10), about));
    const hold = await act((tx) => journal.hold(tx, 50, micros(8), about));
    await act((tx) => journal.charge(tx, hold, micros(5)));
    assert.deepEqual(balance(50), { availableMicros: 5, heldMicros: 0, owedMicros: 0, isShort: false });
  });

  it('never ends a hold twice', async () => {
    await act((tx) => journal.deposit(tx, 51, micros(10), about));
    const hold = await act((tx) => journal.hold(tx, 51, micros(8), about));
    await act((tx) => journal.release(tx, hold, 'left'));
    for (const end of [journal.release, journal.refund, journal.owe]) {
      await assert.rejects(
        act((tx) => end(tx, hold, 'again')),
        (error) => isStoopError(error, 'conflict'),
      );
    }
    await assert.rejects(
      act((tx) => journal.charge(tx, hold)),
      (error) => isStoopError(error, 'conflict'),
    );
  });

  it('keeps money aside beside the debt when a charge fails after goods were handed out', async () => {
    await act((tx) => journal.deposit(tx, 52, micros(10), about));
    const hold = await act((tx) => journal.hold(tx, 52, micros(8), about));
    await act((tx) => journal.charge(tx, hold));
    await act((tx) => journal.owe(tx, hold, 'never settled'));
    assert.deepEqual(balance(52), { availableMicros: 2, heldMicros: 8, owedMicros: 8, isShort: false });
  });

  it('voids the newest uncovered holds when the chain took more than is free', async () => {
    await act((tx) => journal.deposit(tx, 53, micros(30), about));
    const holds: string[] = [];
    for (const amount of [10, 9, 8]) holds.push(await act((tx) => journal.hold(tx, 53, micros(amount), about)));
    voided.length = 0;
    await act((tx) => journal.postForeign(tx, { from: 53, amount: micros(15) }, about));
    assert.deepEqual(voided, [holds[2], holds[1]]);
    assert.deepEqual(balance(53), { availableMicros: 5, heldMicros: 10, owedMicros: 0, isShort: false });
    await act((tx) => journal.postForeign(tx, { from: 53, amount: micros(20) }, about));
    assert.deepEqual(balance(53), { availableMicros: -5, heldMicros: 0, owedMicros: 0, isShort: true });
    await assert.rejects(
      act((tx) => journal.hold(tx, 53, micros(1), about)),
      (error) => isStoopError(error, 'account_short'),
    );
  });

  it('leaves a hold alone whose owner says that it may have landed', async () => {
    const { canVoid } = owner;
    owner.canVoid = () => false;
    await act((tx) => journal.deposit(tx, 55, micros(10), about));
    const hold = await act((tx) => journal.hold(tx, 55, micros(8), about));
    voided.length = 0;
    await act((tx) => journal.postForeign(tx, { from: 55, amount: micros(5) }, about));
    owner.canVoid = canVoid;
    assert.deepEqual(voided, []);
    assert.deepEqual(balance(55), { availableMicros: -3, heldMicros: 8, owedMicros: 0, isShort: true });
    await act((tx) => journal.pay(tx, hold, 56));
    assert.deepEqual(balance(55), { availableMicros: -3, heldMicros: 0, owedMicros: 0, isShort: true });
    assert.equal(balance(56).availableMicros, 8);
  });

  it('gives a refund from where the charge went, and never takes a place below zero', async () => {
    await act((tx) => journal.deposit(tx, 57, micros(10), about));
    const hold = await act((tx) => journal.hold(tx, 57, micros(6), about));
    await act((tx) => journal.pay(tx, hold, 'redeeming'));
    assert.equal(balance(57).availableMicros, 4);
    await act((tx) => journal.refund(tx, hold, 'not paid'));
    assert.equal(balance(57).availableMicros, 10);
    await assert.rejects(
      act((tx) => journal.move(tx, { kind: 'redemption', from: 'redeeming', to: 'issued', amount: micros(1) }, about)),
      (error) => isStoopError(error, 'not_enough_money'),
    );
    assert.deepEqual(books(), []);
  });

  it('undoes a charge that never settled although the co-op has given its money away meanwhile', async () => {
    for (const [seat, end] of [
      [61, journal.refund],
      [62, journal.owe],
    ] as const) {
      await act((tx) => journal.deposit(tx, seat, micros(10), about));
      const hold = await act((tx) => journal.hold(tx, seat, micros(10), about));
      await act((tx) => journal.charge(tx, hold));
      const amount = micros(inClearing());
      const all = { kind: 'charge', from: 'clearing', to: 'leaving', amount } as const;
      await act((tx) => journal.move(tx, all, about));
      await act((tx) => end(tx, hold, 'expired'));
      assert.equal(inClearing(), -10);
      await act((tx) => journal.postForeign(tx, { from: 'leaving', to: 'clearing', amount }, about));
    }
    assert.deepEqual(balance(61), { availableMicros: 10, heldMicros: 0, owedMicros: 0, isShort: false });
    assert.deepEqual(balance(62), { availableMicros: 0, heldMicros: 10, owedMicros: 10, isShort: false });
    assert.deepEqual(books(), []);
  });

  it('restores every balance by a reversal, once', async () => {
    const deposit = await act((tx) => journal.deposit(tx, 54, micros(7), about));
    await act((tx) => journal.reverse(tx, deposit, 'wrong seat'));
    assert.equal(balance(54).availableMicros, 0);
    await assert.rejects(
      act((tx) => journal.reverse(tx, deposit, 'again')),
      (error) => isStoopError(error, 'conflict'),
    );
  });

  it('refuses to change what was posted', async () => {
    await assert.rejects(
      act((tx) => tx.prepare('UPDATE postings SET amount_micros = 1').run()),
      /append-only/,
    );
    await assert.rejects(
      act((tx) => tx.prepare('DELETE FROM movements').run()),
      /append-only/,
    );
  });

  it('checks amounts at the edge', () => {
    for (const wrong of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      assert.throws(
        () => positiveMicros(wrong, 'amountMicros'),
        (error) => isStoopError(error, 'amount_invalid'),
      );
    }
    assert.throws(
      () => timesUnits(2 ** 40, 2 ** 20, 'units'),
      (error) => isStoopError(error, 'amount_invalid'),
    );
    assert.equal(timesUnits(1_900_000, 3, 'units'), 5_700_000);
  });

  it('conserves money under any sequence of actions', async () => {
    const seat = fc.constantFrom(...seats);
    const amount = fc.integer({ min: 1, max: 1000 });
    const pick = fc.nat(1000);
    const action = fc.oneof(
      fc.record({ do: fc.constant('deposit' as const), seat, amount, pick }),
      fc.record({ do: fc.constantFrom('hold', 'hold' as const), seat, amount, pick }),
      fc.record({ do: fc.constantFrom('release', 'charge', 'part', 'refund', 'owe' as const), seat, amount, pick }),
      fc.record({ do: fc.constantFrom('foreignOut', 'foreignIn' as const), seat, amount, pick }),
      fc.record({ do: fc.constant('reverse' as const), seat, amount, pick }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 40 }), async (actions) => {
        await runAgainstModel(actions);
      }),
      { numRuns: 40 },
    );
  });

  /** A second, plain bookkeeping: what is free, held and taken per seat; compared after every step. */
  async function runAgainstModel(actions: { do: string; seat: number; amount: number; pick: number }[]) {
    const base = new Map(seats.map((seat) => [seat, balance(seat)]));
    const free = new Map(seats.map((seat) => [seat, base.get(seat)!.availableMicros]));
    const holds: { id: string; seat: number; amount: number; taken: number; state: string }[] = [];
    const deposits: { id: string; seat: number; amount: number; isReversed: boolean }[] = [];
    const add = (seat: number, amount: number) => free.set(seat, free.get(seat)! + amount);

    for (const step of actions) {
      const hold = holds.length > 0 ? holds[step.pick % holds.length]! : undefined;
      const refused = (error: unknown) => assert.ok(isStoopError(error), String(error));
      if (step.do === 'deposit') {
        const id = await act((tx) => journal.deposit(tx, step.seat, micros(step.amount), about));
        deposits.push({ id, seat: step.seat, amount: step.amount, isReversed: false });
        add(step.seat, step.amount);
      } else if (step.do === 'hold') {
        const isCovered = free.get(step.seat)! >= step.amount;
        await act((tx) => journal.hold(tx, step.seat, micros(step.amount), about)).then((id) => {
          assert.ok(isCovered, 'held more than is free');
          holds.push({ id, seat: step.seat, amount: step.amount, taken: 0, state: 'held' });
          add(step.seat, -step.amount);
        }, refused);
      } else if (step.do === 'foreignOut' || step.do === 'foreignIn') {
        const isOut = step.do === 'foreignOut';
        voided.length = 0;
        const move = isOut ? { from: step.seat } : { to: step.seat };
        await act((tx) => journal.postForeign(tx, { ...move, amount: micros(step.amount) }, about));
        add(step.seat, isOut ? -step.amount : step.amount);
        const mine = holds.filter((item) => item.seat === step.seat && item.state === 'held').reverse();
        for (const item of isOut ? mine : []) {
          if (free.get(step.seat)! >= 0) break;
          item.state = 'released';
          add(step.seat, item.amount);
          assert.equal(voided.shift(), item.id);
        }
        // A hold from an earlier round of the property may be voided too.
        for (const id of voided) {
          const amount = await act(
            (tx) =>
              tx.prepare('SELECT amount_micros AS n FROM holds WHERE public_id = @id').get<{ n: number }>({ id })!.n,
          );
          add(step.seat, amount);
        }
      } else if (step.do === 'reverse' && deposits.length > 0) {
        const deposit = deposits[step.pick % deposits.length]!;
        const mayReverse = !deposit.isReversed && free.get(deposit.seat)! >= deposit.amount;
        await act((tx) => journal.reverse(tx, deposit.id, 'test')).then(() => {
          assert.ok(mayReverse);
          deposit.isReversed = true;
          add(deposit.seat, -deposit.amount);
        }, refused);
      } else if (hold && step.do !== 'reverse') {
        const state = hold.state;
        const taken = step.do === 'part' ? Math.min(step.amount, hold.amount) : hold.amount;
        const ends = { release: 'held', charge: 'held', part: 'held', refund: 'charged', owe: 'charged' }[step.do];
        await act((tx) => {
          if (step.do === 'charge') journal.charge(tx, hold.id);
          else if (step.do === 'part') journal.charge(tx, hold.id, micros(taken));
          else if (step.do === 'release') journal.release(tx, hold.id, 'test');
          else if (step.do === 'refund') journal.refund(tx, hold.id, 'test');
          else if (step.do === 'owe') journal.owe(tx, hold.id, 'test');
        }).then(() => {
          assert.equal(state, ends, `${step.do} of a hold that is ${state}`);
          if (step.do === 'release') add(hold.seat, hold.amount);
          if (step.do === 'part') add(hold.seat, hold.amount - taken);
          if (step.do === 'refund') add(hold.seat, hold.taken);
          hold.taken = ends === 'held' ? taken : hold.taken;
          hold.state = { release: 'released', charge: 'charged', part: 'charged', refund: 'released', owe: 'owed' }[
            step.do
          ]!;
        }, refused);
      }
      for (const seat of seats)
        assert.equal(balance(seat).availableMicros, free.get(seat), `seat ${seat} after ${step.do}`);
    }
    assert.deepEqual(books(), []);
    const total = temp.store.read(
      (r) => r.prepare('SELECT SUM(balance_micros) AS n FROM accounts').get<{ n: number }>()!.n,
    );
    assert.equal(total, 0);
  }
});

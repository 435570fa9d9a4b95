import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Micros } from '../../../platform/ports/index.ts';
import { lineStates, listLines } from '../bank/bank.store.ts';
import { depositReferenceOf } from '../bank/reference.ts';
import { createDeskFixture, type DeskFixture } from '../testing/desk-fixture.ts';
import { readFigures } from './figures.store.ts';
import { type CauseName, driftOf, type Pair, reconcile } from './reconcile.ts';

const seats = [1, 2, 3];
const cent = 10_000;

/** What a treasurer may do, and what it must make of each cause; told apart from how the hub computes it. */
type Step =
  | { do: 'bank-in'; seat: number; cents: number }
  | { do: 'bank-unknown'; cents: number }
  | { do: 'bank-out'; cents: number; cause: 'fee' | 'own' | 'invoice' | 'redemption' | undefined }
  | { do: 'book' }
  | { do: 'undo' }
  | { do: 'hand'; seat: number; cents: number }
  | { do: 'cash'; seat: number; cents: number }
  | { do: 'money-order'; seat: number; cents: number }
  | { do: 'carry'; kind: 'cash' | 'money-order'; cents: number; isBanked: boolean }
  | { do: 'count'; offCents: number; floatCents: number }
  | { do: 'foreign'; seat: number; cents: number }
  | { do: 'balance'; offCents: number };

const seat = fc.constantFrom(...seats);
const cents = fc.integer({ min: 1, max: 100_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('bank-in' as const), seat, cents }),
  fc.record({ do: fc.constant('bank-unknown' as const), cents }),
  fc.record({
    do: fc.constant('bank-out' as const),
    cents,
    cause: fc.constantFrom('fee' as const, 'own' as const, 'invoice' as const, 'redemption' as const, undefined),
  }),
  fc.record({ do: fc.constant('book' as const) }),
  fc.record({ do: fc.constant('undo' as const) }),
  fc.record({ do: fc.constantFrom('hand' as const, 'cash' as const, 'money-order' as const), seat, cents }),
  fc.record({
    do: fc.constant('carry' as const),
    kind: fc.constantFrom('cash' as const, 'money-order' as const),
    cents,
    isBanked: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('count' as const),
    offCents: fc.integer({ min: -50, max: 50 }),
    floatCents: fc.nat(5_000),
  }),
  fc.record({ do: fc.constant('foreign' as const), seat, cents }),
  fc.record({ do: fc.constant('balance' as const), offCents: fc.integer({ min: -500, max: 500 }) }),
);

/** Does the steps on the real books and keeps an account of its own of what every cause must be, in cents. */
async function play(desk: DeskFixture, steps: readonly Step[]) {
  const { store, bank, cash, treasury, journal, treasurer, founder } = desk;
  const causes = new Map<CauseName, number>();
  const add = (cause: CauseName, by: number) => causes.set(cause, (causes.get(cause) ?? 0) + by);
  const matched: number[] = [];
  const booked: number[] = [];
  const onHand = { cash: 0, 'money-order': 0 };
  let lines = 0;
  let journalCents = 0;
  /** What the bank holds beside the lines; first the building's own, then also what its statements left out. */
  let beside = 0;
  let isStated = false;
  let row = 0;
  const text = (amount: number) =>
    `${amount < 0 ? '-' : ''}${Math.floor(Math.abs(amount) / 100)}.${String(Math.abs(amount) % 100).padStart(2, '0')}`;
  const bankLine = async (amount: number, memo: string, balance = '') => {
    row++;
    const day = new Date(Date.UTC(2026, 0, row)).toISOString().slice(0, 10);
    await desk.bring('Bank', `Date,Amount,Memo,Balance\n${day},${text(amount)},row ${row} ${memo},${balance}\n`);
    lines += amount;
    return store.read((reader) => listLines(reader, { before: 1e9, limit: 1, state: null, sign: 0, find: null }))[0]!;
  };
  await cash.open(treasurer, 0);
  for (const one of steps) {
    if (one.do === 'bank-in') {
      await bankLine(one.cents, depositReferenceOf(one.seat));
      matched.push(one.cents);
      add('line_matched', one.cents);
    } else if (one.do === 'bank-unknown') {
      await bankLine(one.cents, 'nobody');
      add('line_open', one.cents);
    } else if (one.do === 'bank-out') {
      const line = await bankLine(-one.cents, 'out');
      if (one.cause === undefined) add('line_open', -one.cents);
      else {
        await bank.explain(treasurer, line.id, { cause: one.cause });
        const named = {
          fee: 'line_fee',
          own: 'line_own',
          invoice: 'suppliers',
          redemption: 'redemption_not_booked',
        } as const;
        add(named[one.cause], -one.cents);
      }
    } else if (one.do === 'book') {
      await bank.book(treasurer, 1);
      const amount = matched.shift();
      if (amount === undefined) continue;
      booked.push(amount);
      add('line_matched', -amount);
      journalCents += amount;
    } else if (one.do === 'undo') {
      const [line] = store.read((reader) =>
        listLines(reader, { before: 1e9, limit: 1, state: 'booked', sign: 0, find: null }),
      );
      if (!line) continue;
      await bank.undo(treasurer, line.id);
      const amount = line.amountMicros / cent;
      booked.splice(booked.indexOf(amount), 1);
      add('line_open', amount);
      journalCents -= amount;
    } else if (one.do === 'hand') {
      await treasury.deposit(treasurer, { seat: one.seat, amountMicros: one.cents * cent, reference: `hand ${row++}` });
      add('booked_by_hand', -one.cents);
      journalCents += one.cents;
    } else if (one.do === 'cash' || one.do === 'money-order') {
      const receipt = { seat: one.seat, amountMicros: one.cents * cent };
      if (one.do === 'cash') await cash.take(treasurer, { ...receipt, kind: 'cash' });
      else await cash.take(treasurer, { ...receipt, kind: 'money-order', document: `M-${row++}` });
      onHand[one.do] += one.cents;
      add(one.do === 'cash' ? 'cash_in_till' : 'money_orders_on_hand', -one.cents);
      journalCents += one.cents;
    } else if (one.do === 'carry') {
      const amount = Math.min(one.cents, onHand[one.kind]);
      if (amount <= 0) continue;
      const id = await cash.carry(treasurer, { kind: one.kind, amountMicros: amount * cent });
      onHand[one.kind] -= amount;
      add(one.kind === 'cash' ? 'cash_in_till' : 'money_orders_on_hand', amount);
      if (one.isBanked) {
        const line = await bankLine(amount, 'counter');
        await bank.explain(treasurer, line.id, { cause: one.kind, subjectId: id });
      } else add(one.kind === 'cash' ? 'cash_on_the_way' : 'money_orders_on_the_way', -amount);
    } else if (one.do === 'count') {
      const counted = Math.max(0, onHand.cash + one.offCents);
      await cash.close(treasurer, { countedMicros: counted * cent, reason: 'counted' });
      add('till_difference', counted - onHand.cash);
      await cash.open(treasurer, one.floatCents * cent);
      add('till_float', one.floatCents - counted);
      add('cash_in_till', onHand.cash - one.floatCents);
      onHand.cash = one.floatCents;
    } else if (one.do === 'foreign') {
      await store.act({ name: 'test.foreign', actor: founder }, (tx) =>
        journal.postForeign(
          tx,
          { from: 'issued', to: one.seat, amount: (one.cents * cent) as Micros },
          { noun: 'transfer', id: 'x' },
        ),
      );
      add('foreign', -one.cents);
      journalCents += one.cents;
    } else {
      add(isStated ? 'statement_gap' : 'own_money', one.offCents);
      isStated = true;
      beside += one.offCents;
      await bankLine(1, 'said', text(lines + 1 + beside));
      add('line_open', 1);
    }
  }
  return { causes, bankCents: lines + beside, journalCents };
}

const pairOf = (pairs: readonly Pair[], id: Pair['id']) => pairs.find((pair) => pair.id === id)!;

describe('reconciliation', () => {
  it('names every cause of the difference between bank and journal, and they add up to it exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const desk = await createDeskFixture(seats);
        try {
          const { causes, bankCents, journalCents } = await play(desk, steps);
          const figures = desk.store.read(readFigures);
          const pair = pairOf(reconcile(figures, undefined), 'bank-journal');
          assert.equal(pair.leftMicros, bankCents * cent);
          assert.equal(pair.rightMicros, journalCents * cent);
          assert.equal(pair.unexplainedMicros, 0);
          assert.equal(
            pair.causes.reduce((sum, { amountMicros }) => sum + amountMicros, 0),
            (bankCents - journalCents) * cent,
          );
          const named = Object.fromEntries(pair.causes.map(({ cause, amountMicros }) => [cause, amountMicros / cent]));
          assert.deepEqual(named, Object.fromEntries([...causes].filter(([, amount]) => amount !== 0)));
        } finally {
          desk.dispose();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('says what no cause accounts for', async () => {
    const desk = await createDeskFixture(seats);
    await desk.treasury.deposit(desk.treasurer, { seat: 1, amountMicros: 5_000_000, reference: 'A' });
    const figures = desk.store.read(readFigures);
    const chain = { supplyMicros: 0, reserveMicros: 0, mintedMicros: 0 };
    assert.equal(driftOf(reconcile(figures, chain)), 0);
    const minted = reconcile(figures, { ...chain, supplyMicros: 1, mintedMicros: 0 });
    assert.equal(pairOf(minted, 'journal-chain').unexplainedMicros, -1);
    assert.equal(driftOf(minted), 1);
    // Minted on chain and not noted here yet is no drift.
    assert.equal(driftOf(reconcile(figures, { ...chain, supplyMicros: 5_000_000, mintedMicros: 5_000_000 })), 0);
    assert.deepEqual(desk.store.read(lineStates), []);
    desk.dispose();
  });
});

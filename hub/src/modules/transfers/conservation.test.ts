import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { checkBooks, createJournal, type HoldOwner } from '../../journal/index.ts';
import { isStoopError } from '../../platform/errors.ts';
import { type Micros, system, type Tx } from '../../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';

const seats = [1, 2, 3];
const micros = (value: number) => value as Micros;

interface Underway {
  readonly kind: 'transfer' | 'redemption';
  readonly seat: number;
  readonly to: number;
  readonly amount: number;
  readonly hold: string;
  /** What the chain has done: nothing, taken it, or (a redemption) ended it. */
  state: 'here' | 'sent' | 'taken';
}

/** One step of a building's life, whatever it meets; `at` picks among what is under way. */
const step = fc.record({
  do: fc.constantFrom(
    'deposit',
    'send',
    'ask',
    'leave',
    'settle',
    'void',
    'pay',
    'return',
    'foreignOut',
    'foreignIn',
    'foreignAcross',
    'charge',
    'correct',
    'correctVoid',
    'redeemOwn',
  ),
  seat: fc.constantFrom(...seats),
  to: fc.constantFrom(...seats),
  amount: fc.integer({ min: 1, max: 40 }),
  at: fc.nat({ max: 20 }),
});

/**
 * The chain is played beside the journal by its own plain rules; after every step each place of the journal holds exactly
 * what the chain holds there, whatever was interleaved.
 */
describe('money under way', () => {
  let temp: TempStore;
  before(async () => {
    temp = await createTempStore();
  });
  after(() => temp.dispose());

  it('is conserved, and equals the chain, under any interleaving of transfers, redemptions, voids and foreign movements', async () => {
    let life = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const base = ++life * 100;
        const started = places();
        const chain = { seats: new Map<number, number>(), clearing: 0, redeeming: 0, supply: 0 };
        const onChain = (seat: number) => chain.seats.get(seat) ?? 0;
        const put = (seat: number, amount: number) => chain.seats.set(seat, onChain(seat) + amount);
        const underway: Underway[] = [];
        let leaving = 0;
        const voided = new Set<string>();
        const owner = (noun: string): HoldOwner => ({
          noun,
          canVoid: (_, { id }) => underway.some((one) => one.hold === id && one.state === 'here'),
          voided: (_, { id }) => void voided.add(id),
        });
        const journal = createJournal('FUSD', () => [owner('transfer'), owner('redemption')]);
        const about = (noun: string) => ({ noun, id: 'x' });
        const act = async (work: (tx: Tx) => void): Promise<boolean> => {
          try {
            await temp.store.act({ name: 'money.test', actor: system('test') }, work);
            return true;
          } catch (error) {
            if (isStoopError(error, 'not_enough_money') || isStoopError(error, 'account_short')) return false;
            throw error;
          }
        };
        const pick = (at: number, ...states: Underway['state'][]) => {
          const open = underway.filter((one) => states.includes(one.state) && !voided.has(one.hold));
          return open[at % Math.max(1, open.length)];
        };
        const drop = (one: Underway) => underway.splice(underway.indexOf(one), 1);

        for (const { do: what, seat: place, to: other, amount, at } of steps) {
          const [seat, to] = [base + place, base + other];
          if (what === 'deposit') {
            await act((tx) => void journal.deposit(tx, seat, micros(amount), about('deposit')));
            put(seat, amount);
            chain.supply += amount;
          } else if ((what === 'send' && seat !== to) || what === 'ask') {
            const kind = what === 'send' ? 'transfer' : 'redemption';
            let hold = '';
            if (
              await act((tx) => {
                hold = journal.hold(tx, seat, micros(amount), about(kind));
              })
            )
              underway.push({ kind, seat, to, amount, hold, state: 'here' });
          } else if (what === 'leave') {
            const one = pick(at, 'here');
            if (one) one.state = 'sent';
          } else if (what === 'settle') {
            const one = pick(at, 'sent');
            // The token takes nothing that is not there.
            if (!one || onChain(one.seat) < one.amount) continue;
            put(one.seat, -one.amount);
            if (one.kind === 'transfer') {
              put(one.to, one.amount);
              await act((tx) => void journal.pay(tx, one.hold, one.to));
              drop(one);
            } else {
              chain.redeeming += one.amount;
              await act((tx) => void journal.pay(tx, one.hold, 'redeeming'));
              one.state = 'taken';
            }
          } else if (what === 'void') {
            const one = pick(at, 'here', 'sent');
            if (!one) continue;
            await act((tx) => journal.release(tx, one.hold, 'expired'));
            drop(one);
          } else if (what === 'pay' || what === 'return') {
            const one = pick(at, 'taken');
            if (!one) continue;
            chain.redeeming -= one.amount;
            if (what === 'pay') chain.supply -= one.amount;
            else put(one.seat, one.amount);
            const end =
              what === 'pay'
                ? ({ kind: 'redemption', to: 'issued' } as const)
                : ({ kind: 'reversal', to: one.seat } as const);
            await act(
              (tx) => void journal.move(tx, { ...end, from: 'redeeming', amount: micros(one.amount) }, about('x')),
            );
            drop(one);
          } else if (what === 'foreignOut' && onChain(seat) >= amount) {
            put(seat, -amount);
            await act((tx) => journal.postForeign(tx, { from: seat, amount: micros(amount) }, about('foreign')));
          } else if (what === 'foreignIn') {
            put(seat, amount);
            await act((tx) => journal.postForeign(tx, { to: seat, amount: micros(amount) }, about('foreign')));
          } else if (what === 'foreignAcross' && seat !== to && onChain(seat) >= amount) {
            put(seat, -amount);
            put(to, amount);
            await act((tx) => journal.postForeign(tx, { from: seat, to, amount: micros(amount) }, about('foreign')));
          } else if (what === 'charge' && onChain(seat) >= amount) {
            const isDone = await act((tx) => {
              journal.charge(tx, journal.hold(tx, seat, micros(amount), about('order')));
            });
            if (!isDone) continue;
            put(seat, -amount);
            chain.clearing += amount;
          } else if (what === 'correct' || what === 'redeemOwn') {
            const move = { kind: 'charge', from: 'clearing', to: 'leaving', amount: micros(amount) } as const;
            if (chain.clearing - leaving < amount) continue;
            await act((tx) => void journal.move(tx, move, about('correction')));
            leaving += amount;
            if (at % 2 === 1) continue;
            leaving -= amount;
            chain.clearing -= amount;
            if (what === 'correct') put(seat, amount);
            else chain.supply -= amount;
            const end = what === 'correct' ? seat : ('issued' as const);
            await act(
              (tx) =>
                void journal.move(
                  tx,
                  { kind: 'charge', from: 'leaving', to: end, amount: micros(amount) },
                  about('correction'),
                ),
            );
          } else if (what === 'correctVoid' && leaving >= amount) {
            leaving -= amount;
            const back = { kind: 'reversal', from: 'leaving', to: 'clearing', amount: micros(amount) } as const;
            await act((tx) => void journal.move(tx, back, about('correction')));
          }
          for (const one of seats.map((number) => base + number)) {
            const { availableMicros, heldMicros } = temp.store.read((reader) => journal.balance(reader, one));
            assert.equal(availableMicros + heldMicros, onChain(one), `seat ${one} after ${what}`);
          }
          const now = places();
          assert.equal(now.clearing + now.leaving - started.clearing - started.leaving, chain.clearing, what);
          assert.equal(now.redeeming - started.redeeming, chain.redeeming, what);
          assert.equal(now.issued - started.issued, chain.supply, what);
        }
        assert.deepEqual(temp.store.read(checkBooks), []);
      }),
      { numRuns: 60 },
    );
  });

  const places = () =>
    temp.store.read((reader) => {
      const of = (name: string) =>
        reader
          .prepare(
            'SELECT COALESCE(SUM(balance_micros), 0) AS micros FROM accounts WHERE owner = @owner AND kind <> @owed',
          )
          .get<{ micros: number }>({ owner: `hub:${name}`, owed: 'owed' })!.micros;
      return { clearing: of('clearing'), leaving: of('leaving'), redeeming: of('redeeming'), issued: -of('issued') };
    });
});

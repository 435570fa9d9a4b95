import { join } from 'node:path';
import { createJournal } from '../../../../journal/index.ts';
import { outbox } from '../../../../outbox/index.ts';
import type { Clock } from '../../../../platform/clock.ts';
import { fail } from '../../../../platform/errors.ts';
import { type Hex, type Micros, type OnChain, type Reader, system, type Tx } from '../../../../platform/ports/index.ts';
import { createWorkers } from '../../../../platform/workers.ts';
import { addressOf, createPrivateKey, digest, fieldsOf, signDigest } from '../../../../signing/index.ts';
import { createTempStore } from '../../../../store/testing/temp-store.ts';
import { addGood, addSupplier, type NewGood } from '../../../suppliers/index.ts';
import { holdOwner } from '../../execution.ts';
import { linesOf } from '../../orders.store.ts';
import { putBasket } from '../basket.ts';
import { closeCycle } from '../closings.ts';
import { findCycle } from '../cycle.store.ts';
import { addArticle, createCycle, putMinimum } from '../cycle.ts';
import { cycleOrders } from '../cycle-orders.ts';
import { basketView, fillView } from '../cycle-view.ts';
import type { Basket, NewArticle, NewCycle, Step } from '../cycles.schema.ts';
import { type FillDeps, fillCycleNow } from '../filling.ts';
import { stepCycle } from '../steps.ts';
import { turnCycles } from '../turn.ts';

const address = (digit: string): Hex => `0x${digit.repeat(40)}`;
const onChain: OnChain = {
  chainId: 31999,
  hubId: `0x${'11'.repeat(32)}`,
  foodUsd: address('a'),
  groupBuying: address('b'),
  seatRegistry: address('c'),
  contracts: {},
  clearing: address('e'),
};

export const dayMs = 86_400_000;
const coordinatorSeat = 1;
const dailyLimitMicros = 2_000_000_000;

/** What a test offers: a good of a supplier by its number, and what this cycle says of it. */
export interface Offer extends Omit<NewArticle, 'goodId'>, Partial<Pick<NewGood, 'unitPriceMicros' | 'unitsPerCase'>> {
  readonly supplier?: number;
}

/** Cycles over a real store, journal, worker and keys, without a chain; the clock stands until it is moved. */
export async function createCycleHouse(seatCount: number, depositMicros = 1_000_000_000) {
  let nowMs = Date.UTC(2026, 10, 23, 9);
  let isTrusted = true;
  let signatures = 0;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const temp = await createTempStore(clock);
  const { store } = temp;
  const journal = createJournal('FUSD', () => [holdOwner]);
  const workers = createWorkers(1);
  const seats = Array.from({ length: seatCount }, (_, index) => index + 1);
  const keys = new Map(seats.map((seat) => [seat, createPrivateKey()]));
  const deps: FillDeps = {
    store,
    journal,
    clock,
    workers,
    storePath: join(temp.dir, 'stoop.db'),
    isClockTrusted: () => isTrusted,
    onChain: () => onChain,
    mintsOnTheWay: () => [],
    assertWithinLimit(_reader, _seat, amountMicros, field) {
      if (amountMicros > dailyLimitMicros) throw fail('above_daily_limit', { field, limitMicros: dailyLimitMicros });
    },
    isWithinLimit: (_reader, _seat, amountMicros) => amountMicros <= dailyLimitMicros,
    members: {
      async sign({ seat }, domain, message) {
        signatures++;
        return signDigest(digest(domain, message), keys.get(seat!)!);
      },
      addressOf: (_reader, seat) => addressOf(keys.get(seat)!),
      outgoingWaitsUntil: () => undefined,
    },
  };
  const act = <T>(work: (tx: Tx) => T) => store.act({ name: 'test', actor: system('test') }, work);
  const read = <T>(work: (reader: Reader) => T) => store.read(work);
  const by = (seat: number) => ({ actor: { seat, roles: seat === coordinatorSeat ? (['coordinator'] as const) : [] } });
  const suppliers = await act((tx) => {
    for (const seat of seats) journal.deposit(tx, seat, depositMicros as Micros, { noun: 'deposit', id: `d${seat}` });
    return [0, 1, 2].map((number) => addSupplier(tx, { name: `Supplier ${number}` }).id);
  });
  let goods = 0;

  async function offer(
    cycleId: string,
    { supplier = 0, unitPriceMicros = 2_000_000, unitsPerCase = 6, ...said }: Offer,
  ) {
    const good = await act((tx) => {
      const title = `Good ${++goods}`;
      return addGood(tx, { supplierId: suppliers[supplier]!, title, unit: 'bag', unitPriceMicros, unitsPerCase });
    });
    return addArticle(deps, by(coordinatorSeat), cycleId, { goodId: good.id, ...said });
  }

  const cycleOf = (id: string) => read((reader) => findCycle(reader, id)!);
  const basketOf = (id: string, seat: number) => read((reader) => basketView(reader, cycleOf(id), seat));

  return {
    temp,
    deps,
    seats,
    act,
    read,
    journal,
    by,
    suppliers,
    cycleOf,
    basketOf,
    nowMs: () => nowMs,
    pass(ms: number) {
      nowMs += ms;
    },
    trust(value: boolean) {
      isTrusted = value;
    },
    signatures: () => signatures,
    clearing: onChain.clearing,
    turn: () => turnCycles(deps),
    /** Of the cycle's lines, in the order in which they were joined. */
    intentsOf: (reader: Reader, id: string) =>
      cycleOrders(reader, findCycle(reader, id)!).flatMap((order) =>
        linesOf(reader, order.rowId).map(({ intentId }) => outbox.find(reader, intentId)!),
      ),

    /** A cycle that is open: last call in a day, the end a day later. Answers its id and its articles' ids. */
    async opened(offers: readonly Offer[], more: Partial<NewCycle> = {}, minimums: readonly number[] = []) {
      const id = await createCycle(deps, by(coordinatorSeat), {
        title: 'Saturday',
        lastCallAtMs: nowMs + dayMs,
        closesAtMs: nowMs + 2 * dayMs,
        pickupFromMs: nowMs + 4 * dayMs,
        pickupToMs: nowMs + 4 * dayMs,
        policy: 'first-come',
        setsAside: 'at-commit',
        creditLimitMicros: 0,
        ifMissed: 'cancel',
        markupBasisPoints: 0,
        ...more,
      });
      const articles: string[] = [];
      for (const one of offers) articles.push(await offer(id, one));
      for (const [index, minimumMicros] of minimums.entries()) {
        await putMinimum(deps, by(coordinatorSeat), id, suppliers[index]!, minimumMicros);
      }
      await stepCycle(deps, by(coordinatorSeat), id, { to: 'open' });
      return { id, articles };
    },

    /** Puts the seat's basket in the place of what it is now; wishes by article as `[atLeast, want, upTo]`. */
    put(id: string, seat: number, wishes: Readonly<Record<string, readonly [number, number, number]>>) {
      const items: Basket['items'] = Object.entries(wishes).map(([articleId, [atLeast, want, upTo]]) => ({
        articleId,
        atLeast,
        want,
        upTo,
      }));
      return putBasket(deps, by(seat), id, { revision: basketOf(id, seat).revision, items });
    },
    step: (id: string, step: Step) => stepCycle(deps, by(coordinatorSeat), id, step),
    fill: (id: string) => fillCycleNow(deps, by(coordinatorSeat), id),
    filling: (id: string) => read((reader) => fillView(reader, cycleOf(id), { limit: 1000 })),
    /** Signs and charges; `cutAfter` so many orders the power goes. */
    async close(id: string, { cutAfter = Number.POSITIVE_INFINITY } = {}) {
      const { revision } = read((reader) => fillView(reader, cycleOf(id), { limit: 1 }));
      let executed = 0;
      const cut: FillDeps = {
        ...deps,
        store: {
          ...store,
          act(action, work) {
            if (action.name === 'cycle.execute' && executed++ >= cutAfter) throw new Error('the power went');
            return store.act(action, work);
          },
        },
      };
      await closeCycle(cut, by(coordinatorSeat), id, revision);
    },
    balance: (seat: number) => read((reader) => journal.balance(reader, seat)),
    /** What each live line signed and holds or paid. */
    lines: (id: string) =>
      read((reader) =>
        reader
          .prepare(`SELECT l.seat, o.supplier_id AS supplierId, l.amount_micros AS amountMicros, l.state, l.reason,
              i.message, o.closing FROM order_lines l JOIN orders o ON o.id = l.order_id
              JOIN cycles c ON c.id = o.cycle_id JOIN intents i ON i.public_id = l.intent_id
            WHERE c.public_id = @id ORDER BY l.id`)
          .all<{
            seat: number;
            supplierId: string;
            amountMicros: number;
            state: string;
            reason: string | null;
            message: string;
            closing: string | null;
          }>({ id })
          .map(({ message, closing, ...line }) => ({
            ...line,
            signedMicros: fieldsOf(JSON.parse(message), 'Spend').maxAmount,
            closing: closing ? (JSON.parse(closing).closing as { total: number; itemsHash: Hex }) : undefined,
          })),
      ),
    async dispose() {
      await workers.stop();
      temp.dispose();
    },
  };
}

export type CycleHouse = Awaited<ReturnType<typeof createCycleHouse>>;

import { v7 as uuidv7 } from 'uuid';
import { timesUnits } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, OnChain, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { foodUsdDomain, message } from '../../signing/index.ts';
import { findGood, findSupplier } from '../suppliers/index.ts';
import type { SignedMoneyDeps } from '../treasury/index.ts';
import { executeIfFull, leaveQuietly } from './execution.ts';
import type { NewOrder } from './orders.schema.ts';
import {
  findLine,
  findSimpleOrder,
  insertOrder,
  linesInState,
  type OrderRow,
  putLine,
  setLine,
  setOrderState,
  touchOrder,
} from './orders.store.ts';
import { chainGraceMs, createSpend, createTerms } from './terms.ts';

export interface OrdersDeps extends SignedMoneyDeps {
  readonly store: Store;
  readonly isClockTrusted: () => boolean;
  /** Whether the seat could send so much in one day. */
  readonly isWithinLimit: (reader: Reader, seat: SeatNumber, amountMicros: number) => boolean;
}

/** One intention of a caller, with what its idempotency key covers. */
export interface Intention {
  readonly actor: Actor & { readonly seat: SeatNumber };
  readonly idempotencyKey?: string;
}

export interface Orders {
  open(intention: Intention, order: NewOrder): Promise<string>;
  join(intention: Intention, orderId: string, units: number): Promise<void>;
  change(intention: Intention, orderId: string, units: number): Promise<void>;
  leave(intention: Intention, orderId: string): Promise<void>;
  cancel(intention: Intention, orderId: string): Promise<void>;
}

/** One order settles in one call, and a call takes at most so many signatures. */
const linesMax = 200;

const shortestMs = 60_000;
const longestMs = 366 * 24 * 60 * 60 * 1000;

export function createOrders(deps: OrdersDeps): Orders {
  const { store, journal, members } = deps;

  function founded(): OnChain {
    const onChain = deps.onChain();
    if (!onChain) throw fail('not_founded');
    return onChain;
  }

  function assertOpen(order: OrderRow | undefined): asserts order is OrderRow {
    if (!order) throw fail('not_found', { noun: 'order' });
    if (order.state !== 'open') throw fail('order_closed');
    // While nobody is sure of the time a deadline closes nothing.
    if (deps.isClockTrusted() && order.deadlineAtMs <= deps.clock.nowMs()) throw fail('order_closed');
  }

  /** Signs before the unit of work (the key may have to be waited for) and checks inside it that nothing moved. */
  async function putMyLine(intention: Intention, name: string, orderId: string, units: number): Promise<void> {
    const { actor, idempotencyKey } = intention;
    const { order, revision } = store.read((reader) => {
      const found = findSimpleOrder(reader, orderId);
      if (!found) throw fail('not_found', { noun: 'order' });
      return { order: found, revision: (findLine(reader, found.rowId, actor.seat)?.revision ?? 0) + 1 };
    });
    const amount = timesUnits(order.unitPriceMicros, units, 'units');
    store.read((reader) => deps.assertWithinLimit(reader, actor.seat, amount, 'units'));
    if (amount > order.targetMicros) {
      throw fail('bad_request', { field: 'units', rule: 'one line must not exceed the whole target' });
    }
    const onChain = founded();
    const line = { seat: actor.seat, amountMicros: amount, revision };
    const spend = message('Spend', createSpend(order, line, onChain));
    const signature = await members.sign(actor, foodUsdDomain(onChain.chainId, onChain.foodUsd), spend);

    await store.act({ name, actor, idempotencyKey, body: { orderId, units } }, (tx) => {
      const current = findSimpleOrder(tx, orderId);
      assertOpen(current);
      const before = findLine(tx, current.rowId, actor.seat);
      const isIn = before?.state === 'set-aside';
      if (name === 'order.join' && isIn) throw fail('already_joined');
      if (name === 'order.change' && !isIn) throw fail('not_joined');
      if ((before?.revision ?? 0) + 1 !== revision) throw fail('conflict', { noun: 'line' });
      if (!isIn && current.joinedCount >= linesMax) throw fail('order_full', { limit: linesMax });
      if (before && isIn) leaveQuietly(tx, journal, before, 'changed');
      const holdId = journal.hold(tx, actor.seat, amount, { noun: 'order', id: orderId });
      const intentId = outbox.add(tx, {
        lane: 'orders',
        subject: current.subject,
        seat: actor.seat,
        message: spend,
        authorisations: [{ by: 'member', seat: actor.seat, address: members.addressOf(tx, actor.seat)!, signature }],
        notBeforeMs: members.outgoingWaitsUntil(tx, actor.seat),
        validUntilMs: current.deadlineAtMs + chainGraceMs,
        after: deps.mintsOnTheWay(tx, actor.seat),
      });
      putLine(tx, {
        orderId: current.rowId,
        seat: actor.seat,
        revision,
        units,
        amountMicros: amount,
        maxMicros: amount,
        holdId,
        intentId,
        state: 'set-aside',
      });
      tx.audit({ order: orderId, amountMicros: amount });
      executeIfFull(tx, journal, findSimpleOrder(tx, orderId)!);
      touchOrder(tx, current);
    });
  }

  return {
    /** Opens an order for the building. Answers its id. Throws `bad_request` naming the field, `not_founded`. */
    async open({ actor, idempotencyKey }, order) {
      return store.act({ name: 'order.open', actor, idempotencyKey, body: order }, (tx) => {
        checkNewOrder(tx, order);
        const onChain = founded();
        const id = uuidv7();
        const closer = members.addressOf(tx, actor.seat);
        if (!closer) throw fail('not_found', { noun: 'seat' });
        const { terms, ...bound } = createTerms(order, id, onChain, closer);
        insertOrder(tx, {
          ...order,
          id,
          kind: 'simple',
          openedBySeat: actor.seat,
          terms: JSON.stringify(terms),
          ...bound,
        });
        tx.changed('order', id, 1);
        tx.audit({ order: id });
        return id;
      });
    },

    /** Sets the line's money aside and signs for it. At the target the order executes by itself. */
    join: (intention, orderId, units) => putMyLine(intention, 'order.join', orderId, units),

    /** Another number of units: the old line's money returns, the new is set aside, in one unit of work. */
    change: (intention, orderId, units) => putMyLine(intention, 'order.change', orderId, units),

    async leave({ actor, idempotencyKey }, orderId) {
      await store.act({ name: 'order.leave', actor, idempotencyKey, body: { orderId } }, (tx) => {
        const order = findSimpleOrder(tx, orderId);
        assertOpen(order);
        const line = findLine(tx, order.rowId, actor.seat);
        if (line?.state !== 'set-aside') throw fail('not_joined');
        leaveQuietly(tx, journal, line, 'left');
        setLine(tx, line.id, 'left');
        touchOrder(tx, order);
        tx.audit({ order: orderId });
      });
    },

    /** The opener while nobody else joined, a coordinator any time before it executes. */
    async cancel({ actor, idempotencyKey }, orderId) {
      await store.act({ name: 'order.cancel', actor, idempotencyKey, body: { orderId } }, (tx) => {
        const order = findSimpleOrder(tx, orderId);
        if (!order) throw fail('not_found', { noun: 'order' });
        if (order.state !== 'open' && order.state !== 'awaiting-closing') throw fail('order_closed');
        const lines = linesInState(tx, order.rowId, 'set-aside');
        const isOwn = order.openedBySeat === actor.seat && lines.every((line) => line.seat === actor.seat);
        if (!isOwn && !actor.roles.includes('coordinator')) throw fail('not_allowed', { needs: 'a coordinator' });
        for (const line of lines) {
          leaveQuietly(tx, journal, line, 'cancelled');
          setLine(tx, line.id, 'void', 'cancelled');
        }
        setOrderState(tx, order.rowId, 'cancelled', 'cancelled');
        touchOrder(tx, order);
        tx.audit({ order: orderId });
      });
    },
  };
}

function checkNewOrder(tx: Tx, order: NewOrder): void {
  if (!findSupplier(tx, order.supplierId)) throw fail('bad_request', { field: 'supplierId', rule: 'is unknown' });
  if (order.goodId && findGood(tx, order.goodId)?.supplierId !== order.supplierId) {
    throw fail('bad_request', { field: 'goodId', rule: 'is not of this supplier' });
  }
  const aheadMs = order.deadlineAtMs - tx.nowMs;
  if (aheadMs < shortestMs || aheadMs > longestMs) {
    throw fail('bad_request', { field: 'deadlineAtMs', rule: 'must be between one minute and one year from now' });
  }
  if (order.targetMicros < order.unitPriceMicros) {
    throw fail('bad_request', { field: 'targetMicros', rule: 'must be at least the price of one unit' });
  }
}

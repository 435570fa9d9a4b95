import type { Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Hex, OnChain, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { type Closing, foodUsdDomain, itemsHash, message } from '../../signing/index.ts';
import type { MoneyMembers } from '../treasury/index.ts';
import { execute, failOrder, leaveQuietly } from './execution.ts';
import {
  findSimpleOrder,
  type LineRow,
  linesInState,
  type OrderRow,
  setClosing,
  setLine,
  touchOrder,
} from './orders.store.ts';
import type { Intention, OrdersDeps } from './orders.ts';

/** The opener's word on who pays what: kept with the order, sent beside its spends. */
export interface SignedClosing {
  readonly closing: Closing;
  readonly signature: Hex;
}

interface ClosingDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly members: MoneyMembers;
  readonly onChain: () => OnChain | undefined;
  readonly isWithinLimit: OrdersDeps['isWithinLimit'];
}

/** A line above what its seat may send in a day by now would keep the others from settling: the closing is without it. */
function linesToClose(reader: Reader, order: OrderRow, isWithinLimit: ClosingDeps['isWithinLimit']) {
  const { paying = [], leftOut = [] } = Object.groupBy(linesInState(reader, order.rowId, 'set-aside'), (line) =>
    isWithinLimit(reader, line.seat, line.amountMicros) ? 'paying' : 'leftOut',
  );
  return { paying, leftOut };
}

/**
 * Closes an *at last call* order past its deadline: the opener signs the `Closing`, then it executes.
 * Throws `order_closed` unless it awaits that, `not_allowed` for anybody else, `grant_needed`.
 */
export async function closeOrder(deps: ClosingDeps, intention: Intention, orderId: string): Promise<void> {
  const { store, journal, members, isWithinLimit } = deps;
  const { actor, idempotencyKey } = intention;
  const onChain = deps.onChain();
  if (!onChain) throw fail('not_founded');
  const closing = store.read((reader) => {
    const order = findSimpleOrder(reader, orderId);
    if (!order) throw fail('not_found', { noun: 'order' });
    if (order.openedBySeat !== actor.seat) throw fail('not_allowed', { needs: 'the one who opened the order' });
    return closingFor(order, linesToClose(reader, order, isWithinLimit).paying, onChain);
  });
  const domain = foodUsdDomain(onChain.chainId, onChain.foodUsd);
  const signature = await members.sign(actor, domain, message('Closing', closing));
  await store.act({ name: 'order.close', actor, idempotencyKey, body: { orderId } }, (tx) => {
    const order = findSimpleOrder(tx, orderId)!;
    if (order.state !== 'awaiting-closing') throw fail('order_closed');
    const { paying: lines, leftOut } = linesToClose(tx, order, isWithinLimit);
    if (closingFor(order, lines, onChain).itemsHash !== closing.itemsHash) throw fail('conflict', { noun: 'order' });
    tx.audit({ order: orderId, totalMicros: closing.total });
    for (const line of leftOut) {
      leaveQuietly(tx, journal, line, 'above_daily_limit');
      setLine(tx, line.id, 'void', 'above_daily_limit');
    }
    if (closing.total < order.targetMicros) {
      failOrder(tx, journal, order, 'target_not_reached');
      touchOrder(tx, order);
      return;
    }
    const closer = { seat: actor.seat, address: members.addressOf(tx, actor.seat)! };
    keepClosing(tx, order, { closing, signature });
    authoriseClosing(tx, lines, { closing, signature }, closer);
    execute(tx, journal, order);
    touchOrder(tx, order);
  });
}

/** What the closer of an order signs: who pays what, to the co-op's clearing account. */
export function closingFor(
  order: OrderRow,
  dues: readonly Pick<LineRow, 'seat' | 'amountMicros'>[],
  onChain: OnChain,
): Closing {
  const items = dues.map(({ seat, amountMicros }) => ({ seat, amount: amountMicros }));
  return {
    subject: order.subject,
    termsHash: order.termsHash,
    itemsHash: itemsHash(items),
    total: items.reduce((sum, item) => sum + item.amount, 0),
    payee: onChain.clearing,
  };
}

export const keepClosing = (tx: Tx, order: OrderRow, signed: SignedClosing): void =>
  setClosing(tx, order.rowId, JSON.stringify(signed));

/** The closer's word beside the spends that it closes. */
export function authoriseClosing(
  tx: Tx,
  lines: readonly Pick<LineRow, 'intentId'>[],
  { closing, signature }: SignedClosing,
  closer: { readonly seat: SeatNumber; readonly address: Hex },
): void {
  for (const { intentId } of lines) {
    outbox.authorise(tx, intentId, { by: 'member', ...closer, signature, message: message('Closing', closing) });
  }
}

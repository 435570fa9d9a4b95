import type { HoldOwner, Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Reader, Tx } from '../../platform/ports/index.ts';
import { dropClaims } from './cycles/drop-claims.ts';
import {
  dueOrders,
  findOrder,
  type LineRow,
  lineOfHold,
  linesInState,
  type OrderRow,
  setLine,
  setOrderState,
  touchOrder,
} from './orders.store.ts';

/** How long the opener may take to close an order that reached its target. */
export const closingGraceMs = 7 * 24 * 60 * 60 * 1000;

/** Gives a line's money back and takes its signature out of the outbox; the line's own state is the caller's. */
export function leaveQuietly(
  tx: Tx,
  journal: Journal,
  line: Pick<LineRow, 'holdId' | 'intentId'>,
  reason: string,
): void {
  if (line.holdId) journal.release(tx, line.holdId, reason);
  outbox.withdraw(tx, line.intentId, reason);
}

/** At its target an *at target* order executes by itself: holds become charges, signatures go to the lane. */
export function executeIfFull(tx: Tx, journal: Journal, order: OrderRow): void {
  if (order.executes === 'at-target' && order.committedMicros >= order.targetMicros) execute(tx, journal, order);
}

/** Every line is charged and queued, or none: the caller's unit of work is one transaction. */
export function execute(tx: Tx, journal: Journal, order: OrderRow): void {
  for (const line of linesInState(tx, order.rowId, 'set-aside')) {
    journal.charge(tx, line.holdId!);
    outbox.queue(tx, line.intentId);
    setLine(tx, line.id, 'charged');
  }
  setOrderState(tx, order.rowId, 'executing');
}

/** Whether anything falls due at `nowMs`, so that a quiet minute writes nothing. */
export function hasDueOrders(reader: Reader, nowMs: number): boolean {
  return (
    dueOrders(reader, 'open', nowMs).length + dueOrders(reader, 'awaiting-closing', nowMs - closingGraceMs).length > 0
  );
}

/** What falls due at `tx.nowMs`, in the order of the deadlines. Answers how many orders changed. */
export function closeDueOrders(tx: Tx, journal: Journal): number {
  const reached = dueOrders(tx, 'open', tx.nowMs);
  for (const order of reached) {
    const isWaiting = order.executes === 'at-last-call' && order.committedMicros >= order.targetMicros;
    if (isWaiting) setOrderState(tx, order.rowId, 'awaiting-closing');
    else failOrder(tx, journal, order, 'target_not_reached');
    touchOrder(tx, order);
  }
  const forgotten = dueOrders(tx, 'awaiting-closing', tx.nowMs - closingGraceMs);
  for (const order of forgotten) {
    failOrder(tx, journal, order, 'not_closed_in_time');
    touchOrder(tx, order);
  }
  return reached.length + forgotten.length;
}

/** Gives everything back that is set aside for it. */
export function failOrder(tx: Tx, journal: Journal, order: OrderRow, reason: string): void {
  for (const line of linesInState(tx, order.rowId, 'set-aside')) {
    leaveQuietly(tx, journal, line, reason);
    setLine(tx, line.id, 'void', reason);
  }
  setOrderState(tx, order.rowId, 'failed', reason);
}

/** The journal voided a hold of ours because the member's account is short: the line goes with it. */
export const holdOwner: HoldOwner = {
  noun: 'order',
  voided(tx, hold, reason) {
    const line = lineOfHold(tx, hold.id);
    const order = findOrder(tx, hold.subjectId);
    if (!line || !order) return;
    outbox.withdraw(tx, line.intentId, reason);
    setLine(tx, line.id, 'void', reason);
    if (order.kind === 'cycle') dropClaims(tx, order, line.seat, reason);
    touchOrder(tx, order);
  },
};

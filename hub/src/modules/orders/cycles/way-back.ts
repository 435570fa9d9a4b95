import { type Journal, positiveMicros } from '../../../journal/index.ts';
import { outbox } from '../../../outbox/index.ts';
import { fail, isStoopError } from '../../../platform/errors.ts';
import { type Actor, type Reader, system, type Tx } from '../../../platform/ports/index.ts';
import { leaveQuietly } from '../execution.ts';
import {
  findOrder,
  type LineRow,
  linesInState,
  linesOf,
  type OrderRow,
  setClosing,
  setLine,
  setLineAmount,
  setOrderState,
  touchOrder,
} from '../orders.store.ts';
import type { OrdersDeps } from '../orders.ts';
import { articlesAt } from './article.store.ts';
import { claimsOf } from './claims.store.ts';
import { type CycleRow, cycleAt } from './cycle.store.ts';
import { cycleOrders } from './cycle-orders.ts';
import { dropClaims } from './drop-claims.ts';
import { worstCases } from './worst-case.ts';

/** Why a line of a closed cycle ended: its member got nothing of that supplier. */
export const notFilled = 'not_filled';

/** Throws `already_sent` once bytes of any of its spends may be on their way. */
function assertNothingLeft(reader: Reader, orders: readonly OrderRow[]): void {
  for (const order of orders) {
    const isHere = (line: LineRow) => outbox.find(reader, line.intentId)?.state === 'queued';
    const hasLeft =
      linesInState(reader, order.rowId, 'recorded').length > 0 ||
      !linesInState(reader, order.rowId, 'charged').every(isHere);
    if (hasLeft) throw fail('already_sent', { noun: 'cycle' });
  }
}

/** So many lines in a unit of work, that nobody waits for it. */
const linesAtOnce = 25;

/**
 * Takes back what closings charged: every line is set aside again for its worst case, under what its member signed. What
 * was interrupted goes on where it stood; nothing leaves meanwhile, for what is left is no longer what was closed.
 */
export async function takeBackOrders(
  { store, journal }: OrdersDeps,
  actor: Actor,
  { rowId }: CycleRow,
  which: 'all' | 'cut' = 'all',
): Promise<void> {
  const isMeant = ({ state, closing }: OrderRow) => (state === 'open' ? closing !== null : which === 'all');
  const closed = store.read((reader) => {
    const orders = cycleOrders(reader, { rowId }).filter(isMeant);
    assertNothingLeft(reader, orders);
    return orders;
  });
  for (const { id } of closed) {
    const takeBackSome = (tx: Tx): boolean => {
      const order = findOrder(tx, id)!;
      assertNothingLeft(tx, [order]);
      const lines = linesOf(tx, order.rowId).filter(
        ({ state, reason }) => state === 'charged' || (state === 'void' && reason === notFilled),
      );
      const cycle = cycleAt(tx, rowId);
      for (const line of lines.slice(0, linesAtOnce)) setAsideAgain(tx, journal, cycle, order, line);
      const isDone = lines.length <= linesAtOnce;
      if (isDone) setClosing(tx, order.rowId, null);
      setOrderState(tx, order.rowId, 'open');
      touchOrder(tx, order);
      tx.audit({ order: id, lines: Math.min(lines.length, linesAtOnce) });
      return isDone;
    };
    let isDone = false;
    while (!isDone) isDone = await store.act({ name: 'cycle.take-back', actor }, takeBackSome);
  }
}

function setAsideAgain(tx: Tx, journal: Journal, cycle: CycleRow, order: OrderRow, line: LineRow): void {
  const reason = 'reopened';
  const signed = outbox.find(tx, line.intentId)!;
  if (line.state === 'charged') {
    outbox.withdraw(tx, line.intentId, reason);
    journal.refund(tx, line.holdId!, reason);
  }
  const amountMicros = worstCaseOf(tx, cycle, order, line.seat);
  try {
    const holdId = journal.hold(tx, line.seat, positiveMicros(amountMicros, 'amount'), { noun: 'order', id: order.id });
    const { lane, subject, message, authorisations, notBeforeMs, validUntilMs, after } = signed;
    // The member's own signature; the closing beside it is the coordinator's, who takes it back.
    const [member] = authorisations;
    const own = { lane, subject, seat: line.seat, message, notBeforeMs, validUntilMs, after };
    const intentId = outbox.add(tx, { ...own, authorisations: [member!] });
    setLineAmount(tx, { id: line.id, amountMicros, holdId, intentId });
    setLine(tx, line.id, 'set-aside');
  } catch (error) {
    if (!isStoopError(error, 'not_enough_money') && !isStoopError(error, 'account_short')) throw error;
    // They have spent since what the closing gave back.
    setLine(tx, line.id, 'void', error.code);
    dropClaims(tx, order, line.seat, error.code);
  }
}

function worstCaseOf(reader: Reader, cycle: CycleRow, order: OrderRow, seat: number): number {
  const claims = claimsOf(reader, cycle.rowId, seat);
  const articles = articlesAt(
    reader,
    claims.map(({ articleId }) => articleId),
  );
  const wanted = claims.map((claim) => ({
    ...claim,
    article: articles.get(claim.articleId)!,
  }));
  return worstCases(wanted, cycle.markupBasisPoints).get(order.supplierId) ?? 0;
}

const moneyOfCancelled = `SELECT l.id, l.hold_id AS holdId, l.intent_id AS intentId FROM cycles c
  JOIN orders o ON o.cycle_id = c.id JOIN order_lines l ON l.order_id = o.id
  WHERE c.state = 'cancelled' AND o.state = 'open' AND l.state IN ('promised', 'set-aside') LIMIT @limit`;
const openOfCancelled = `SELECT o.id AS rowId, o.public_id AS id FROM orders o JOIN cycles c ON c.id = o.cycle_id
  WHERE c.state = 'cancelled' AND o.state = 'open'`;

/** Gives everything back that stood behind cancelled cycles; what was interrupted is ended by the next. */
export async function releaseCancelled({ store, journal }: OrdersDeps): Promise<void> {
  const openOrders = (reader: Reader) => reader.prepare(openOfCancelled).all<Pick<OrderRow, 'rowId' | 'id'>>();
  while (store.read(openOrders).length > 0) {
    await store.act({ name: 'cycles.release', actor: system('cycles') }, (tx) => {
      const lines = tx
        .prepare(moneyOfCancelled)
        .all<Pick<LineRow, 'id' | 'holdId' | 'intentId'>>({ limit: linesAtOnce });
      for (const line of lines) {
        leaveQuietly(tx, journal, line, 'cancelled');
        setLine(tx, line.id, 'void', 'cancelled');
      }
      if (lines.length < linesAtOnce) {
        for (const order of openOrders(tx)) {
          setOrderState(tx, order.rowId, 'cancelled', 'cancelled');
          touchOrder(tx, order);
        }
      }
      tx.audit({ lines: lines.length });
    });
  }
}

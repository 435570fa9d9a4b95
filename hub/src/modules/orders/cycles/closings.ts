import { positiveMicros } from '../../../journal/index.ts';
import { outbox } from '../../../outbox/index.ts';
import { fail } from '../../../platform/errors.ts';
import type { OnChain, Reader, Tx } from '../../../platform/ports/index.ts';
import { type Closing, foodUsdDomain, message } from '../../../signing/index.ts';
import { authoriseClosing, closingFor, keepClosing, type SignedClosing } from '../closing.ts';
import { leaveQuietly } from '../execution.ts';
import {
  findOrder,
  type LineRow,
  linesInState,
  type OrderRow,
  setLine,
  setLineAmount,
  setOrderState,
  touchOrder,
} from '../orders.store.ts';
import type { Intention, OrdersDeps } from '../orders.ts';
import { type CycleRow, cycleAt, findCycle, takeStep, touchCycle } from './cycle.store.ts';
import { cycleOrders } from './cycle-orders.ts';
import { duesOf, fillRevision, roundingOf } from './fill.store.ts';
import { notFilled } from './way-back.ts';

/** A line, and what it comes to. */
interface Due {
  readonly line: LineRow;
  readonly amountMicros: number;
}

/** An order that waits for the coordinator's word, and what that word would be; no closing where nobody gets anything. */
interface Waiting {
  readonly order: OrderRow;
  readonly dues: readonly Due[];
  readonly others: readonly LineRow[];
  readonly closing?: Closing;
}

/**
 * The coordinator signs who pays what, order by order, and each executes: holds become charges of what was given, the rest
 * returns, spends go to the lane. In an ordered cycle it signs anew where a spend fell out before anything left. Throws
 * `cycle_step`, `not_allowed` for anybody else, `conflict` when the fill is not the one that was looked at.
 */
export async function closeCycle(
  deps: OrdersDeps,
  intention: Intention,
  cycleId: string,
  revision: number,
): Promise<void> {
  const { store, members } = deps;
  const { actor, idempotencyKey } = intention;
  const onChain = deps.onChain();
  if (!onChain) throw fail('not_founded');
  const { cycle, waiting } = store.read((reader) => {
    const found = findCycle(reader, cycleId);
    if (!found) throw fail('not_found', { noun: 'cycle' });
    if (found.coordinatorSeat !== actor.seat) throw fail('not_allowed', { needs: 'the one who coordinates the cycle' });
    return { cycle: found, waiting: waitingOrders(reader, found, revision, onChain) };
  });
  const domain = foodUsdDomain(onChain.chainId, onChain.foodUsd);
  for (const one of waiting) {
    const { closing } = one;
    const signature = closing && (await members.sign(actor, domain, message('Closing', closing)));
    await executeOrder(deps, intention, cycle, one, closing && { closing, signature: signature! });
  }
  await store.act({ name: 'cycle.close', actor, idempotencyKey, body: { cycleId, revision } }, (tx) => {
    const now = cycleAt(tx, cycle.rowId);
    if (waitingOrders(tx, now, revision, onChain).length > 0) throw fail('conflict', { noun: 'cycle' });
    if (now.state === 'closed') {
      takeStep(tx, now, 'ordered');
      deps.journal.round(tx, roundingOf(tx, now.fillId!), { noun: 'cycle', id: cycleId });
    }
    touchCycle(tx, now);
    tx.audit({ cycle: cycleId, orders: waiting.length });
  });
}

function waitingOrders(reader: Reader, cycle: CycleRow, revision: number, onChain: OnChain): Waiting[] {
  if (cycle.state !== 'closed' && cycle.state !== 'ordered') {
    throw fail('cycle_step', { state: cycle.state, to: 'ordered' });
  }
  if (cycle.fillId === null || fillRevision(reader, cycle.fillId) !== revision)
    throw fail('conflict', { noun: 'cycle' });
  const { fillId } = cycle;
  return cycleOrders(reader, cycle).flatMap((order) => waitingOf(reader, fillId, order, onChain) ?? []);
}

function waitingOf(reader: Reader, fillId: number, order: OrderRow, onChain: OnChain): Waiting | undefined {
  if (order.state === 'open') return ofFill(reader, fillId, order, onChain);
  return order.state === 'executing' ? ofWhatIsLeft(reader, order, onChain) : undefined;
}

/** What was charged before an interruption stays as it was. */
function ofFill(reader: Reader, fillId: number, order: OrderRow, onChain: OnChain): Waiting {
  const owed = duesOf(reader, fillId, order.supplierId);
  const lines = linesInState(reader, order.rowId, 'set-aside');
  const charged = linesInState(reader, order.rowId, 'charged').map((line) => ({
    line,
    amountMicros: line.amountMicros,
  }));
  const due = lines
    .map((line) => ({ line, amountMicros: owed.get(line.seat) ?? 0 }))
    .filter(({ amountMicros }) => amountMicros > 0);
  const dues = [...charged, ...due];
  return { order, dues, others: lines.filter(({ seat }) => !owed.get(seat)), closing: closingOf(order, dues, onChain) };
}

/** A spend of it fell out, so the closing no longer says what is there. Undefined while it does, or once some have left. */
function ofWhatIsLeft(reader: Reader, order: OrderRow, onChain: OnChain): Waiting | undefined {
  const lines = linesInState(reader, order.rowId, 'charged');
  const isHere = lines.every(({ intentId }) => outbox.find(reader, intentId)?.state === 'queued');
  const dues = lines.map((line) => ({ line, amountMicros: line.amountMicros }));
  const closing = closingOf(order, dues, onChain);
  const kept = order.closing ? (JSON.parse(order.closing) as SignedClosing).closing : undefined;
  return isHere && closing && closing.itemsHash !== kept?.itemsHash ? { order, dues, others: [], closing } : undefined;
}

const closingOf = (order: OrderRow, dues: readonly Due[], onChain: OnChain): Closing | undefined =>
  dues.length === 0
    ? undefined
    : closingFor(
        order,
        dues.map(({ line, amountMicros }) => ({ seat: line.seat, amountMicros })),
        onChain,
      );

/** So many lines in a unit of work: nothing of an order leaves before all that its closing names are charged. */
const linesAtOnce = 25;

async function executeOrder(
  { store, journal, members, onChain }: OrdersDeps,
  { actor }: Intention,
  { rowId, fillId }: CycleRow,
  { order }: Waiting,
  signed: SignedClosing | undefined,
): Promise<void> {
  const executeSome = (tx: Tx): boolean => {
    const isSameFill = fillId !== null && cycleAt(tx, rowId).fillId === fillId;
    const now = isSameFill ? waitingOf(tx, fillId, findOrder(tx, order.id)!, onChain()!) : undefined;
    if (!now || now.closing?.itemsHash !== signed?.closing.itemsHash) throw fail('conflict', { noun: 'cycle' });
    if (signed) keepClosing(tx, now.order, signed);
    const empty = now.others.slice(0, linesAtOnce);
    for (const line of empty) {
      leaveQuietly(tx, journal, line, notFilled);
      setLine(tx, line.id, 'void', notFilled);
    }
    const uncharged = now.dues.filter(({ line }) => line.state === 'set-aside');
    const due = uncharged.slice(0, linesAtOnce - empty.length);
    for (const { line, amountMicros } of due) {
      journal.charge(tx, line.holdId!, positiveMicros(amountMicros, 'amount'));
      setLineAmount(tx, { ...line, amountMicros });
      setLine(tx, line.id, 'charged');
      outbox.queue(tx, line.intentId);
    }
    if (signed) {
      const closer = { seat: actor.seat, address: members.addressOf(tx, actor.seat)! };
      authoriseClosing(
        tx,
        due.map(({ line }) => line),
        signed,
        closer,
      );
    }
    const isDone = empty.length === now.others.length && due.length === uncharged.length;
    if (isDone) setOrderState(tx, order.rowId, signed ? 'executing' : 'failed', signed ? undefined : notFilled);
    touchOrder(tx, order);
    tx.audit({ order: order.id, lines: due.length, totalMicros: signed?.closing.total ?? 0 });
    return isDone;
  };
  let isDone = false;
  while (!isDone) isDone = await store.act({ name: 'cycle.execute', actor }, executeSome);
}

import { carriedBy, outbox } from '../../outbox/index.ts';
import type { Actor, Reader } from '../../platform/ports/index.ts';
import type { MyLine, Order, RecordState } from './orders.schema.ts';
import { findLine, type LineRow, linesInState, type OrderRow, type SimpleOrderRow } from './orders.store.ts';

/** How far a line is, in the words of the page, from its intent's state. */
export function recordOfLine(reader: Reader, line: LineRow): RecordState {
  if (line.state === 'void' || line.state === 'left') return 'void';
  const state = outbox.find(reader, line.intentId)?.state;
  if (state === 'final') return 'recorded';
  return state === 'sent' || state === 'landed' ? 'recording' : 'here';
}

function recordOfOrder(reader: Reader, order: OrderRow): RecordState {
  if (order.state === 'settled') return 'recorded';
  if (order.state === 'failed' || order.state === 'cancelled') return 'void';
  if (order.state !== 'executing') return 'here';
  const charged = linesInState(reader, order.rowId, 'charged');
  return charged.some((line) => recordOfLine(reader, line) === 'recording') ? 'recording' : 'here';
}

function myLine(reader: Reader, order: OrderRow, actor: Actor): MyLine | undefined {
  const line = actor.seat === undefined ? undefined : findLine(reader, order.rowId, actor.seat);
  if (!line || line.state === 'left') return undefined;
  const { units, amountMicros, state, reason } = line;
  return { units: units!, amountMicros, state, reason: reason ?? undefined, record: recordOfLine(reader, line) };
}

/** The order as this actor may see it. */
export function orderView(reader: Reader, order: SimpleOrderRow, actor: Actor): Order {
  const missing = Math.max(0, order.targetMicros - order.committedMicros);
  const isTreasurer = actor.roles.includes('treasurer');
  const settledLine = isTreasurer
    ? [...linesInState(reader, order.rowId, 'recorded'), ...linesInState(reader, order.rowId, 'charged')][0]
    : undefined;
  return {
    id: order.id,
    revision: order.revision,
    title: order.title,
    titleEs: order.titleEs ?? undefined,
    supplierId: order.supplierId,
    supplierName: order.supplierName,
    goodId: order.goodId ?? undefined,
    picture: order.picture ?? undefined,
    unit: order.unit,
    unitPriceMicros: order.unitPriceMicros,
    unitsPerCase: order.unitsPerCase,
    targetMicros: order.targetMicros,
    committedMicros: order.committedMicros,
    committedUnits: order.committedUnits,
    unitsToTarget: Math.ceil(missing / order.unitPriceMicros),
    joinedCount: order.joinedCount,
    executes: order.executes,
    deadlineAtMs: order.deadlineAtMs,
    state: order.state,
    reason: order.reason ?? undefined,
    record: recordOfOrder(reader, order),
    createdAtMs: order.createdAtMs,
    isMine: actor.seat === undefined ? undefined : order.openedBySeat === actor.seat,
    myLine: myLine(reader, order, actor),
    txHash: settledLine ? carriedBy(reader, settledLine.intentId)?.txHash : undefined,
  };
}

import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../../platform/errors.ts';
import type { OnChain, Reader, SeatNumber, Tx } from '../../../platform/ports/index.ts';
import { findLine, insertOrder, type LineRow, type OrderRow, ordersOfCycle } from '../orders.store.ts';
import type { OrdersDeps } from '../orders.ts';
import { bindTerms } from '../terms.ts';
import type { CycleRow } from './cycle.store.ts';

/** So much later than planned a cycle may still be picked up: what members sign covers it. */
export const putOffMaxMs = 28 * 24 * 60 * 60 * 1000;

/** One order settles in one call, and a call takes at most so many signatures: more members are a further order. */
export const membersPerOrder = 200;

/** Minimums are the hub's to keep: they count goods, not deposits. On chain any closed sum may settle. */
const targetMicros = 1;
const ceilingMicros = 1_000_000_000_000;

/** Where a seat's money for this supplier is or would be; `order` is undefined while all of them are full. */
export interface Place {
  readonly order?: OrderRow;
  readonly line?: LineRow;
}

export const isLive = (line: LineRow | undefined): line is LineRow =>
  line?.state === 'set-aside' || line?.state === 'promised';

/** The seat's place among the cycle's orders of that supplier: where its money is, else the first with room. */
export function placeOf(reader: Reader, orders: readonly OrderRow[], supplierId: string, seat: SeatNumber): Place {
  const places = orders
    .filter((order) => order.supplierId === supplierId)
    .map((order) => ({ order, line: findLine(reader, order.rowId, seat) }));
  const own = places.find(({ line }) => isLive(line));
  return own ?? places.find(({ order }) => order.joinedCount < membersPerOrder) ?? {};
}

/** What the cycle orders of one supplier; whoever coordinates it is the one who can close it on chain. */
export function addOrder(tx: Tx, deps: OrdersDeps, cycle: CycleRow, supplierId: string): void {
  const onChain: OnChain | undefined = deps.onChain();
  const closer = deps.members.addressOf(tx, cycle.coordinatorSeat);
  if (!onChain || !closer) throw fail('not_founded');
  const id = uuidv7();
  const deadlineAtMs = cycle.lastOrderAtMs!;
  const details = [cycle.title, supplierId, cycle.id];
  const { terms, ...bound } = bindTerms({ id, targetMicros, ceilingMicros, deadlineAtMs, details }, onChain, closer);
  insertOrder(tx, {
    id,
    kind: 'cycle',
    cycleRowId: cycle.rowId,
    title: cycle.title,
    titleEs: cycle.titleEs ?? undefined,
    supplierId,
    targetMicros,
    executes: 'at-last-call',
    deadlineAtMs,
    openedBySeat: cycle.coordinatorSeat,
    terms: JSON.stringify(terms),
    ...bound,
  });
  tx.changed('order', id, 1);
}

export const cycleOrders = (reader: Reader, cycle: Pick<CycleRow, 'rowId'>): OrderRow[] =>
  ordersOfCycle(reader, cycle.rowId);

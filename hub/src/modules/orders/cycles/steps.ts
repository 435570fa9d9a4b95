import { fail } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/ports/index.ts';
import type { Intention, OrdersDeps } from '../orders.ts';
import { suppliersOf } from './article.store.ts';
import {
  type CycleRow,
  cycleAt,
  findCycle,
  setFill,
  setLastOrder,
  setTimes,
  takeStep,
  touchCycle,
} from './cycle.store.ts';
import { addOrder, cycleOrders, putOffMaxMs } from './cycle-orders.ts';
import type { CycleState, Step } from './cycles.schema.ts';
import { roundingOf } from './fill.store.ts';
import { setAsidePromises } from './promises.ts';
import { releaseCancelled, takeBackOrders } from './way-back.ts';

/** Where a coordinator may take a cycle; a step back, and the end of one, need a reason. `ordered` is the closings'. */
const steps: Readonly<Partial<Record<CycleState, readonly CycleState[]>>> = {
  draft: ['open', 'cancelled'],
  open: ['last-call', 'closed', 'cancelled'],
  'last-call': ['open', 'closed', 'cancelled'],
  closed: ['open', 'last-call', 'cancelled'],
  ordered: ['closed', 'received'],
  received: ['ordered', 'picked-up'],
  'picked-up': ['received'],
};
const way: readonly CycleState[] = [
  'draft',
  'open',
  'last-call',
  'closed',
  'ordered',
  'received',
  'picked-up',
  'settled',
];
const isBack = (from: CycleState, to: CycleState): boolean => way.indexOf(to) < way.indexOf(from) || to === 'cancelled';

/**
 * Takes a cycle a step forward, or back while nothing of it has left the hub. Throws `cycle_step`, `already_sent`,
 * `not_founded`, and `bad_request` naming the field.
 */
export async function stepCycle(deps: OrdersDeps, intention: Intention, cycleId: string, step: Step): Promise<void> {
  const { store } = deps;
  const { actor, idempotencyKey } = intention;
  const before = store.read((reader) => findCycle(reader, cycleId));
  if (!before) throw fail('not_found', { noun: 'cycle' });
  // An ordered cycle, or one whose closings were interrupted.
  const takesBack =
    (before.state === 'ordered' && step.to === 'closed') || (before.state === 'closed' && isBack('closed', step.to));
  if (takesBack) {
    if (!step.reason) throw fail('bad_request', { field: 'reason', rule: 'must be given' });
    await takeBackOrders(deps, actor, before);
  }
  await store.act({ name: 'cycle.step', actor, idempotencyKey, body: { cycleId, ...step } }, (tx) => {
    const cycle = cycleAt(tx, before.rowId);
    if (!steps[cycle.state]?.includes(step.to)) throw fail('cycle_step', { state: cycle.state, to: step.to });
    if (isBack(cycle.state, step.to) && !step.reason) {
      throw fail('bad_request', { field: 'reason', rule: 'must be given' });
    }
    if (cycle.state === 'draft' && step.to === 'open') openCycle(tx, deps, cycle);
    if (step.to === 'open' && cycle.state !== 'draft') {
      if ((step.lastCallAtMs ?? cycle.lastCallAtMs) <= tx.nowMs) throw past('lastCallAtMs');
      reopen(tx, cycle, step);
    }
    if (step.to === 'last-call' && cycle.state === 'closed') reopen(tx, cycle, { ...step, lastCallAtMs: tx.nowMs });
    if (takesBack && cycleOrders(tx, cycle).some(({ state, closing }) => state !== 'open' || closing !== null)) {
      throw fail('conflict', { noun: 'cycle' });
    }
    if (cycle.state === 'ordered' && takesBack && cycle.fillId !== null) {
      deps.journal.round(tx, -roundingOf(tx, cycle.fillId), { noun: 'cycle', id: cycleId, reason: 'reopened' });
    }
    // Handed-out goods keep their shares: only a step back before the closings asks for another fill.
    if (cycle.state === 'closed' || takesBack) setFill(tx, cycle.rowId, null);
    takeStep(tx, cycle, step.to, step.reason);
    touchCycle(tx, cycle);
    tx.audit({ cycle: cycleId, from: cycle.state, to: step.to });
  });
  if (step.to === 'cancelled') await releaseCancelled(deps);
  if (step.to === 'last-call' || step.to === 'closed') await setAsidePromises(deps);
}

const past = (field: string) => fail('bad_request', { field, rule: 'must be in the future' });

/** Prices stand from here on, and the order of each supplier has what its members will sign. */
function openCycle(tx: Tx, deps: OrdersDeps, cycle: CycleRow): void {
  const suppliers = suppliersOf(tx, cycle.rowId);
  if (suppliers.length === 0) throw fail('bad_request', { field: 'articles', rule: 'must be at least one' });
  if (cycle.lastCallAtMs <= tx.nowMs) throw past('lastCallAtMs');
  setLastOrder(tx, cycle.rowId, cycle.pickupToMs + putOffMaxMs);
  const opened = cycleAt(tx, cycle.rowId);
  for (const { supplierId } of suppliers) addOrder(tx, deps, opened, supplierId);
}

/** Members may change something again until the new end; the pickup is put off by as much as it has to be. */
function reopen(tx: Tx, cycle: CycleRow, { lastCallAtMs, closesAtMs }: Step): void {
  const [lastCall, closes] = [lastCallAtMs ?? cycle.lastCallAtMs, closesAtMs ?? cycle.closesAtMs];
  if (closes <= tx.nowMs) throw past('closesAtMs');
  if (closes < lastCall) throw fail('bad_request', { field: 'closesAtMs', rule: 'must not be before lastCallAtMs' });
  putOff(tx, cycle, { lastCallAtMs: lastCall, closesAtMs: closes });
}

/** Moves the end. Throws `bad_request` beyond what members have signed for. */
export function putOff(
  tx: Tx,
  cycle: CycleRow,
  times: Pick<CycleRow, 'lastCallAtMs' | 'closesAtMs'>,
  extended = cycle.extended,
): void {
  const lateMs = Math.max(0, times.closesAtMs - cycle.pickupFromMs);
  const [pickupFromMs, pickupToMs] = [cycle.pickupFromMs + lateMs, cycle.pickupToMs + lateMs];
  if (pickupToMs > cycle.lastOrderAtMs!) {
    throw fail('bad_request', { field: 'closesAtMs', rule: 'is later than what members have signed for' });
  }
  setTimes(tx, cycle.rowId, { ...times, pickupFromMs, pickupToMs, extended });
}

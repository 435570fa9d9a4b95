import { setTimeout as wait } from 'node:timers/promises';
import type { Order } from '../../src/modules/orders/index.ts';
import type { Caller, Intention, Outcome } from './caller.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

interface Good {
  readonly id: string;
  readonly supplierId: string;
}

/** The orders of the day that fill, as far as the client has heard. */
export type Board = Map<string, Order>;

export interface Resident {
  readonly seat: number;
  readonly caller: Caller;
  readonly board: Board;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly nextTitle: () => string;
  readonly onRefused: (outcome: { code: string; status: number }) => void;
  readonly isOver: () => boolean;
  /** Between two actions; a few dozen milliseconds when left out. */
  readonly pause?: () => Promise<void>;
  readonly nowMs?: () => number;
}

/** Small, so that orders are full after two or three and settle often; the money lasts for thousands. */
const unitPriceMicros = 1_000;
const unitsOfTarget = 6;
const fillingAtOnce = 3;
const mostUnits = 4;
const dayMs = 86_400_000;

/** Opens, joins, changes and leaves orders until the day is over. */
export async function liveAsResident(resident: Resident): Promise<void> {
  const { seat, caller, board, ledger, random } = resident;
  const mine = new Map<string, number>();
  const [good] = (await caller.get<{ items: Good[] }>('/api/goods')).items;

  /** What an answer says about the order; a closed one leaves the board. */
  function heard(orderId: string, outcome: Outcome<Order>): outcome is { done: true; body: Order } {
    if (outcome.done && outcome.body.state === 'open') board.set(orderId, outcome.body);
    else {
      board.delete(orderId);
      mine.delete(orderId);
    }
    if (!outcome.done) resident.onRefused(outcome);
    return outcome.done;
  }

  async function open(): Promise<void> {
    const title = resident.nextTitle();
    const body = {
      title,
      supplierId: good!.supplierId,
      unit: 'bag',
      unitPriceMicros,
      unitsPerCase: unitsOfTarget,
      targetMicros: unitsOfTarget * unitPriceMicros,
      deadlineAtMs: (resident.nowMs ?? Date.now)() + dayMs,
      executes: 'at-target',
    };
    const outcome = await caller.perform<Order>({ method: 'POST', path: '/api/orders', body });
    if (!outcome.done) return resident.onRefused(outcome);
    ledger.add({ what: 'opened', title, orderId: outcome.body.id });
    board.set(outcome.body.id, outcome.body);
  }

  async function put(orderId: string, units: number): Promise<void> {
    const isIn = mine.has(orderId);
    const intention: Intention = {
      method: isIn ? 'PUT' : 'POST',
      path: `/api/orders/${orderId}/line`,
      body: { units },
    };
    const outcome = await caller.perform<Order>(intention);
    if (outcome.done) {
      const what = isIn ? 'changed' : 'joined';
      ledger.add({ what, orderId, seat, units, amountMicros: units * unitPriceMicros });
      mine.set(orderId, units);
    }
    heard(orderId, outcome);
  }

  async function leave(orderId: string): Promise<void> {
    const outcome = await caller.perform<Order>({ method: 'DELETE', path: `/api/orders/${orderId}/line` });
    if (outcome.done) {
      ledger.add({ what: 'left', orderId, seat });
      mine.delete(orderId);
    }
    heard(orderId, outcome);
  }

  async function actOnce(): Promise<void> {
    if (board.size < fillingAtOnce) return open();
    const order = random.pick([...board.values()]);
    const units = mine.get(order.id);
    // Mostly what is missing exactly, as neighbours do who want a case to be full.
    if (units === undefined)
      return put(order.id, Math.max(1, Math.min(order.unitsToTarget, random.between(1, mostUnits))));
    if (random.chance(0.3)) return leave(order.id);
    return put(order.id, (units % mostUnits) + 1);
  }

  while (!resident.isOver()) {
    await actOnce();
    await (resident.pause?.() ?? wait(random.between(20, 100)));
  }
}

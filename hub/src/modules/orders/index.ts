import type { HoldOwner } from '../../journal/index.ts';
import {
  type Actor,
  type Hex,
  type Job,
  type Lane,
  type Reader,
  type Route,
  type SeatNumber,
  type SeenEvent,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { closeOrder, type SignedClosing } from './closing.ts';
import { coordinatorRoutes } from './cycles/coordinator.routes.ts';
import { cycleRoutes } from './cycles/cycles.routes.ts';
import type { FillDeps } from './cycles/filling.ts';
import { turnCycles } from './cycles/turn.ts';
import { closeDueOrders, hasDueOrders, holdOwner } from './execution.ts';
import { orderView, recordOfLine } from './order-view.ts';
import { createOrdersLane, type Settling } from './orders.lane.ts';
import { orderRoutes } from './orders.routes.ts';
import type { Order, RecordState } from './orders.schema.ts';
import { findLine, findOrder, findSimpleOrder, linesInState, listOrders, orderOfSubject } from './orders.store.ts';
import { createOrders, type Orders } from './orders.ts';
import { noteTaken } from './taken.ts';

export type {
  ArticleProgress,
  Basket,
  Cycle,
  CycleArticle,
  CycleFill,
  CycleState,
  CycleStep,
  MyBasket,
  MyShare,
  NewArticle,
  NewCycle,
  Step,
} from './cycles/cycles.schema.ts';
export { holdOwner } from './execution.ts';
export type { Line, NewOrder, Order, RecordState } from './orders.schema.ts';
export { leftOverLines, settledOrder, unsettledCharges } from './orders.store.ts';
export type { Intention, Orders, OrdersDeps } from './orders.ts';

export interface OrdersRoom {
  readonly orders: Orders;
  readonly routes: readonly Route[];
  readonly lanes: readonly Lane[];
  readonly jobs: readonly Job[];
  readonly holdOwner: HoldOwner;
  onChainEvent(tx: Tx, event: SeenEvent): void;
  /** The order as this actor may see it. */
  view(reader: Reader, orderId: string, actor: Actor): Order | undefined;
  /** What the order is called, whoever asks. */
  titleOf(reader: Reader, orderId: string): string | undefined;
  /** What the seat opened or joined, newest first. */
  mine(reader: Reader, seat: SeatNumber): Order[];
  /** What a movement of money for an order is called on the member's page. */
  describe(reader: Reader, orderId: string, seat: SeatNumber): { title: string; record: RecordState } | undefined;
}

const mineMax = 50;

/**
 * What an order settles at: what its target still lacks (who waited for a deposit comes after the others and adds to
 * them), or the total that its opener closed it at.
 */
function settlingOf(reader: Reader, subject: Hex): Settling | undefined {
  const order = orderOfSubject(reader, subject);
  if (!order) return undefined;
  const charged = new Map(linesInState(reader, order.rowId, 'charged').map((line) => [line.intentId, line]));
  const recorded = linesInState(reader, order.rowId, 'recorded');
  return {
    leastMicros: order.closing
      ? (JSON.parse(order.closing) as SignedClosing).closing.total
      : order.targetMicros - recorded.reduce((sum, line) => sum + line.amountMicros, 0),
    amountOf: ({ id, message }) => charged.get(id)?.amountMicros ?? fieldsOf(message, 'Spend').maxAmount,
  };
}

/** The building's group orders. */
export function createOrdersRoom(deps: FillDeps): OrdersRoom {
  const { store, journal } = deps;
  const orders = createOrders(deps);
  return {
    orders,
    routes: [
      ...orderRoutes(store, orders, (intention, orderId) => closeOrder(deps, intention, orderId)),
      ...cycleRoutes(deps),
      ...coordinatorRoutes(deps),
    ],
    lanes: [
      createOrdersLane(
        journal,
        (subject) => store.read((reader) => settlingOf(reader, subject)),
        () => deps.clock.nowMs(),
      ),
    ],
    jobs: [
      {
        name: 'orders.close',
        movesMoney: true,
        async run() {
          if (!deps.isClockTrusted()) return;
          const isDue = store.read((reader) => hasDueOrders(reader, deps.clock.nowMs()));
          if (!isDue) return;
          await store.act({ name: 'orders.close', actor: system('orders') }, (tx) => {
            tx.audit({ count: closeDueOrders(tx, journal) });
          });
        },
      },
      { name: 'cycles.turn', movesMoney: true, run: () => turnCycles(deps) },
    ],
    holdOwner,
    onChainEvent: (tx, event) => noteTaken(tx, journal, event, deps.onChain()),
    view(reader, orderId, actor) {
      const order = findSimpleOrder(reader, orderId);
      return order && orderView(reader, order, actor);
    },
    titleOf: (reader, orderId) => findOrder(reader, orderId)?.title,
    mine: (reader, seat) =>
      listOrders(reader, { state: 'mine', seat, limit: mineMax }).map((order) =>
        orderView(reader, order, { seat, roles: [] }),
      ),
    describe(reader, orderId, seat) {
      const order = findOrder(reader, orderId);
      if (!order) return undefined;
      const line = findLine(reader, order.rowId, seat);
      return { title: order.title, record: line ? recordOfLine(reader, line) : 'here' };
    },
  };
}

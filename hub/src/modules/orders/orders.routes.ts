import { fail } from '../../platform/errors.ts';
import { type Actor, type Route, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import { orderView } from './order-view.ts';
import { Line, NewOrder, OrderId, OrdersQuery } from './orders.schema.ts';
import { findSimpleOrder, listOrders } from './orders.store.ts';
import type { Intention, Orders } from './orders.ts';

type Close = (intention: Intention, orderId: string) => Promise<void>;

const defaultLimit = 30;

export function orderRoutes(store: Store, orders: Orders, close: Close): Route[] {
  const view = (actor: Actor, id: string) =>
    store.read((reader) => {
      const order = findSimpleOrder(reader, id);
      if (!order) throw fail('not_found', { noun: 'order' });
      return orderView(reader, order, actor);
    });

  const intention = (request: { actor: Actor; idempotencyKey: string }): Intention => ({
    actor: request.actor as Actor & { seat: SeatNumber },
    idempotencyKey: request.idempotencyKey,
  });

  return [
    route({
      method: 'GET',
      path: '/api/orders',
      summary: 'Orders that are filling, mine, or past',
      permission: 'public',
      query: OrdersQuery,
      handle({ actor, query }) {
        const state = query.state ?? 'open';
        if (state === 'mine' && actor.seat === undefined) throw fail('not_signed_in');
        const limit = query.limit ?? defaultLimit;
        return store.read((reader) => {
          const rows = listOrders(reader, { state, seat: actor.seat, after: query.after, limit });
          const next = rows.length === limit ? rows.at(-1)?.id : undefined;
          return { body: { items: rows.map((row) => orderView(reader, row, actor)), next } };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/api/orders/:id',
      summary: 'One order',
      permission: 'public',
      params: OrderId,
      handle: ({ actor, params }) => ({ body: view(actor, params.id) }),
    }),
    route({
      method: 'POST',
      path: '/api/orders',
      summary: 'Open an order',
      permission: 'signed-in',
      movesMoney: true,
      body: NewOrder,
      async handle(request) {
        const id = await orders.open(intention(request), request.body);
        return { status: 201, body: view(request.actor, id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/orders/:id/line',
      summary: 'Join: money is set aside and signed for',
      permission: 'signed-in',
      movesMoney: true,
      params: OrderId,
      body: Line,
      async handle(request) {
        await orders.join(intention(request), request.params.id, request.body.units);
        return { status: 201, body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/orders/:id/line',
      summary: 'Take more or less',
      permission: 'signed-in',
      movesMoney: true,
      params: OrderId,
      body: Line,
      async handle(request) {
        await orders.change(intention(request), request.params.id, request.body.units);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/orders/:id/line',
      summary: 'Leave: money returns at once',
      permission: 'signed-in',
      movesMoney: true,
      params: OrderId,
      async handle(request) {
        await orders.leave(intention(request), request.params.id);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/orders/:id/closing',
      summary: 'Close an order at last call: sign who pays what',
      permission: 'signed-in',
      movesMoney: true,
      params: OrderId,
      async handle(request) {
        await close(intention(request), request.params.id);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/orders/:id/cancel',
      summary: 'Call an order off: all money returns',
      permission: 'signed-in',
      movesMoney: true,
      params: OrderId,
      async handle(request) {
        await orders.cancel(intention(request), request.params.id);
        return { body: view(request.actor, request.params.id) };
      },
    }),
  ];
}

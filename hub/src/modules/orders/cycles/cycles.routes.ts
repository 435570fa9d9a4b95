import { type Actor, type Route, route, type SeatNumber } from '../../../platform/ports/index.ts';
import type { OrdersDeps } from '../orders.ts';
import { putBasket } from './basket.ts';
import { listCycles } from './cycle.store.ts';
import { articlesView, basketView, cycleView, sharesView, visibleCycle } from './cycle-view.ts';
import { ArticlesQuery, Basket, CycleId, CyclesQuery, SharesQuery } from './cycles.schema.ts';

const defaultLimit = 50;

/** A pickup day with several suppliers, and everybody's one basket for it. */
export function cycleRoutes(deps: OrdersDeps): Route[] {
  const { store } = deps;
  const basket = (actor: Actor, id: string) =>
    store.read((reader) => basketView(reader, visibleCycle(reader, actor, id), actor.seat!));
  return [
    route({
      method: 'GET',
      path: '/api/cycles',
      summary: 'Pickup days, newest first',
      permission: 'public',
      query: CyclesQuery,
      handle({ actor, query: { before, limit = defaultLimit } }) {
        const withDrafts = actor.roles.includes('coordinator');
        return store.read((reader) => {
          const rows = listCycles(reader, { before, limit, withDrafts });
          const next = rows.length === limit ? rows.at(-1)?.id : undefined;
          return { body: { items: rows.map((row) => cycleView(reader, row, actor)), next } };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/api/cycles/:id',
      summary: 'One pickup day',
      permission: 'public',
      params: CycleId,
      handle: ({ actor, params }) => ({
        body: store.read((reader) => cycleView(reader, visibleCycle(reader, actor, params.id), actor)),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/cycles/:id/articles',
      summary: 'What is offered, and how full the cases are',
      permission: 'public',
      params: CycleId,
      query: ArticlesQuery,
      handle({ actor, params, query: { supplier, after, limit = defaultLimit } }) {
        return store.read((reader) => {
          const cycle = visibleCycle(reader, actor, params.id);
          const items = articlesView(reader, cycle, { supplier, after, limit });
          return { body: { items, next: items.length === limit ? items.at(-1)?.id : undefined } };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/api/cycles/:id/basket',
      summary: 'My basket: what I asked for, and the money behind it',
      permission: 'signed-in',
      params: CycleId,
      handle: ({ actor, params }) => ({ body: basket(actor, params.id) }),
    }),
    route({
      method: 'PUT',
      path: '/api/cycles/:id/basket',
      summary: 'Put my whole basket in the place of the one before; empty: leave',
      permission: 'signed-in',
      movesMoney: true,
      params: CycleId,
      body: Basket,
      async handle(request) {
        await putBasket(
          deps,
          { actor: request.actor as Actor & { seat: SeatNumber }, idempotencyKey: request.idempotencyKey },
          request.params.id,
          request.body,
        );
        return { body: basket(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/cycles/:id/shares',
      summary: 'What I get of each article, and why',
      permission: 'signed-in',
      params: CycleId,
      query: SharesQuery,
      handle({ actor, params, query: { after, limit = defaultLimit } }) {
        return store.read((reader) => {
          const cycle = visibleCycle(reader, actor, params.id);
          const items = sharesView(reader, cycle, actor.seat!, { after, limit });
          return { body: { items, next: items.length === limit ? items.at(-1)?.articleId : undefined } };
        });
      },
    }),
  ];
}

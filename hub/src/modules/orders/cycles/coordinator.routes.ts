import { type Actor, type Route, route, type SeatNumber } from '../../../platform/ports/index.ts';
import type { Intention } from '../orders.ts';
import { closeCycle } from './closings.ts';
import { addArticle, createCycle, dropArticle, editCycle, putMinimum } from './cycle.ts';
import { cycleView, fillView, stepsView, visibleCycle } from './cycle-view.ts';
import {
  Closings,
  CycleArticleId,
  CycleId,
  CycleSupplierId,
  Minimum,
  NewArticle,
  NewCycle,
  SharesQuery,
  Step,
} from './cycles.schema.ts';
import { type FillDeps, fillCycleNow } from './filling.ts';
import { stepCycle } from './steps.ts';

const defaultLimit = 50;

const intention = (request: { actor: Actor; idempotencyKey: string }): Intention => ({
  actor: request.actor as Actor & { seat: SeatNumber },
  idempotencyKey: request.idempotencyKey,
});

const permission = { roles: ['coordinator'] } as const;

/** What a coordinator does with a pickup day. */
export function coordinatorRoutes(deps: FillDeps): Route[] {
  const { store } = deps;
  const view = (actor: Actor, id: string) =>
    store.read((reader) => cycleView(reader, visibleCycle(reader, actor, id), actor));
  return [
    route({
      method: 'POST',
      path: '/api/cycles',
      summary: 'Draft a pickup day',
      permission,
      body: NewCycle,
      async handle(request) {
        const id = await createCycle(deps, intention(request), request.body);
        return { status: 201, body: view(request.actor, id) };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/cycles/:id',
      summary: 'Say a draft anew',
      permission,
      params: CycleId,
      body: NewCycle,
      async handle(request) {
        await editCycle(deps, intention(request), request.params.id, request.body);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cycles/:id/articles',
      summary: 'Offer a good, as it is now',
      permission,
      params: CycleId,
      body: NewArticle,
      async handle(request) {
        const id = await addArticle(deps, intention(request), request.params.id, request.body);
        return { status: 201, body: { id } };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/cycles/:id/articles/:articleId',
      summary: 'Take an article out of a draft',
      permission,
      params: CycleArticleId,
      async handle(request) {
        await dropArticle(deps, intention(request), request.params.id, request.params.articleId);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/cycles/:id/suppliers/:supplierId',
      summary: 'What a supplier wants to be ordered for at least',
      permission,
      params: CycleSupplierId,
      body: Minimum,
      async handle(request) {
        const { id, supplierId } = request.params;
        await putMinimum(deps, intention(request), id, supplierId, request.body.minimumMicros);
        return { body: view(request.actor, id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/cycles/:id/steps',
      summary: 'Take it a step forward, or back while nothing has left the hub',
      permission,
      movesMoney: true,
      params: CycleId,
      body: Step,
      async handle(request) {
        await stepCycle(deps, intention(request), request.params.id, request.body);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/cycles/:id/steps',
      summary: 'Who took it where, when and why',
      permission,
      params: CycleId,
      handle: ({ actor, params }) => ({
        body: { items: store.read((reader) => stepsView(reader, visibleCycle(reader, actor, params.id))) },
      }),
    }),
    route({
      method: 'POST',
      path: '/api/cycles/:id/filling',
      summary: 'Fill the cases of a closed cycle',
      permission,
      movesMoney: true,
      params: CycleId,
      async handle(request) {
        await fillCycleNow(deps, intention(request), request.params.id);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/cycles/:id/filling',
      summary: 'What was filled: cases and sums, by supplier and article',
      permission,
      params: CycleId,
      query: SharesQuery,
      handle({ actor, params, query: { after, limit = defaultLimit } }) {
        return store.read((reader) => {
          const body = fillView(reader, visibleCycle(reader, actor, params.id), { after, limit });
          return {
            body: { ...body, next: body.articles.length === limit ? body.articles.at(-1)?.articleId : undefined },
          };
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/cycles/:id/closings',
      summary: 'Sign who pays what, supplier by supplier',
      permission,
      movesMoney: true,
      params: CycleId,
      body: Closings,
      async handle(request) {
        await closeCycle(deps, intention(request), request.params.id, request.body.revision);
        return { body: view(request.actor, request.params.id) };
      },
    }),
  ];
}

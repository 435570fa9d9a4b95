import { type Route, route, type Store } from '../../platform/ports/index.ts';
import { openKeyChanges } from './key-changes.store.ts';
import type { KeyChanges } from './key-changes.ts';
import { IdParams, KeyChangesReply, NewKeyReply, PinBody, SeatParams } from './members.schema.ts';
import { keyChangeView } from './views.ts';

const board = { roles: ['board'] } as const;

/** Another key for a member who lost PIN and printed code, and the way to stop it. */
export function keyChangeRoutes({ store, keyChanges }: { store: Store; keyChanges: KeyChanges }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/key-changes',
      summary: 'Seats that are about to get another key',
      permission: board,
      reply: KeyChangesReply,
      handle: () => ({ body: { items: store.read(openKeyChanges).map(keyChangeView) } }),
    }),
    route({
      method: 'POST',
      path: '/api/members/:seat/key-change',
      summary: 'Ask for another key of a member who lost PIN and code; the new code is shown once',
      permission: board,
      params: SeatParams,
      body: PinBody,
      reply: NewKeyReply,
      rateLimit: { max: 60, perMs: 60_000, by: 'device' },
      handle: async ({ actor, params, body, idempotencyKey }) => ({
        status: 201,
        body: await keyChanges.ask(actor, params.seat, body.pin, idempotencyKey),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/key-changes/:id/second',
      summary: 'Ask for it too, as a second officer: the board’s keys may sign',
      permission: board,
      params: IdParams,
      async handle({ actor, params, idempotencyKey }) {
        await keyChanges.second(actor, params.id, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/key-changes/:id',
      summary: 'Take it back before it is announced',
      permission: board,
      params: IdParams,
      async handle({ actor, params, idempotencyKey }) {
        await keyChanges.withdraw(actor, params.id, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/me/key-change',
      summary: 'Cancel with my present key what I did not ask for',
      permission: 'signed-in',
      async handle({ actor, idempotencyKey }) {
        await keyChanges.cancelMine(actor, idempotencyKey);
        return { status: 204 };
      },
    }),
  ];
}

import { type Route, route, type Store } from '../../platform/ports/index.ts';
import { coopSeat } from '../members/index.ts';
import { DailyLimit, NewDailyLimit } from './limits.schema.ts';
import type { LimitIntention, Limits } from './limits.ts';

const treasurer = { roles: ['treasurer'] } as const;

export function limitRoutes(store: Store, limits: Limits): Route[] {
  const viewOf = (seat: number) => ({ body: store.read((reader) => limits.view(reader, seat)) });
  return [
    route({
      method: 'GET',
      path: '/api/me/daily-limit',
      summary: 'What may leave my account in a day, and what is to change of it',
      permission: 'signed-in',
      reply: DailyLimit,
      handle: ({ actor }) => viewOf(actor.seat!),
    }),
    route({
      method: 'PUT',
      path: '/api/me/daily-limit',
      summary: 'Another daily limit: lower counts once it is recorded and takes a raise back, higher two days later',
      permission: 'signed-in',
      movesMoney: true,
      body: NewDailyLimit,
      reply: DailyLimit,
      async handle({ actor, body, idempotencyKey }) {
        await limits.set({ actor: actor as LimitIntention['actor'], idempotencyKey }, body.limitMicros);
        return viewOf(actor.seat!);
      },
    }),
    route({
      method: 'GET',
      path: '/api/treasury/daily-limit',
      summary: 'What may leave the co-op’s own account in a day',
      permission: treasurer,
      reply: DailyLimit,
      handle: () => viewOf(coopSeat),
    }),
    route({
      method: 'PUT',
      path: '/api/treasury/daily-limit',
      summary: 'Another daily limit for the co-op’s own account, signed by its key',
      permission: treasurer,
      movesMoney: true,
      body: NewDailyLimit,
      reply: DailyLimit,
      async handle({ actor, body, idempotencyKey }) {
        await limits.setForCoop({ actor: actor as LimitIntention['actor'], idempotencyKey }, body.limitMicros);
        return viewOf(coopSeat);
      },
    }),
  ];
}

import { type Route, route } from '../../platform/ports/index.ts';
import type { Issuing } from './issuing.ts';
import { RetireBody, SeatParams } from './members.schema.ts';

const board = { roles: ['board'] } as const;

/** A seat that is given back: its member joins and sends nothing more, and can have the money paid out. */
export function retirementRoutes(issuing: Issuing): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/members/:seat/retirement',
      summary: 'End a seat for good: the board’s keys sign',
      permission: board,
      movesMoney: true,
      params: SeatParams,
      body: RetireBody,
      async handle({ actor, params, body, idempotencyKey }) {
        await issuing.retire(actor, params.seat, body.reason, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/members/:seat/retirement',
      summary: 'Take that back before it has left the hub',
      permission: board,
      params: SeatParams,
      async handle({ actor, params, idempotencyKey }) {
        await issuing.keep(actor, params.seat, idempotencyKey);
        return { status: 204 };
      },
    }),
  ];
}

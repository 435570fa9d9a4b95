import { fail } from '../../platform/errors.ts';
import { type Actor, type Reader, type Route, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import { deskView, redemptionView } from './redemption-view.ts';
import {
  DeskQuery,
  NewOwnRedemption,
  NewRedemption,
  Paid,
  RedemptionId,
  RedemptionsQuery,
  Refused,
} from './redemptions.schema.ts';
import { findRedemption, type RedemptionRow, redemptionsAtDesk, redemptionsOfSeat } from './redemptions.store.ts';
import type { Redemptions } from './redemptions.ts';

const treasurer = { roles: ['treasurer'] } as const;
const defaultLimit = 50;
type NameOf = (reader: Reader, seat: SeatNumber) => string | undefined;

const pageOf = ({ after, limit = defaultLimit }: { after?: string; limit?: number }) => ({
  before: after ? Number(after) : Number.MAX_SAFE_INTEGER,
  limit,
});
const nextOf = (rows: readonly RedemptionRow[], limit: number) =>
  rows.length === limit ? String(rows.at(-1)!.cursor) : undefined;

export function redemptionRoutes(store: Store, redemptions: Redemptions, nameOf: NameOf): Route[] {
  const found = (reader: Reader, id: string): RedemptionRow => {
    const row = findRedemption(reader, id);
    if (!row) throw fail('not_found', { noun: 'redemption' });
    return row;
  };
  const mine = (id: string) => ({ body: store.read((reader) => redemptionView(reader, found(reader, id))) });
  const atDesk = (id: string) => ({ body: store.read((reader) => deskView(reader, found(reader, id), nameOf)) });

  return [
    route({
      method: 'GET',
      path: '/api/redemptions',
      summary: 'What I asked to be paid out, newest first',
      permission: 'signed-in',
      query: RedemptionsQuery,
      handle({ actor, query }) {
        const { before, limit } = pageOf(query);
        return store.read((reader) => {
          const rows = redemptionsOfSeat(reader, actor.seat!, before, limit);
          return { body: { items: rows.map((row) => redemptionView(reader, row)), next: nextOf(rows, limit) } };
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/redemptions',
      summary: 'Ask for money back: set aside and signed for at once, paid by the treasurer once it is recorded',
      permission: 'signed-in',
      movesMoney: true,
      body: NewRedemption,
      async handle({ actor, body, idempotencyKey }) {
        const id = await redemptions.ask(actor as Actor & { seat: SeatNumber }, body, idempotencyKey);
        return { status: 201, ...mine(id) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/redemptions/:id',
      summary: 'Take it back while it is still here',
      permission: 'signed-in',
      movesMoney: true,
      params: RedemptionId,
      async handle({ actor, params, idempotencyKey }) {
        await redemptions.cancel(actor, params.id, idempotencyKey);
        return mine(params.id);
      },
    }),
    route({
      method: 'GET',
      path: '/api/redemptions/desk',
      summary: 'What is to be paid out, or was, newest first',
      permission: treasurer,
      query: DeskQuery,
      handle({ query }) {
        const { before, limit } = pageOf(query);
        return store.read((reader) => {
          const rows = redemptionsAtDesk(reader, query.state ?? 'open', before, limit);
          return { body: { items: rows.map((row) => deskView(reader, row, nameOf)), next: nextOf(rows, limit) } };
        });
      },
    }),
    route({
      method: 'POST',
      path: '/api/redemptions/own',
      summary: 'A supplier was paid by bank: as much of the clearing account’s Food-USD goes',
      permission: treasurer,
      movesMoney: true,
      body: NewOwnRedemption,
      async handle({ actor, body, idempotencyKey }) {
        return { status: 201, ...atDesk(await redemptions.redeemOwn(actor, body, idempotencyKey)) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/redemptions/:id/paid',
      summary: 'It was paid in cash or by bank',
      permission: treasurer,
      movesMoney: true,
      params: RedemptionId,
      body: Paid,
      async handle({ actor, params, body, idempotencyKey }) {
        await redemptions.markPaid(actor, params.id, body, idempotencyKey);
        return atDesk(params.id);
      },
    }),
    route({
      method: 'POST',
      path: '/api/redemptions/:id/refuse',
      summary: 'It is not paid: the money goes back to its member',
      permission: treasurer,
      movesMoney: true,
      params: RedemptionId,
      body: Refused,
      async handle({ actor, params, body, idempotencyKey }) {
        await redemptions.refuse(actor, params.id, body.reason, idempotencyKey);
        return atDesk(params.id);
      },
    }),
  ];
}

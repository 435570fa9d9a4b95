import { fail } from '../../platform/errors.ts';
import { type Actor, type Route, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import { transferView } from './transfer-view.ts';
import { NewTransfer, TransferId, TransfersQuery } from './transfers.schema.ts';
import { findTransfer, transfersOfSeat } from './transfers.store.ts';
import type { TransferIntention, TransferMembers, Transfers } from './transfers.ts';

const defaultLimit = 50;

export function transferRoutes(store: Store, transfers: Transfers, members: TransferMembers): Route[] {
  const view = (actor: Actor, id: string) =>
    store.read((reader) => {
      const row = findTransfer(reader, id);
      const isTheirs = row?.fromSeat === actor.seat || row?.toSeat === actor.seat;
      if (!row || !isTheirs) throw fail('not_found', { noun: 'transfer' });
      return transferView(reader, row, actor.seat!, members);
    });

  const intention = (request: { actor: Actor; idempotencyKey: string }): TransferIntention => ({
    actor: request.actor as Actor & { seat: SeatNumber },
    idempotencyKey: request.idempotencyKey,
  });

  return [
    route({
      method: 'GET',
      path: '/api/transfers',
      summary: 'What I sent to neighbours and got from them, newest first',
      permission: 'signed-in',
      query: TransfersQuery,
      handle({ actor, query: { after, limit = defaultLimit } }) {
        const before = after ? Number(after) : Number.MAX_SAFE_INTEGER;
        return store.read((reader) => {
          const rows = transfersOfSeat(reader, actor.seat!, before, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.cursor) : undefined;
          return { body: { items: rows.map((row) => transferView(reader, row, actor.seat!, members)), next } };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/api/transfers/:id',
      summary: 'One of them',
      permission: 'signed-in',
      params: TransferId,
      handle: ({ actor, params }) => ({ body: view(actor, params.id) }),
    }),
    route({
      method: 'POST',
      path: '/api/transfers',
      summary: 'Send money to a neighbour: set aside and signed for at once, theirs once it is recorded',
      permission: 'signed-in',
      movesMoney: true,
      body: NewTransfer,
      async handle(request) {
        const id = await transfers.send(intention(request), request.body);
        return { status: 201, body: view(request.actor, id) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/transfers/:id',
      summary: 'Take it back while it is still here',
      permission: 'signed-in',
      movesMoney: true,
      params: TransferId,
      async handle(request) {
        await transfers.cancel(intention(request), request.params.id);
        return { body: view(request.actor, request.params.id) };
      },
    }),
  ];
}

import {
  type Actor,
  type Reader,
  type Route,
  route,
  type SeatNumber,
  type Store,
} from '../../../platform/ports/index.ts';
import { pageOf } from '../page.ts';
import { Page } from '../treasury.schema.ts';
import { type MyReversal, NewReversal, type Reversal, ReversalId } from './reversals.schema.ts';
import { findReversal, listReversals, type ReversalRow, reversalsToSign } from './reversals.store.ts';
import { mayConfirm, type Reversals } from './reversals.ts';

export interface ReversalRouteDeps {
  readonly store: Store;
  readonly reversals: Reversals;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
}

const treasurer = { roles: ['treasurer'] } as const;
const officers = { roles: ['treasurer', 'board'] } as const;

export function reversalRoutes({ store, reversals, nameOf }: ReversalRouteDeps): Route[] {
  function view(reader: Reader, row: ReversalRow, actor: Actor): Reversal {
    const name = (seat: SeatNumber | null) => (seat === null ? undefined : (nameOf(reader, seat) ?? ''));
    return {
      id: row.id,
      movementId: row.movementId,
      kind: 'deposit',
      seat: row.seat,
      memberName: name(row.seat)!,
      amountMicros: row.amountMicros,
      title: row.title,
      reason: row.reason,
      state: row.state,
      askedByName: name(row.askedBySeat)!,
      askedAtMs: row.askedAtMs,
      decidedByName: name(row.decidedBySeat),
      decidedAtMs: row.decidedAtMs ?? undefined,
      followUp: row.followUp ?? undefined,
      mayConfirm: mayConfirm(actor, row),
    };
  }
  const now = (id: string, actor: Actor) => store.read((reader) => view(reader, findReversal(reader, id)!, actor));

  return [
    route({
      method: 'GET',
      path: '/api/reversals',
      summary: 'Reversals that were asked for, newest first',
      permission: officers,
      query: Page,
      handle: ({ actor, query }) =>
        store.read((reader) => {
          const { before, limit } = pageOf(query);
          const rows = listReversals(reader, before, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.cursor) : undefined;
          return { body: { items: rows.map((row) => view(reader, row, actor)), next } };
        }),
    }),
    route({
      method: 'GET',
      path: '/api/reversals/mine',
      summary: 'What was put to my account by mistake, and waits to be signed back',
      permission: 'signed-in',
      handle: ({ actor }) =>
        store.read((reader) => {
          const rows = reversalsToSign(reader, actor.seat!);
          const items = rows.map(
            ({ id, amountMicros, title, reason }): MyReversal => ({ id, amountMicros, title, reason }),
          );
          return { body: { items } };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/reversals/:id/return',
      summary: 'Sign back what was put to my account by mistake',
      permission: 'signed-in',
      movesMoney: true,
      params: ReversalId,
      async handle({ actor, params, idempotencyKey }) {
        await reversals.giveBack(actor as Actor & { seat: SeatNumber }, params.id, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/reversals',
      summary: 'Ask for a deposit to be taken back',
      permission: treasurer,
      movesMoney: true,
      body: NewReversal,
      async handle({ actor, body, idempotencyKey }) {
        const id = await reversals.ask(actor, body, idempotencyKey);
        return { status: 201, body: now(id, actor) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/reversals/:id/confirm',
      summary: 'Confirm it as the second officer',
      permission: officers,
      movesMoney: true,
      params: ReversalId,
      async handle({ actor, params, idempotencyKey }) {
        await reversals.confirm(actor, params.id, idempotencyKey);
        return { body: now(params.id, actor) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/reversals/:id/refuse',
      summary: 'Leave everything as it is',
      permission: officers,
      params: ReversalId,
      async handle({ actor, params, idempotencyKey }) {
        await reversals.refuse(actor, params.id, idempotencyKey);
        return { body: now(params.id, actor) };
      },
    }),
  ];
}

import { fail } from '../../platform/errors.ts';
import { type Actor, type Reader, type Route, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import { type ComparisonDeps, produceDifferences } from './comparison.ts';
import type { Gifts } from './gifts.ts';
import { findLot, listLots } from './lots.store.ts';
import type { Lots } from './lots.ts';
import * as schema from './produce.schema.ts';
import type { Produce, ProduceMembers, Seated } from './produce.ts';
import { reportedShifts, shiftsOf } from './shifts.store.ts';
import type { Shifts } from './shifts.ts';
import { lotView, produceOf, shiftView } from './views.ts';

export interface ProduceRouteDeps {
  readonly store: Store;
  readonly lots: Lots;
  readonly produce: Produce;
  readonly shifts: Shifts;
  readonly gifts: Gifts;
  readonly members: ProduceMembers;
  readonly comparison: ComparisonDeps;
}

const defaultLimit = 30;
const listMax = 100;

export function produceRoutes(deps: ProduceRouteDeps): Route[] {
  const { store, lots, produce, shifts, gifts, members } = deps;
  const certifier = { roles: ['certifier'] } as const;
  const coordinator = { roles: ['coordinator'] } as const;
  const lotNow = (id: string) => store.read((reader) => lotView(reader, findLot(reader, id)!));
  const mine = (actor: Actor) => store.read((reader) => produceOf(reader, (actor as Seated).seat));
  /** Who hands out knows names; neighbours see what each of them wants to be called. */
  const neighbours = (reader: Reader, actor: Actor): schema.Neighbour[] =>
    members.seats(reader).map(({ seat }) => {
      const name = actor.roles.includes('certifier') ? members.nameOf(reader, seat) : undefined;
      return { seat, name: name ?? members.labelOf(reader, seat) };
    });
  const shiftsAs = (actor: Actor, which: 'mine' | 'reported') =>
    store.read((reader) => {
      const seat = actor.seat as SeatNumber;
      const rows = which === 'mine' ? shiftsOf(reader, seat, listMax) : reportedShifts(reader, listMax);
      return {
        items: rows.map((row) => shiftView(reader, row, members.nameOf(reader, row.seat) ?? '', seat)),
      };
    });

  return [
    route({
      method: 'GET',
      path: '/api/lots',
      summary: 'What was harvested, newest first',
      permission: 'public',
      query: schema.Page,
      handle: ({ query }) =>
        store.read((reader) => {
          const limit = query.limit ?? defaultLimit;
          const rows = listLots(reader, query.after ? Number(query.after) : Number.MAX_SAFE_INTEGER, limit);
          const next = rows.length === limit ? String(rows.at(-1)!.rowId) : undefined;
          return { body: { items: rows.map((row) => lotView(reader, row)), next } };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/lots',
      summary: 'Record a harvest',
      permission: { roles: ['gardener'] },
      body: schema.NewLot,
      async handle({ actor, body, idempotencyKey }) {
        const id = await lots.record(actor, body, idempotencyKey);
        return { status: 201, body: lotNow(id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/lots/:id/certificate',
      summary: 'Certify a lot: so many grams may be handed out',
      permission: certifier,
      movesMoney: true,
      params: schema.Id,
      body: schema.Certificate,
      async handle({ actor, params, body, idempotencyKey }) {
        await lots.certify(actor, params.id, body.grams, idempotencyKey);
        return { body: lotNow(params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/lots/:id/recall',
      summary: 'Do not eat: nothing more of the lot is handed out',
      permission: certifier,
      movesMoney: true,
      params: schema.Id,
      async handle({ actor, params, idempotencyKey }) {
        await lots.recall(actor, params.id, idempotencyKey);
        return { body: lotNow(params.id) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/harvests',
      summary: 'Hand a certified lot out to seats',
      permission: certifier,
      movesMoney: true,
      body: schema.NewHarvests,
      async handle({ actor, body, idempotencyKey }) {
        await produce.hand(actor, body, idempotencyKey);
        return { status: 201, body: lotNow(body.lotId) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/harvests/neighbours',
      summary: 'To whom produce can be handed or given',
      permission: 'signed-in',
      handle: ({ actor }) => ({ body: { items: store.read((reader) => neighbours(reader, actor)) } }),
    }),
    route({
      method: 'GET',
      path: '/api/harvests',
      summary: 'What is mine of the harvests, and what became of the rest',
      permission: 'signed-in',
      handle: ({ actor }) => ({ body: mine(actor) }),
    }),
    route({
      method: 'GET',
      path: '/api/harvests/differences',
      summary: 'Where the books and the chain disagree about grams and GRO',
      permission: { roles: ['treasurer', 'certifier'] },
      async handle() {
        const differences = await produceDifferences(deps.comparison);
        if (!differences) throw fail('chain_offline');
        return { body: { differences } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/consumptions',
      summary: 'What I ate, gave away or lost',
      permission: 'signed-in',
      handle: ({ actor }) => ({ body: { items: mine(actor).moves.filter(({ kind }) => kind === 'consumption') } }),
    }),
    route({
      method: 'POST',
      path: '/api/consumptions',
      summary: 'I ate it, gave it away, or it spoiled',
      permission: 'signed-in',
      movesMoney: true,
      body: schema.NewConsumption,
      async handle({ actor, body, idempotencyKey }) {
        await produce.consume(actor as Seated, body, idempotencyKey);
        return { status: 201, body: mine(actor) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/gifts',
      summary: 'Give a neighbour grams of what I have',
      permission: 'signed-in',
      movesMoney: true,
      body: schema.NewGift,
      async handle({ actor, body, idempotencyKey }) {
        await gifts.give(actor as Seated, body, idempotencyKey);
        return { status: 201, body: mine(actor) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/shifts',
      summary: 'My shifts, or those that wait for a coordinator',
      permission: 'signed-in',
      query: schema.ShiftsQuery,
      handle({ actor, query }) {
        const which = query.which ?? 'mine';
        if (which === 'reported' && !actor.roles.includes('coordinator'))
          throw fail('not_allowed', { needs: 'a coordinator' });
        return { body: shiftsAs(actor, which) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/shifts',
      summary: 'Report a shift in the garden',
      permission: 'signed-in',
      body: schema.NewShift,
      async handle({ actor, body, idempotencyKey }) {
        await shifts.report(actor as Seated, body, idempotencyKey);
        return { status: 201, body: shiftsAs(actor, 'mine') };
      },
    }),
    route({
      method: 'POST',
      path: '/api/shifts/:id/confirmation',
      summary: 'Confirm that a neighbour’s shift was done: it earns GRO',
      permission: coordinator,
      movesMoney: true,
      params: schema.Id,
      async handle({ actor, params, idempotencyKey }) {
        await shifts.confirm(actor, params.id, idempotencyKey);
        return { body: shiftsAs(actor, 'reported') };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/shifts/:id',
      summary: 'A reported shift was not done after all',
      permission: 'signed-in',
      params: schema.Id,
      async handle({ actor, params, idempotencyKey }) {
        await shifts.decline(actor, params.id, idempotencyKey);
        return { body: shiftsAs(actor, 'mine') };
      },
    }),
  ];
}

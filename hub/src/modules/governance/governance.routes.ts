import { fail } from '../../platform/errors.ts';
import { type Actor, type Route, route, type SeatNumber } from '../../platform/ports/index.ts';
import { NewBallot, NewLock, NewProposal, ProposalId, ProposalsQuery } from './governance.schema.ts';
import { locksView } from './lock-view.ts';
import { lockGro, takeOut } from './locks.ts';
import { buildingNumbers } from './numbers.ts';
import { proposalView } from './proposal-view.ts';
import { findProposal, listProposals } from './proposals.store.ts';
import { type Intention, type ProposalsDeps, propose } from './proposals.ts';
import { vote } from './voting.ts';

const defaultLimit = 30;

export function governanceRoutes(deps: ProposalsDeps): Route[] {
  const { store, members, clock } = deps;
  const view = (actor: Actor, id: string) =>
    store.read((reader) => {
      const proposal = findProposal(reader, id);
      if (!proposal) throw fail('not_found', { noun: 'proposal' });
      return proposalView(reader, proposal, actor, members.voter);
    });
  const locks = (actor: Actor) => store.read((reader) => locksView(reader, actor.seat!, clock.nowMs()));
  const intention = (request: { actor: Actor; idempotencyKey: string }): Intention => ({
    actor: request.actor as Actor & { seat: SeatNumber },
    idempotencyKey: request.idempotencyKey,
  });

  return [
    route({
      method: 'GET',
      path: '/api/proposals',
      summary: 'Proposals that are open, or decided',
      permission: 'public',
      query: ProposalsQuery,
      handle: ({ actor, query }) =>
        store.read((reader) => {
          const limit = query.limit ?? defaultLimit;
          const rows = listProposals(reader, { state: query.state ?? 'open', after: query.after, limit });
          const items = rows.map((row) => proposalView(reader, row, actor, members.voter));
          return { body: { items, next: rows.length === limit ? rows.at(-1)?.id : undefined } };
        }),
    }),
    route({
      method: 'GET',
      path: '/api/proposals/:id',
      summary: 'One proposal',
      permission: 'public',
      params: ProposalId,
      handle: ({ actor, params }) => ({ body: view(actor, params.id) }),
    }),
    route({
      method: 'POST',
      path: '/api/proposals',
      summary: 'Propose something to the building',
      permission: 'signed-in',
      movesMoney: true,
      body: NewProposal,
      async handle(request) {
        const id = await propose(deps, intention(request), request.body);
        return { status: 201, body: view(request.actor, id) };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/proposals/:id/ballot',
      summary: 'Vote, or vote otherwise: v votes cost v² credits',
      permission: 'signed-in',
      movesMoney: true,
      params: ProposalId,
      body: NewBallot,
      async handle(request) {
        await vote(deps, intention(request), request.params.id, request.body);
        return { body: view(request.actor, request.params.id) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/numbers',
      summary: 'The numbers that the building obeys, with the bounds within which members move them',
      permission: 'public',
      handle: () => ({ body: { items: store.read((reader) => buildingNumbers(reader)) } }),
    }),
    route({
      method: 'GET',
      path: '/api/locks',
      summary: 'My GRO and what is locked of it',
      permission: 'signed-in',
      handle: ({ actor }) => ({ body: locks(actor) }),
    }),
    route({
      method: 'POST',
      path: '/api/locks',
      summary: 'Lock GRO, add to the lock or make it longer',
      permission: 'signed-in',
      movesMoney: true,
      body: NewLock,
      async handle(request) {
        await lockGro(deps, intention(request), request.body);
        return { status: 201, body: locks(request.actor) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/locks/out',
      summary: 'Take a lock out that has ended',
      permission: 'signed-in',
      movesMoney: true,
      async handle(request) {
        await takeOut(deps, intention(request));
        return { status: 201, body: locks(request.actor) };
      },
    }),
  ];
}

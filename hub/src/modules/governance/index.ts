import type { Journal } from '../../journal/index.ts';
import {
  type Actor,
  type Job,
  type Lane,
  type Reader,
  type Room,
  type Route,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import { ballotOfIntent, setBallot } from './ballots.store.ts';
import { closeDueProposals, decideAgain, hasDueProposals, voidProposal } from './deciding.ts';
import { createExecutionsLane } from './executions.lane.ts';
import { governanceRoutes } from './governance.routes.ts';
import type { NewBallot, NewProposal, Proposal } from './governance.schema.ts';
import { createLockLanes } from './locks.lane.ts';
import { lockRequestOfIntent, setLockRequest } from './locks.store.ts';
import { proposalView } from './proposal-view.ts';
import { createRecordsLane } from './proposals.lane.ts';
import { findProposal, type ProposalRow, proposalAt, proposalOfIntent, touchProposal } from './proposals.store.ts';
import { type Intention, type ProposalsDeps, propose } from './proposals.ts';
import { createGovernanceSightings } from './sightings.ts';
import { createVotesLane } from './votes.lane.ts';
import { vote } from './voting.ts';

export type { Locks, NewBallot, NewProposal, Proposal } from './governance.schema.ts';
export type { GovernanceMembers, Intention, Voter } from './proposals.ts';

export interface GovernanceDeps extends ProposalsDeps {
  readonly journal: Journal;
}

export interface GovernanceRoom extends Room {
  readonly routes: readonly Route[];
  readonly lanes: readonly Lane[];
  readonly jobs: readonly Job[];
  propose(intention: Intention, wish: NewProposal): Promise<string>;
  vote(intention: Intention, id: string, ballot: NewBallot): Promise<void>;
  /** The proposal as this actor may see it. */
  view(reader: Reader, id: string, actor: Actor): Proposal | undefined;
}

/** What the building decides: proposals, quadratic votes, and the time-locks that give more credits. */
export function createGovernanceRoom(deps: GovernanceDeps): GovernanceRoom {
  const { store, clock } = deps;
  const nowMs = () => clock.nowMs();

  const withProposal = (tx: Tx, intentId: string, work: (proposal: ProposalRow) => void): void => {
    const proposal = proposalOfIntent(tx, intentId);
    if (proposal) work(proposal);
  };

  function ballotEnded(tx: Tx, intentId: string, state: 'recorded' | 'void', reason?: string): void {
    const ballot = ballotOfIntent(tx, intentId);
    if (!ballot || ballot.state === state) return;
    setBallot(tx, ballot.id, state, reason);
    const proposal = proposalAt(tx, ballot.proposalId)!;
    if (state === 'void') decideAgain(tx, proposal.id);
    touchProposal(tx, proposal);
  }

  function lockEnded(tx: Tx, intentId: string, state: 'recorded' | 'void', reason?: string): void {
    const request = lockRequestOfIntent(tx, intentId);
    if (!request) return;
    setLockRequest(tx, request.id, state, reason);
    tx.changed('lock', String(request.seat), 0, `seat:${request.seat}`);
  }

  return {
    routes: governanceRoutes(deps),
    lanes: [
      ...createLockLanes({
        nowMs,
        untilOf: (intentId) => store.read((reader) => lockRequestOfIntent(reader, intentId)?.untilS ?? 0),
        settled: (tx, intentId) => lockEnded(tx, intentId, 'recorded'),
        voided: (tx, intentId, reason) => lockEnded(tx, intentId, 'void', reason),
      }),
      createRecordsLane({
        nowMs,
        recorded: (tx, intentId) => withProposal(tx, intentId, (proposal) => touchProposal(tx, proposal)),
        voided: (tx, intentId, reason) => withProposal(tx, intentId, (proposal) => voidProposal(tx, proposal, reason)),
      }),
      createVotesLane({
        settled: (tx, intentId) => ballotEnded(tx, intentId, 'recorded'),
        voided: (tx, intentId, reason) => ballotEnded(tx, intentId, 'void', reason),
      }),
      createExecutionsLane({
        nowMs,
        voided: (tx, intentId) => withProposal(tx, intentId, (proposal) => touchProposal(tx, proposal)),
      }),
    ],
    jobs: [
      {
        name: 'proposals.close',
        movesMoney: true,
        async run() {
          if (!deps.isClockTrusted()) return;
          if (!store.read((reader) => hasDueProposals(reader, clock.nowMs()))) return;
          await store.act({ name: 'proposals.close', actor: system('governance') }, (tx) => {
            tx.audit({ count: closeDueProposals(tx) });
          });
        },
      },
    ],
    onChainEvent: createGovernanceSightings(deps.journal).onEvent,
    propose: (intention, wish) => propose(deps, intention, wish),
    vote: (intention, id, ballot) => vote(deps, intention, id, ballot),
    view(reader, id, actor) {
      const proposal = findProposal(reader, id);
      return proposal && proposalView(reader, proposal, actor, deps.members.voter);
    },
  };
}

import { outbox } from '../../outbox/index.ts';
import type { Actor, Intent, Reader } from '../../platform/ports/index.ts';
import { type BallotRow, ballotsOf, findBallot } from './ballots.store.ts';
import { executesAtMs } from './content.ts';
import type { MyBallot, MyVote, Proposal, RecordState } from './governance.schema.ts';
import type { ProposalRow } from './proposals.store.ts';
import type { Voter } from './proposals.ts';
import { costOf, mostVotes } from './quadratic.ts';
import { quorumOf } from './tally.ts';
import { creditsOf, refusalOf } from './voting.ts';

/** How far an intent is, in the words of the page. */
export function recordOf(state: Intent['state'] | undefined): RecordState {
  if (state === 'final') return 'recorded';
  if (state === 'void') return 'void';
  return state === 'sent' || state === 'landed' ? 'recording' : 'here';
}

const recordOfIntent = (reader: Reader, intentId: string): RecordState =>
  recordOf(outbox.find(reader, intentId)?.state);

function recordOfBallot(reader: Reader, { state, intentId }: BallotRow): RecordState {
  if (state === 'recorded') return 'recorded';
  if (state === 'void' || intentId === null) return 'void';
  return recordOfIntent(reader, intentId);
}

/** Before the close how far the proposal itself is, then how far all of its ballots are. */
function recordOfProposal(reader: Reader, proposal: ProposalRow, ballots: readonly BallotRow[]): RecordState {
  if (proposal.state === 'void') return 'void';
  if (proposal.state === 'executed') return 'recorded';
  const own = proposal.isBound ? 'recorded' : recordOfIntent(reader, proposal.intentId);
  if (proposal.state === 'open' || own !== 'recorded') return own;
  const states = ballots.map((ballot) => recordOfBallot(reader, ballot));
  if (states.every((state) => state === 'recorded')) return 'recorded';
  return states.includes('recording') || states.includes('recorded') ? 'recording' : 'here';
}

function myBallot(reader: Reader, ballot: BallotRow): MyBallot {
  const { support, votes, reason } = ballot;
  return {
    support,
    votes,
    credits: costOf(votes),
    record: recordOfBallot(reader, ballot),
    reason: reason ?? undefined,
  };
}

function myVote(reader: Reader, proposal: ProposalRow, seat: number, voter: Voter | undefined): MyVote {
  const ballot = findBallot(reader, proposal.rowId, seat);
  const credits = creditsOf(reader, seat, proposal);
  return {
    ballot: ballot && myBallot(reader, ballot),
    refusal: refusalOf(voter, proposal),
    seasonCredits: credits.season,
    leftCredits: credits.left,
    mostVotes: mostVotes(credits, ballot && ballot.state !== 'void' ? ballot.votes : 0),
  };
}

/** The proposal as this actor may see it: counts only once nobody can vote any more. */
export function proposalView(
  reader: Reader,
  proposal: ProposalRow,
  actor: Actor,
  voterAt: (reader: Reader, seat: number) => Voter | undefined,
): Proposal {
  const ballots = ballotsOf(reader, proposal.rowId);
  const { terms, change, state } = proposal;
  return {
    id: proposal.id,
    revision: proposal.revision,
    kind: proposal.kind,
    title: proposal.title,
    titleEs: proposal.titleEs,
    text: proposal.text,
    state,
    reason: proposal.reason,
    record: recordOfProposal(reader, proposal, ballots),
    opensAtMs: proposal.opensAtMs,
    closesAtMs: proposal.closesAtMs,
    votedCount: ballots.length,
    quorumCount: quorumOf(terms),
    residentCount: terms.residents,
    threshold: terms.threshold,
    leastFor: Math.min(terms.leastFor, terms.residents),
    counts: state === 'open' ? undefined : proposal.counts,
    spending: change && 'spending' in change ? change.spending : undefined,
    number: change && 'number' in change ? change.number : undefined,
    executesAtMs: state === 'passed' && change ? executesAtMs(proposal.content, terms.delayS) : undefined,
    isMine: actor.seat === undefined ? undefined : proposal.proposedBySeat === actor.seat,
    my: actor.seat === undefined ? undefined : myVote(reader, proposal, actor.seat, voterAt(reader, actor.seat)),
  };
}

import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import { domainOf, message } from '../../signing/index.ts';
import { findBallot, otherBallots, putBallot } from './ballots.store.ts';
import { secondsOf } from './content.ts';
import { withdraw } from './deciding.ts';
import type { NewBallot, Support } from './governance.schema.ts';
import { lockAt } from './locks.store.ts';
import { findProposal, type ProposalRow, touchProposal } from './proposals.store.ts';
import { governanceOnChain, type Intention, type ProposalsDeps, requireResident, type Voter } from './proposals.ts';
import { type Credits, costOf, creditsFor, mostVotes, multiplierOf } from './quadratic.ts';
import { votesLane } from './votes.lane.ts';

const supportNumbers: Readonly<Record<Support, number>> = { against: 0, for: 1, abstain: 2 };

/** The last revision that another may replace; 255 would be final. */
const lastRevision = 254;

const dayMs = 86_400_000;
/** Ballots leave so long before the chain takes no more, whatever it costs. */
const urgentMs = 7 * dayMs;

/** Why the seat has no vote on the proposal, if so. */
export function refusalOf(voter: Voter | undefined, proposal: Pick<ProposalRow, 'opensAtMs'>) {
  if (voter?.seatClass !== 'resident') return 'guest';
  // The governor asks the registry: a seat issued when the proposal was open already has no vote.
  if (voter.recordedAtMs === undefined || voter.recordedAtMs >= proposal.opensAtMs) return 'seat_too_new';
  return undefined;
}

/** What the seat may spend on the proposal, in credits. */
export function creditsOf(reader: Reader, seat: SeatNumber, proposal: ProposalRow): Credits {
  const multiplier = (opensAtMs: number, capMicros: number): number => {
    const opensAtS = secondsOf(opensAtMs);
    return multiplierOf(lockAt(reader, seat, opensAtS), opensAtS, capMicros);
  };
  const { season, seasonLengthS, rowId } = proposal;
  const others = otherBallots(reader, { seat, season, seasonLengthS, proposalId: rowId });
  return creditsFor(
    multiplier(proposal.opensAtMs, proposal.terms.lockCapMicros),
    others.map((other) => ({
      credits: costOf(other.votes),
      multiplier: multiplier(other.opensAtMs, other.lockCapMicros),
    })),
  );
}

/**
 * Casts the seat's ballot, or puts it in the place of the one before, until the building's close. Throws `proposal_closed`,
 * `not_allowed` for guests, `seat_too_new`, `not_enough_credits`, `conflict`, `grant_needed`.
 */
export async function vote(
  deps: ProposalsDeps,
  { actor, idempotencyKey }: Intention,
  id: string,
  ballot: NewBallot,
): Promise<void> {
  const { store, members } = deps;
  const { seat } = actor;
  const place = governanceOnChain(deps.onChain());
  const { hash, revision } = store.read((reader) => {
    const proposal = findProposal(reader, id);
    if (!proposal) throw fail('not_found', { noun: 'proposal' });
    return { hash: proposal.hash, revision: (findBallot(reader, proposal.rowId, seat)?.revision ?? 0) + 1 };
  });
  const { votes, support } = ballot;
  const signed = message('Ballot', { proposal: hash, seat, support: supportNumbers[support], votes, revision });
  const signature = await members.sign(actor, domainOf('CoopGovernor', place.chainId, place.governor), signed);
  await store.act({ name: 'proposal.vote', actor, idempotencyKey, body: { id, ...ballot } }, (tx) => {
    const proposal = findProposal(tx, id);
    assertOpen(deps, proposal);
    const voter = members.voter(tx, seat);
    requireResident(voter);
    if (refusalOf(voter, proposal)) throw fail('seat_too_new');
    const before = findBallot(tx, proposal.rowId, seat);
    if ((before?.revision ?? 0) + 1 !== revision) throw fail('conflict', { noun: 'ballot' });
    if (revision > lastRevision) throw fail('proposal_closed');
    assertCredits(creditsOf(tx, seat, proposal), votes, before && before.state !== 'void' ? before.votes : 0);
    withdraw(tx, before?.intentId, 'replaced');
    const intentId = outbox.add(tx, {
      lane: votesLane,
      subject: hash,
      seat,
      message: signed,
      authorisations: [{ by: 'member', seat, address: voter.address, signature }],
      validUntilMs: proposal.submissionEndMs,
      urgentAtMs: proposal.submissionEndMs - urgentMs,
      after: [proposal.intentId],
    });
    putBallot(tx, { proposalId: proposal.rowId, seat, revision, support, votes, intentId, state: 'cast' });
    // What was chosen is nobody's business, not even the audit's.
    tx.audit({ proposal: id });
    touchProposal(tx, proposal);
  });
}

function assertOpen(deps: ProposalsDeps, proposal: ProposalRow | undefined): asserts proposal is ProposalRow {
  if (!proposal) throw fail('not_found', { noun: 'proposal' });
  if (proposal.state !== 'open') throw fail('proposal_closed');
  // While nobody is sure of the time a deadline closes nothing.
  if (deps.isClockTrusted() && proposal.closesAtMs <= deps.clock.nowMs()) throw fail('proposal_closed');
}

function assertCredits(credits: Credits, votes: number, before: number): void {
  if (votes <= mostVotes(credits, before)) return;
  throw fail('not_enough_credits', { needed: costOf(votes), left: Math.min(credits.left, credits.here) });
}

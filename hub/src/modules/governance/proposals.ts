import { v7 as uuidv7 } from 'uuid';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, OnChain, Reader, SeatNumber, Store } from '../../platform/ports/index.ts';
import { domainOf, hashStruct, message, type ProposalContent, type SignAsMember, toHex } from '../../signing/index.ts';
import { callsOf, kindNumbers, latestRecordS, newSalt, textHashOf, timesOf } from './content.ts';
import type { NewProposal, ProposalKind } from './governance.schema.ts';
import { buildingNumber, numberNow } from './numbers.ts';
import { recordsLane } from './proposals.lane.ts';
import { type Change, insertProposal, proposalsMadeIn } from './proposals.store.ts';
import type { Terms } from './tally.ts';

/** A seat as the vote looks at it. */
export interface Voter {
  readonly seatClass: 'resident' | 'guest';
  readonly address: Hex;
  /** When the hub learned that the registry knows the seat. */
  readonly recordedAtMs?: number;
}

/** What the building's decisions need of the members' room. */
export interface GovernanceMembers {
  readonly sign: SignAsMember;
  voter(reader: Reader, seat: SeatNumber): Voter | undefined;
  residentCount(reader: Reader): number;
  /** After a recovery outgoing GRO waits; undefined when it does not. */
  outgoingWaitsUntil(reader: Reader, seat: SeatNumber): number | undefined;
}

export interface ProposalsDeps {
  readonly store: Store;
  readonly members: GovernanceMembers;
  readonly onChain: () => OnChain | undefined;
  readonly clock: Clock;
  readonly isClockTrusted: () => boolean;
}

/** One intention of a caller, with what its idempotency key covers. */
export interface Intention {
  readonly actor: Actor & { readonly seat: SeatNumber };
  readonly idempotencyKey?: string;
}

/** Where the building's contracts of votes and locks stand. Throws `not_founded`. */
export function governanceOnChain(onChain: OnChain | undefined) {
  const {
    CoopGovernor: governor,
    Parameters: parameters,
    SeatLock: seatLock,
    GroToken: gro,
  } = onChain?.contracts ?? {};
  if (!onChain || !governor || !parameters || !seatLock || !gro) throw fail('not_founded');
  return { ...onChain, governor, parameters, seatLock, gro };
}

/** Throws `not_allowed` for guests and for who holds no seat. */
export function requireResident(voter: Voter | undefined): asserts voter is Voter {
  if (voter?.seatClass !== 'resident') throw fail('not_allowed', { needs: 'a resident' });
}

/** What a proposal that opens now would be bound to, as far as the hub knows. */
export function termsNow(reader: Reader, kind: ProposalKind, residents: number): Terms {
  return {
    residents,
    threshold: numberNow(reader, `vote.${kind}.threshold`),
    quorum: numberNow(reader, 'vote.quorum'),
    leastFor: numberNow(reader, 'vote.leastFor'),
    delayS: numberNow(reader, `vote.${kind}.delay`),
    lockCapMicros: numberNow(reader, 'lock.cap'),
  };
}

/**
 * Opens a proposal: it stands in the building at once, and is recorded when there is a line. Answers its id. Throws
 * `bad_request` naming the field, `not_allowed`, `too_many_proposals`, `clock_untrusted`, `grant_needed`, `not_founded`.
 */
export async function propose(deps: ProposalsDeps, intention: Intention, wish: NewProposal): Promise<string> {
  const { store, members, clock } = deps;
  const { actor, idempotencyKey } = intention;
  const place = governanceOnChain(deps.onChain());
  // Its times are signed: nobody can mend them once the clock is right.
  if (!deps.isClockTrusted()) throw fail('clock_untrusted');
  const textSalt = newSalt();
  const { content, change } = store.read((reader) => {
    requireResident(members.voter(reader, actor.seat));
    const changed = changeOf(reader, wish, members);
    const made: ProposalContent = {
      proposer: actor.seat,
      kind: kindNumbers[wish.kind],
      textHash: textHashOf(textSalt, [wish.title, wish.titleEs ?? '', wish.text]),
      ...callsOf(changed, place, (seat) => members.voter(reader, seat)?.address),
      ...timesOf(clock.nowMs(), wish.openForDays),
      salt: newSalt(),
    };
    return { content: made, change: changed };
  });
  const proposal = message('Proposal', content);
  const signature = await members.sign(actor, domainOf('CoopGovernor', place.chainId, place.governor), proposal);
  const hash = toHex(hashStruct(proposal));
  return store.act({ name: 'proposal.open', actor, idempotencyKey, body: wish }, (tx) => {
    const proposer = members.voter(tx, actor.seat);
    requireResident(proposer);
    const seasonLengthS = numberNow(tx, 'season.length');
    const season = Math.floor(content.opensAt / seasonLengthS);
    const limit = numberNow(tx, 'vote.proposalsPerSeason');
    if (proposalsMadeIn(tx, { seat: actor.seat, season, seasonLengthS }) >= limit)
      throw fail('too_many_proposals', { limit });
    const id = uuidv7();
    const intentId = outbox.add(tx, {
      lane: recordsLane,
      subject: hash,
      seat: actor.seat,
      message: proposal,
      authorisations: [{ by: 'member', seat: actor.seat, address: proposer.address, signature }],
      validUntilMs: (content.submissionEnd - latestRecordS) * 1000,
    });
    outbox.queue(tx, intentId);
    insertProposal(tx, {
      id,
      hash,
      kind: wish.kind,
      title: wish.title,
      titleEs: wish.titleEs,
      text: wish.text,
      textSalt,
      content,
      change,
      proposedBySeat: actor.seat,
      opensAtMs: content.opensAt * 1000,
      closesAtMs: content.closesAt * 1000,
      submissionEndMs: content.submissionEnd * 1000,
      season,
      seasonLengthS,
      terms: termsNow(tx, wish.kind, members.residentCount(tx)),
      intentId,
    });
    tx.changed('proposal', id, 1);
    tx.audit({ proposal: id, kind: wish.kind });
    return id;
  });
}

/** What the wish changes. Throws `bad_request` naming the field. */
function changeOf(reader: Reader, wish: NewProposal, members: GovernanceMembers): Change | undefined {
  const { kind, spending, number } = wish;
  const wrong = (field: string, rule: string) => fail('bad_request', { field, rule });
  if (spending && kind !== 'spending') throw wrong('spending', `is not for a proposal of kind ${kind}`);
  if (number && kind !== 'parameters') throw wrong('number', `is not for a proposal of kind ${kind}`);
  if (kind === 'spending') {
    if (!spending) throw wrong('spending', 'is missing');
    const most = buildingNumber(reader, 'spending.perMonth')?.value;
    if (most !== undefined && spending.amountMicros > most)
      throw wrong('spending.amountMicros', `must be at most ${most}, the most in 30 days`);
    if (spending.toSeat !== undefined && !members.voter(reader, spending.toSeat))
      throw wrong('spending.toSeat', 'is unknown');
    return { spending };
  }
  if (kind === 'parameters') {
    if (!number) throw wrong('number', 'is missing');
    const now = buildingNumber(reader, number.key);
    if (!now) throw wrong('number.key', 'is unknown');
    if (number.value < now.least || number.value > now.most)
      throw wrong('number.value', `must be between ${now.least} and ${now.most}`);
    if (number.value === now.value) throw wrong('number.value', 'is what it is already');
    return { number: { ...number, before: now.value } };
  }
  return undefined;
}

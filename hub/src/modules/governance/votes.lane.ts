import type { Hex, Intent, Lane, Readiness, Reads, Tx } from '../../platform/ports/index.ts';
import { compactSignature, concat, fieldsOf, toHex, uintBytes } from '../../signing/index.ts';
import { costOf } from './quadratic.ts';
import { type At, believed, never, notYet, ready, seatReadiness, wordsCall, wordsOf } from './seat-reads.ts';

export const votesLane = 'votes';

const contract = 'CoopGovernor';
/** Of one proposal, in one transaction. */
const batchMax = 50;
/** The chain takes them for 45 days after the close: a cheaper hour may come. */
const longestWaitMs = 6 * 3_600_000;
/** Credits that every seat has of a season and may spend on one proposal, whatever it locks: no lock is asked for less. */
const seasonOfAll = 100;
const hereOfAll = 25;
const one = 10_000;

interface Terms {
  readonly opensAt: bigint;
  readonly submissionEnd: bigint;
  readonly lockCap: bigint;
  readonly season: bigint;
  readonly seasonLength: bigint;
  readonly endedAt: bigint;
  /** 1 executed, 2 cancelled. */
  readonly mark: bigint;
}

export interface VotesDeps {
  readonly settled: (tx: Tx, intentId: string) => void;
  readonly voided: (tx: Tx, intentId: string, reason: string) => void;
}

/** A proposal's ballots, after its close and its recording: a batch is one call, of one proposal. */
export function createVotesLane({ settled, voided }: VotesDeps): Lane {
  return {
    name: votesLane,
    carrier: 'chain',
    rank: 70,
    policy: { batchMax, longestWaitMs },
    calls: [
      { contract, fn: 'castBallots', inputs: ['bytes32', 'bytes'] },
      { contract, fn: 'ballotWord', inputs: ['bytes32', 'uint256'] },
      { contract, fn: 'termsOf', inputs: ['bytes32'] },
      { contract, fn: 'creditsSpent', inputs: ['uint40', 'uint40', 'uint24'] },
      { contract: 'SeatLock', fn: 'multipliersAt', inputs: ['uint24[]', 'uint40', 'uint256'] },
      wordsCall,
    ],
    groupOf: (intent) => intent.id,

    async preflight(items, reads) {
      const groups = [...Map.groupBy(items, (item) => item.subject)];
      const found = new Map<Intent, Readiness>();
      for (const [proposal, group] of groups) {
        const verdicts = await believed((at) => lookAt(proposal, group, reads, at));
        for (const [index, item] of group.entries()) found.set(item, verdicts[index]!);
      }
      return inTurn(items, (item) => found.get(item)!);
    },

    prepare: (items) => ({ contract, fn: 'castBallots', args: [items[0]!.subject, packBallots(items)] }),

    landed(items, reads, at) {
      const ballotAt = createBallotReads(reads, at);
      return Promise.all(
        items.map(async (item) => {
          const { proposal, seat, support, votes, revision } = fieldsOf(item.message, 'Ballot');
          const there = await ballotAt(proposal, seat);
          return there.support === support && there.votes === votes && there.revision === revision;
        }),
      );
    },
    settled: (tx, intent) => settled(tx, intent.id),
    voided: (tx, intent, reason) => voided(tx, intent.id, reason),
  };
}

/** What leaves together is one proposal's, the oldest first; what is ready besides has its turn next. */
function inTurn(items: readonly Intent[], verdictOf: (item: Intent) => Readiness): Readiness[] {
  const first = items.find((item) => verdictOf(item).verdict === 'ready');
  let room = batchMax;
  return items.map((item) => {
    const verdict = verdictOf(item);
    if (verdict.verdict !== 'ready') return verdict;
    if (item.subject !== first?.subject || room === 0) return notYet('others_first');
    room -= 1;
    return verdict;
  });
}

interface CountedBallot {
  readonly support: number;
  /** 0 for none. */
  readonly votes: number;
  readonly revision: number;
}

/** A counted ballot in 16 bits (`Ballot.sol`): revision (8) | zero (2) | support (2) | votes (4). */
export const unpackBallot = (bits: number): CountedBallot => ({
  support: (bits >> 4) & 3,
  votes: bits & 15,
  revision: bits >> 8,
});

/** A seat's ballot as the governor counted it; sixteen seats are one read. */
function createBallotReads(reads: Reads, at: At) {
  const words = new Map<string, Promise<bigint>>();
  return async (proposal: Hex, seat: number): Promise<CountedBallot> => {
    const key = `${proposal}/${seat >> 4}`;
    const call = { contract, fn: 'ballotWord', args: [proposal, seat >> 4] };
    const word = words.get(key) ?? reads.read<bigint>(call, at);
    words.set(key, word);
    return unpackBallot(Number(((await word) >> BigInt((seat & 15) << 4)) & 0xffffn));
  };
}

/** What the governor would say of each, in its own order. */
async function lookAt(proposal: Hex, items: readonly Intent[], reads: Reads, at: At): Promise<Readiness[]> {
  const terms = await reads.read<Terms>({ contract, fn: 'termsOf', args: [proposal] }, at);
  if (terms.submissionEnd === 0n) return items.map(() => notYet('proposal_not_recorded'));
  if (terms.mark === 2n) return items.map(() => never('cancelled'));
  if (terms.mark === 1n || terms.endedAt !== 0n) return items.map(() => never('proposal_closed'));
  const seats = items.map((item) => fieldsOf(item.message, 'Ballot').seat);
  const ballotAt = createBallotReads(reads, at);
  const words = await wordsOf(reads, seats, at);
  return Promise.all(
    items.map(async (item, index): Promise<Readiness> => {
      const word = words[index]!;
      const seat = seatReadiness(word, item.authorisations[0]!.address);
      if (seat.verdict !== 'ready') return seat;
      if (BigInt(word.issuedAt) >= terms.opensAt) return never('seat_too_new');
      const ballot = fieldsOf(item.message, 'Ballot');
      const before = await ballotAt(proposal, ballot.seat);
      if (before.votes > 0 && before.revision >= ballot.revision) return never('overtaken');
      return creditReadiness(ballot, costOf(before.votes), terms, reads, at);
    }),
  );
}

/** The governor's own comparison: a quarter of the credits here, all of them in the season. Locks are asked where they matter. */
async function creditReadiness(
  { seat, votes }: { seat: number; votes: number },
  beforeCost: number,
  { season, seasonLength, opensAt, lockCap }: Terms,
  reads: Reads,
  at: At,
): Promise<Readiness> {
  const cost = costOf(votes);
  if (cost <= beforeCost) return ready;
  const spentCall = { contract, fn: 'creditsSpent', args: [season, seasonLength, seat] };
  const spent = Number(await reads.read<bigint>(spentCall, at)) - beforeCost + cost;
  if (cost <= hereOfAll && spent <= seasonOfAll) return ready;
  const lockCall = { contract: 'SeatLock', fn: 'multipliersAt', args: [[seat], opensAt, lockCap] };
  const multiplier = Number((await reads.read<bigint[]>(lockCall, at))[0]);
  if (cost * 4 * one > seasonOfAll * multiplier) return never('over_quarter');
  return spent * one > seasonOfAll * multiplier ? never('out_of_credits') : ready;
}

/** 70 bytes each, ascending by seat: seat u24 | support u8 | votes u8 | revision u8 | r | yParityAndS. */
function packBallots(items: readonly Intent[]): Hex {
  const ballots = items
    .map((item) => ({ ...fieldsOf(item.message, 'Ballot'), signature: item.authorisations[0]!.signature }))
    .sort((a, b) => a.seat - b.seat);
  return toHex(
    concat(
      ...ballots.map(({ seat, support, votes, revision, signature }) =>
        concat(
          uintBytes(seat, 3),
          uintBytes(support, 1),
          uintBytes(votes, 1),
          uintBytes(revision, 1),
          compactSignature(signature),
        ),
      ),
    ),
  );
}

/**
 * What the governor does, written from its rules and not from its code: nothing is packed, nothing is added up as it comes.
 * Sums and spent credits are counted anew from the ballots each time. An action answers why it could be refused; the chain
 * must refuse for one of these reasons, or must not refuse when there is none.
 */
const DAY = 24 * 3600;
const MOST_VOTES = 7;
const FINAL = 255;

export interface ModelSeat {
  class: 'resident' | 'guest' | 'retired';
  frozen: boolean;
  readonly issuedAt: number;
}

export interface ModelContent {
  readonly proposer: number;
  readonly kind: number;
  readonly opensAt: number;
  readonly closesAt: number;
  readonly submissionEnd: number;
  /** What it would do, in order. */
  readonly deeds: readonly Deed[];
}

export type Deed =
  | { readonly what: 'transfer'; readonly amount: bigint }
  | { readonly what: 'mark-up'; readonly value: number }
  | { readonly what: 'chore' }
  /** A function that is on no list. */
  | { readonly what: 'forbidden' };

export interface ModelBallot {
  readonly support: number;
  readonly votes: number;
  readonly revision: number;
}

export interface Numbers {
  threshold: [number, number, number, number];
  delay: [number, number, number, number];
  quorum: number;
  leastFor: number;
  seasonLength: number;
  proposalsPerSeason: number;
  spendingPerMonth: bigint;
}

interface ModelProposal {
  readonly content: ModelContent;
  readonly threshold: number;
  readonly delay: number;
  readonly quorum: number;
  readonly leastFor: number;
  readonly residents: number;
  readonly season: string;
  readonly ballots: Map<number, ModelBallot>;
  endedAt: number | undefined;
  mark: 'Executed' | 'Cancelled' | undefined;
}

type Reasons = Set<string>;

export class GovernorModel {
  readonly seats = new Map<number, ModelSeat>();
  readonly proposals = new Map<string, ModelProposal>();
  readonly #locks = new Map<number, { from: number; multiplier: number }[]>();
  readonly #records: { seat: number; season: string }[] = [];
  readonly #spent = new Map<number, bigint>();
  readonly numbers: Numbers;
  readonly guardianUntil: number;
  treasury: bigint;
  paid = 0n;
  markUp = 300;
  chores = 0;
  choreRefuses = false;
  choreIsListed = true;

  constructor(numbers: Numbers, treasury: bigint, guardianUntil: number) {
    this.numbers = numbers;
    this.treasury = treasury;
    this.guardianUntil = guardianUntil;
  }

  lock(time: number, seat: number, multiplier: number): void {
    this.#locks.set(seat, [...(this.#locks.get(seat) ?? []), { from: time, multiplier }]);
  }

  /** Ten-thousandths: what stood at a moment, never more than twofold. */
  #multiplierAt(seat: number, time: number): number {
    const before = (this.#locks.get(seat) ?? []).filter((each) => each.from <= time);
    return Math.min(20_000, before.at(-1)?.multiplier ?? 10_000);
  }

  #seasonOf(time: number): string {
    return `${Math.floor(time / this.numbers.seasonLength)} of ${this.numbers.seasonLength}`;
  }

  /** What a seat's ballots of a season cost together. */
  spentBy(seat: number, season: string, exceptId?: string): number {
    let sum = 0;
    for (const [id, proposal] of this.proposals) {
      if (proposal.season !== season || id === exceptId) continue;
      sum += (proposal.ballots.get(seat)?.votes ?? 0) ** 2;
    }
    return sum;
  }

  #callReasons(content: ModelContent): Reasons {
    const reasons: Reasons = new Set();
    const { kind, deeds } = content;
    if (kind > 3) reasons.add('UnknownKind');
    if (kind === 0 ? deeds.length > 0 : deeds.length === 0 || deeds.length > 10) reasons.add('BadCallCount');
    for (const { what } of deeds) {
      const fits =
        (kind === 1 && what === 'transfer') ||
        (kind === 2 && what === 'mark-up') ||
        (kind === 3 && what === 'chore' && this.choreIsListed);
      if (!fits) {
        reasons.add('CallNotAllowed');
        // A call of another shape than the kind's only function has.
        if (kind !== 3) reasons.add('BadCallData');
      }
    }
    return reasons;
  }

  record(time: number, id: string, content: ModelContent, isSigned: boolean): Reasons {
    const reasons = this.#callReasons(content);
    const { opensAt, closesAt, submissionEnd, proposer, kind } = content;
    if (this.proposals.has(id)) reasons.add('AlreadyRecorded');
    if (opensAt >= time) reasons.add('NotOpenYet');
    if (closesAt - opensAt < 3 * DAY) reasons.add('VoteTooShort');
    if (submissionEnd - closesAt < 45 * DAY) reasons.add('SubmissionTooShort');
    if (submissionEnd - opensAt > 180 * DAY) reasons.add('SpanTooLong');
    if (submissionEnd - time < 3 * DAY) reasons.add('RecordedTooLate');
    const seat = this.seats.get(proposer);
    if (seat?.class !== 'resident') reasons.add('NotAResident');
    if (seat?.frozen) reasons.add('SeatIsFrozen');
    if (!isSigned) reasons.add('NotSignedByProposer');
    const recorded = this.#records.filter((each) => each.seat === proposer && each.season === this.#seasonOf(time));
    if (recorded.length >= this.numbers.proposalsPerSeason) reasons.add('TooManyProposals');
    if (reasons.size > 0) return reasons;
    const residents = [...this.seats.values()].filter((each) => each.class === 'resident').length;
    this.#records.push({ seat: proposer, season: this.#seasonOf(time) });
    this.proposals.set(id, {
      content,
      threshold: this.numbers.threshold[kind]!,
      delay: kind === 3 ? Math.max(7 * DAY, this.numbers.delay[3]) : this.numbers.delay[kind]!,
      quorum: this.numbers.quorum,
      leastFor: Math.min(this.numbers.leastFor, residents),
      residents,
      season: this.#seasonOf(opensAt),
      ballots: new Map(),
      endedAt: undefined,
      mark: undefined,
    });
    return reasons;
  }

  #notOpen(time: number, id: string): string | undefined {
    const state = this.stateOf(time, id);
    if (state === 'Unknown') return 'NotRecorded';
    return state === 'Open' ? undefined : 'NotOpen';
  }

  /** Why the ballot could be skipped, as codes. */
  #ballotReasons(id: string, seatNumber: number, ballot: ModelBallot, isSigned: boolean): Set<number> {
    const proposal = this.proposals.get(id)!;
    const seat = this.seats.get(seatNumber);
    const reasons = new Set<number>();
    if (!seat) return reasons.add(1);
    if (seat.class === 'retired') reasons.add(11);
    if (seat.class === 'guest') reasons.add(12);
    if (seat.frozen) reasons.add(2);
    if (seat.issuedAt >= proposal.content.opensAt) reasons.add(13);
    if (ballot.support > 2 || ballot.votes === 0 || ballot.votes > MOST_VOTES) reasons.add(5);
    const older = proposal.ballots.get(seatNumber);
    if (older && ballot.revision <= older.revision) reasons.add(3);
    if (!isSigned) reasons.add(6);
    const cost = ballot.votes ** 2;
    if (cost <= (older?.votes ?? 0) ** 2) return reasons;
    const credits = (100 * this.#multiplierAt(seatNumber, proposal.content.opensAt)) / 10_000;
    if (cost > credits / 4) reasons.add(14);
    if (this.spentBy(seatNumber, proposal.season, id) + cost > credits) reasons.add(15);
    return reasons;
  }

  /** Each item's possible codes (none: it counts), or why the whole batch is refused. */
  cast(
    time: number,
    id: string,
    items: readonly (ModelBallot & { seat: number; isSigned: boolean })[],
  ): { refused: string } | { codes: Set<number>[] } {
    const refused = this.#notOpen(time, id);
    if (refused) return { refused };
    return {
      codes: items.map(({ seat, isSigned, ...ballot }) => {
        const reasons = this.#ballotReasons(id, seat, ballot, isSigned);
        if (reasons.size === 0) this.proposals.get(id)!.ballots.set(seat, ballot);
        return reasons;
      }),
    };
  }

  static #passes(proposal: ModelProposal, ballots: readonly ModelBallot[], extraAgainst: number): boolean {
    const votesOf = (support: number): number =>
      ballots.filter((each) => each.support === support).reduce((sum, each) => sum + each.votes, 0);
    const yes = votesOf(1);
    const no = votesOf(0) + extraAgainst;
    return (
      yes > no &&
      yes * 10_000 >= proposal.threshold * (yes + no) &&
      ballots.length * 10_000 >= proposal.quorum * proposal.residents &&
      ballots.filter((each) => each.support === 1).length >= proposal.leastFor
    );
  }

  endEarly(time: number, id: string): Reasons {
    const refused = this.#notOpen(time, id);
    if (refused) return new Set([refused]);
    const proposal = this.proposals.get(id)!;
    const fixed = [...proposal.ballots.values()].filter((each) => each.revision === FINAL);
    if (!GovernorModel.#passes(proposal, fixed, MOST_VOTES * (proposal.residents - fixed.length)))
      return new Set(['NotDecided']);
    proposal.endedAt = time;
    return new Set();
  }

  stateOf(time: number, id: string): string {
    const proposal = this.proposals.get(id);
    if (!proposal) return 'Unknown';
    if (proposal.mark) return proposal.mark;
    const end = proposal.endedAt ?? proposal.content.submissionEnd;
    if (time < end) return 'Open';
    if (!GovernorModel.#passes(proposal, [...proposal.ballots.values()], 0)) return 'Defeated';
    const eta = end + proposal.delay;
    if (time < eta) return 'Waiting';
    return time <= eta + 90 * DAY ? 'Executable' : 'Expired';
  }

  execute(time: number, id: string): Reasons {
    if (this.stateOf(time, id) !== 'Executable') return new Set(['NotExecutable']);
    const proposal = this.proposals.get(id)!;
    const { deeds } = proposal.content;
    const reasons = this.#callReasons(proposal.content);
    const period = Math.floor(time / (30 * DAY));
    const amount = deeds.reduce((sum, each) => (each.what === 'transfer' ? sum + each.amount : sum), 0n);
    const total = (this.#spent.get(period) ?? 0n) + amount;
    if (amount > 0n && total > this.numbers.spendingPerMonth) reasons.add('OverMonthlySpending');
    if (amount > this.treasury) reasons.add('ERC20InsufficientBalance');
    if (deeds.some((each) => each.what === 'mark-up' && each.value > 3000)) reasons.add('ParameterOutOfBounds');
    if (deeds.some((each) => each.what === 'chore') && this.choreRefuses) reasons.add('Refused');
    if (reasons.size > 0) return reasons;
    proposal.mark = 'Executed';
    if (amount > 0n) this.#spent.set(period, total);
    this.treasury -= amount;
    this.paid += amount;
    for (const each of deeds) {
      if (each.what === 'mark-up') this.markUp = each.value;
      if (each.what === 'chore') this.chores += 1;
    }
    return reasons;
  }

  cancel(time: number, id: string, byGuardian: boolean): Reasons {
    const reasons: Reasons = new Set();
    if (!byGuardian) reasons.add('AccessManagedUnauthorized');
    if (time > this.guardianUntil) reasons.add('GuardianExpired');
    if (!['Open', 'Waiting', 'Executable'].includes(this.stateOf(time, id))) reasons.add('NotCancellable');
    if (reasons.size === 0) this.proposals.get(id)!.mark = 'Cancelled';
    return reasons;
  }

  /** What a proposal's ballots add up to, in the order in which the chain's word has them. */
  countsOf(id: string): number[] {
    const ballots = [...(this.proposals.get(id)?.ballots.values() ?? [])];
    const fixed = ballots.filter((each) => each.revision === FINAL);
    const sum = (list: readonly ModelBallot[], support: number): number =>
      list.filter((each) => each.support === support).reduce((total, each) => total + each.votes, 0);
    const heads = (list: readonly ModelBallot[], support: number): number =>
      list.filter((each) => each.support === support).length;
    return [
      sum(ballots, 1),
      sum(ballots, 0),
      sum(ballots, 2),
      heads(ballots, 1),
      ballots.length,
      sum(fixed, 1),
      sum(fixed, 0),
      heads(fixed, 1),
      fixed.length,
    ];
  }
}

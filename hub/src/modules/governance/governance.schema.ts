import { type Static, Type } from '@sinclair/typebox';
import { plainLines, plainText } from '../../platform/plain-text.ts';

export const ProposalKind = Type.Union([Type.Literal('text'), Type.Literal('spending'), Type.Literal('parameters')]);
export type ProposalKind = Static<typeof ProposalKind>;

const Micros = Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 });
const Seat = Type.Integer({ minimum: 1, maximum: 0xff_ff_ff });

/** The building's treasury pays: to a seat, or (left out) to the co-op's clearing account. */
export const Spending = Type.Object(
  { amountMicros: Micros, toSeat: Type.Optional(Seat) },
  { additionalProperties: false },
);
export type Spending = Static<typeof Spending>;

/** A number of the building gets another value. */
export const NewValue = Type.Object(
  {
    key: Type.String({ minLength: 1, maxLength: 31, pattern: '^[a-zA-Z.]+$' }),
    value: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  },
  { additionalProperties: false },
);
export type NewValue = Static<typeof NewValue>;

export const NewProposal = Type.Object(
  {
    kind: ProposalKind,
    title: plainText(100),
    titleEs: Type.Optional(plainText(100)),
    text: plainLines(4000),
    /** The governor takes no vote of less than three days. */
    openForDays: Type.Integer({ minimum: 3, maximum: 60 }),
    spending: Type.Optional(Spending),
    number: Type.Optional(NewValue),
  },
  { additionalProperties: false },
);
export type NewProposal = Static<typeof NewProposal>;

export const Support = Type.Union([Type.Literal('for'), Type.Literal('against'), Type.Literal('abstain')]);
export type Support = Static<typeof Support>;

export const NewBallot = Type.Object(
  { support: Support, votes: Type.Integer({ minimum: 1, maximum: 7 }) },
  { additionalProperties: false },
);
export type NewBallot = Static<typeof NewBallot>;

export const ProposalId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export const ProposalsQuery = Type.Object(
  {
    state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('decided')])),
    after: Type.Optional(Type.String({ format: 'uuid' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);

/** More GRO, a later end, or both. With 0 the lock is only made longer. */
export const NewLock = Type.Object(
  {
    amountMicros: Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 }),
    untilMs: Type.Integer({ minimum: 0, maximum: 10_000_000_000_000 }),
  },
  { additionalProperties: false },
);
export type NewLock = Static<typeof NewLock>;

export type ProposalState = 'open' | 'passed' | 'rejected' | 'executed' | 'void';

/** How far something is on its way to the chain, as people are told. */
export type RecordState = 'here' | 'recording' | 'recorded' | 'void';

/** Votes by support, seats For, seats that voted. */
export interface Counts {
  readonly for: number;
  readonly against: number;
  readonly abstain: number;
  readonly headsFor: number;
  readonly heads: number;
}

export interface MyBallot {
  readonly support: Support;
  readonly votes: number;
  readonly credits: number;
  readonly record: RecordState;
  readonly reason?: string;
}

/** What the signed-in member may do about a proposal. */
export interface MyVote {
  readonly ballot?: MyBallot;
  /** Why not: `guest` has no vote, `seat_too_new` came when it was open already. */
  readonly refusal?: 'guest' | 'seat_too_new';
  /** Credits of the season, and what is left of them when this proposal is left out. */
  readonly seasonCredits: number;
  readonly leftCredits: number;
  readonly mostVotes: number;
}

/** A proposal as a session sees it: never who voted how, and no counts before it closes. */
export interface Proposal {
  readonly id: string;
  readonly revision: number;
  readonly kind: ProposalKind;
  readonly title: string;
  readonly titleEs?: string;
  readonly text: string;
  readonly state: ProposalState;
  readonly reason?: string;
  readonly record: RecordState;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly votedCount: number;
  readonly quorumCount: number;
  readonly residentCount: number;
  /** Share of For among For and Against that it needs, in ten-thousandths. */
  readonly threshold: number;
  readonly leastFor: number;
  readonly counts?: Counts;
  readonly spending?: Spending;
  readonly number?: NewValue & { readonly before?: number };
  /** From when on it is carried out, once it passed. */
  readonly executesAtMs?: number;
  readonly isMine?: boolean;
  readonly my?: MyVote;
}

export interface LockRequest {
  readonly id: string;
  readonly kind: 'lock' | 'withdraw';
  readonly amountMicros: number;
  readonly untilMs: number;
  readonly record: RecordState;
  readonly reason?: string;
}

/** A member's GRO and what is locked of it. */
export interface Locks {
  /** Free to lock, in micro-GRO. */
  readonly groMicros: number;
  readonly lock?: { readonly amountMicros: number; readonly untilMs: number; readonly isOver: boolean };
  /** Credits of a season for proposals that open now. */
  readonly credits: number;
  /** GRO from which on more adds no credits. */
  readonly capMicros: number;
  readonly requests: readonly LockRequest[];
}

import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { plainText } from '../../../platform/plain-text.ts';
import type { RecordState } from '../orders.schema.ts';

const oneOf = <T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
const closed = <T extends Record<string, TSchema>>(fields: T) => Type.Object(fields, { additionalProperties: false });

const Id = Type.String({ format: 'uuid' });
const TimeMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Money = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
const UnitCount = Type.Integer({ minimum: 0, maximum: 10_000 });

export const CycleState = oneOf(
  'draft',
  'open',
  'last-call',
  'closed',
  'ordered',
  'received',
  'picked-up',
  'settled',
  'cancelled',
);
export type CycleState = Static<typeof CycleState>;
export type SetsAside = 'at-commit' | 'at-last-call';

export const NewCycle = closed({
  title: plainText(80),
  titleEs: Type.Optional(plainText(80)),
  /** From here on only changes that hurt nobody else. */
  lastCallAtMs: TimeMs,
  closesAtMs: TimeMs,
  pickupFromMs: TimeMs,
  pickupToMs: TimeMs,
  /** Who gets what while there is not enough. */
  policy: oneOf('first-come', 'pro-rata', 'least-served'),
  setsAside: oneOf<SetsAside>('at-commit', 'at-last-call'),
  /** What a member may promise before it is set aside at last call. */
  creditLimitMicros: Money,
  /** What becomes of a missed minimum. */
  ifMissed: oneOf('extend', 'cancel', 'send-anyway'),
  /** What the co-op adds to suppliers' prices; 10,000 is all of it once more. */
  markupBasisPoints: Type.Integer({ minimum: 0, maximum: 10_000 }),
});
export type NewCycle = Static<typeof NewCycle>;

const Tier = closed({
  fromUnits: Type.Integer({ minimum: 2, maximum: 1_000_000 }),
  unitPriceMicros: Type.Integer({ minimum: 1, maximum: 10_000_000_000 }),
});

/** What may be said of a good for this cycle alone; left out, it is as in the catalogue. */
export const NewArticle = closed({
  goodId: Id,
  /** Beyond the price of one, by rising units and falling price. */
  tiers: Type.Optional(Type.Array(Tier, { maxItems: 8 })),
  depositMicros: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  taxPpm: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  minCases: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  maxCases: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
  /** So much of a last case the co-op carries in stock. */
  stockMaxUnits: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
});
export type NewArticle = Static<typeof NewArticle>;

export const Minimum = closed({ minimumMicros: Money });

/** One step of the cycle, forward or back; the reason is kept with it. */
export const Step = closed({
  to: CycleState,
  reason: Type.Optional(plainText(200)),
  /** Where the step goes back to members: until when they may change something again. */
  lastCallAtMs: Type.Optional(TimeMs),
  closesAtMs: Type.Optional(TimeMs),
});
export type Step = Static<typeof Step>;

/** A whole basket: what is not named is not wanted any more. */
export const Basket = closed({
  /** Of the basket that this one takes the place of; 0 for the first. */
  revision: Type.Integer({ minimum: 0 }),
  items: Type.Array(closed({ articleId: Id, atLeast: UnitCount, want: UnitCount, upTo: UnitCount }), {
    maxItems: 500,
  }),
});
export type Basket = Static<typeof Basket>;

/** A fill that the coordinator has looked at: what is signed is that one. */
export const Closings = closed({ revision: Type.Integer({ minimum: 1 }) });

export const CycleId = closed({ id: Id });
export const CycleArticleId = closed({ id: Id, articleId: Id });
export const CycleSupplierId = closed({ id: Id, supplierId: Id });
export const CyclesQuery = closed({
  before: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});
export const ArticlesQuery = closed({
  supplier: Type.Optional(Id),
  after: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
export const SharesQuery = closed({
  after: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});

export interface CycleSupplier {
  readonly supplierId: string;
  readonly name: string;
  readonly nameEs?: string;
  readonly articleCount: number;
  readonly minimumMicros: number;
}

/** A cycle as everybody sees it: never who takes part, only how many. */
export interface Cycle extends NewCycle {
  readonly id: string;
  readonly revision: number;
  readonly state: CycleState;
  readonly suppliers: readonly CycleSupplier[];
  readonly memberCount: number;
  readonly isMine?: boolean;
}

export interface CycleArticle {
  readonly id: string;
  readonly supplierId: string;
  readonly goodId: string;
  readonly title: string;
  readonly titleEs?: string;
  readonly picture?: string;
  readonly unit: string;
  readonly unitsPerCase: number;
  readonly tiers: readonly { readonly fromUnits: number; readonly unitPriceMicros: number }[];
  readonly depositMicros: number;
  readonly taxPpm: number;
  readonly minCases: number;
  readonly maxCases?: number;
  readonly stockMaxUnits: number;
  readonly progress: ArticleProgress;
}

/** "2 more bags and everyone pays $1.90 instead of $2.15." */
export interface ArticleProgress {
  readonly wantedUnits: number;
  readonly toleratedUnits: number;
  readonly memberCount: number;
  readonly cases: number;
  /** So many units more fill another case; 0 while nobody waits for one. */
  readonly missing: number;
  readonly unitPriceMicros: number;
  readonly next?: { readonly missing: number; readonly unitPriceMicros: number };
}

export interface BasketLine {
  readonly supplierId: string;
  /** What is set aside or promised for the worst case, and once it is charged what was taken. */
  readonly amountMicros: number;
  /** What is signed: more needs another signature. */
  readonly maxMicros: number;
  readonly state: string;
  readonly reason?: string;
  readonly record: RecordState;
}

export interface MyBasket {
  readonly cycleId: string;
  readonly revision: number;
  readonly items: Basket['items'];
  readonly lines: readonly BasketLine[];
}

/** What a member gets of an article and why: numbers for one sentence. */
export interface MyShare {
  readonly articleId: string;
  readonly atLeast: number;
  readonly want: number;
  readonly upTo: number;
  readonly units: number;
  readonly why: string;
  readonly unitPriceMicros: number;
  readonly amountMicros: number;
}

export interface CycleFill {
  /** The cycle's, at which it was made; the closings name it. */
  readonly revision: number;
  readonly suppliers: readonly {
    readonly supplierId: string;
    readonly goodsMicros: number;
    readonly owedMicros: number;
    readonly stockMicros: number;
    readonly roundingMicros: number;
    readonly isMissed: boolean;
    readonly isSent: boolean;
  }[];
  readonly articles: readonly {
    readonly articleId: string;
    readonly cases: number;
    readonly units: number;
    readonly unitPriceMicros: number;
    readonly toStock: number;
    readonly isMissed: boolean;
  }[];
}

export interface CycleStep {
  readonly fromState?: CycleState;
  readonly toState: CycleState;
  /** Undefined: the hub by itself. */
  readonly bySeat?: number;
  readonly reason?: string;
  readonly atMs: number;
}

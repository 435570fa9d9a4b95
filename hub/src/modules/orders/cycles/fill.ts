import { fillCases, type Why } from '../case-fill/case-fill.ts';
import type { Claim, Policy } from '../case-fill/claim.ts';
import { type Charges, type Cost, centsOf, costOf, inWholeCents, shownMicros } from './cost.ts';
import { type CaseArticle, fillArticle } from './progress.ts';

export type IfMissed = 'extend' | 'cancel' | 'send-anyway';

export interface ArticleToFill extends CaseArticle, Pick<Charges, 'depositMicros' | 'taxPpm'> {
  readonly id: number;
  readonly supplierId: string;
  readonly claims: readonly Claim[];
}

/** Everything that a fill depends on, as of one revision of the cycle. */
export interface CycleToFill {
  readonly revision: number;
  readonly policy: Policy;
  readonly ifMissed: IfMissed;
  readonly markupBasisPoints: number;
  readonly minimumMicros: ReadonlyMap<string, number>;
  /** By id. */
  readonly articles: readonly ArticleToFill[];
}

/** `below-minimum`: the article's or the supplier's, so nobody gets any. */
export type ShareWhy = Why | 'below-minimum';

export interface FilledArticle {
  readonly id: number;
  readonly cases: number;
  readonly units: number;
  readonly unitPriceMicros: number;
  readonly toStock: number;
  readonly isMissed: boolean;
}

export interface FilledShare {
  readonly articleId: number;
  readonly seat: number;
  readonly atLeast: number;
  readonly want: number;
  readonly upTo: number;
  readonly units: number;
  readonly why: ShareWhy;
  /** For showing: what is charged is rounded once, over all of a supplier's articles. */
  readonly amountMicros: number;
}

export interface FilledSupplier {
  readonly supplierId: string;
  /** At the supplier's price, without deposits: what the minimum is compared with. */
  readonly goodsMicros: number;
  /** Of all members together: to the cent, the sum of `dues`. */
  readonly owedMicros: number;
  /** What nobody takes of last cases, at cost: the co-op's. */
  readonly stockMicros: number;
  readonly roundingMicros: number;
  readonly isMissed: boolean;
  readonly isSent: boolean;
  readonly dues: readonly { readonly seat: number; readonly amountMicros: number }[];
}

export interface CycleFilled {
  readonly articles: readonly FilledArticle[];
  readonly shares: readonly FilledShare[];
  readonly suppliers: readonly FilledSupplier[];
}

/**
 * Fills the cases of a whole cycle, supplier by supplier, and says who owes what. A missed minimum leaves its article or
 * its supplier out, unless they are sent anyway. Pure: the same claims give the same, to the unit and the cent.
 */
export function fillCycle(cycle: CycleToFill): CycleFilled {
  const bySupplier = [...Map.groupBy(cycle.articles, ({ supplierId }) => supplierId)];
  const filled = bySupplier.map(([supplierId, articles]) => fillSupplier(cycle, supplierId, articles));
  return {
    articles: filled.flatMap(({ articles }) => articles),
    shares: filled.flatMap(({ shares }) => shares),
    suppliers: filled.map(({ supplier }) => supplier),
  };
}

function fillSupplier(cycle: CycleToFill, supplierId: string, all: readonly ArticleToFill[]) {
  const articles: FilledArticle[] = [];
  const shares: FilledShare[] = [];
  const costs = new Map<number, Cost>();
  let stock: Cost = 0n;
  const borne = new Map<number, number>();
  for (const article of all) {
    const one = fillOne(cycle, article, borne);
    articles.push(one.article);
    stock += costOf(one.article.toStock, one.article.unitPriceMicros, { ...article, markupBasisPoints: 0 });
    for (const share of one.shares) {
      const { unitPriceMicros } = one.article;
      const cost = costOf(share.units, unitPriceMicros, { ...article, markupBasisPoints: cycle.markupBasisPoints });
      shares.push({ ...share, amountMicros: shownMicros(cost) });
      if (cost > 0n) costs.set(share.seat, (costs.get(share.seat) ?? 0n) + cost);
      const tolerated = Math.max(0, share.units - share.want) * unitPriceMicros;
      borne.set(share.seat, (borne.get(share.seat) ?? 0) + tolerated);
    }
  }
  const goodsMicros = articles.reduce((sum, { units, unitPriceMicros }) => sum + units * unitPriceMicros, 0);
  const isMissed = goodsMicros > 0 && goodsMicros < (cycle.minimumMicros.get(supplierId) ?? 0);
  const isSent = goodsMicros > 0 && (!isMissed || cycle.ifMissed === 'send-anyway');
  if (!isSent) return { ...leftOut(articles, shares), supplier: notSent(supplierId, goodsMicros, isMissed) };
  const seats = [...costs.keys()].sort((one, other) => one - other);
  const { micros, roundingMicros } = inWholeCents(seats.map((seat) => costs.get(seat)!));
  const dues = seats.map((seat, index) => ({ seat, amountMicros: micros[index]! }));
  const owedMicros = micros.reduce((sum, part) => sum + part, 0);
  const stockMicros = centsOf(stock);
  return {
    articles,
    shares,
    supplier: { supplierId, goodsMicros, owedMicros, stockMicros, roundingMicros, isMissed, isSent, dues },
  };
}

const notSent = (supplierId: string, goodsMicros: number, isMissed: boolean): FilledSupplier => ({
  supplierId,
  goodsMicros,
  owedMicros: 0,
  stockMicros: 0,
  roundingMicros: 0,
  isMissed,
  isSent: false,
  dues: [],
});

const nothing = { units: 0, amountMicros: 0, why: 'below-minimum' } as const;

/** The supplier's minimum was missed: what would have been given is not. */
const leftOut = (articles: readonly FilledArticle[], shares: readonly FilledShare[]) => ({
  articles: articles.map((article) => ({ ...article, cases: 0, units: 0, toStock: 0 })),
  shares: shares.map((share) => (share.units > 0 ? { ...share, ...nothing } : share)),
});

function fillOne(cycle: CycleToFill, article: ArticleToFill, borne: ReadonlyMap<number, number>) {
  const claims = article.claims.map((claim) => ({ ...claim, borneMicros: borne.get(claim.seat) ?? 0 }));
  const asked = fillArticle(article);
  const obeying = fillCases(asked, claims, cycle.policy);
  const anyway =
    obeying.units === 0 && article.minCases > 0
      ? fillCases({ ...asked, leastUnits: 0 }, claims, cycle.policy)
      : obeying;
  const isMissed = anyway.units > obeying.units;
  const isLeftOut = isMissed && cycle.ifMissed !== 'send-anyway';
  const { cases, units, unitPriceMicros, toStock, shares } = isLeftOut ? obeying : anyway;
  return {
    article: { id: article.id, cases, units, unitPriceMicros, toStock, isMissed },
    shares: shares.map((share, index): Omit<FilledShare, 'amountMicros'> => {
      const { atLeast, want, upTo } = claims[index]!;
      const why = isLeftOut && want > 0 ? nothing.why : share.why;
      return { articleId: article.id, seat: share.seat, atLeast, want, upTo, units: share.units, why };
    }),
  };
}

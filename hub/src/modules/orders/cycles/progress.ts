import { fillCases } from '../case-fill/case-fill.ts';
import { priceAt, type Tier } from '../case-fill/tiers.ts';

/** What an article needs of the catalogue to be counted in cases. */
export interface CaseArticle {
  readonly unitsPerCase: number;
  readonly tiers: readonly Tier[];
  readonly minCases: number;
  readonly maxCases?: number;
  readonly stockMaxUnits: number;
}

/** What everybody together asks for. */
export interface Pool {
  readonly want: number;
  /** Beyond what they want, to fill a case. */
  readonly more: number;
}

/** How far an article is, without a word about who. */
export interface Progress {
  readonly cases: number;
  readonly units: number;
  /** So many units more, and another case fills; 0 while nobody waits for one. */
  readonly missing: number;
  readonly unitPriceMicros: number;
  /** So many more wanted, and everybody pays that. */
  readonly next?: { readonly missing: number; readonly unitPriceMicros: number };
}

/** As `case-fill` counts an article. */
export const fillArticle = (article: CaseArticle) => ({
  unitsPerCase: article.unitsPerCase,
  tiers: article.tiers,
  leastUnits: article.minCases * article.unitsPerCase,
  mostUnits: article.maxCases === undefined ? undefined : article.maxCases * article.unitsPerCase,
  stockMax: article.stockMaxUnits,
});

/** The pool as one member who would take any amount: what will be ordered unless somebody's least is in the way. */
const pooled = ({ want, more }: Pool) => [
  { seat: 0, atLeast: 0, want, upTo: want + more, rows: [{ place: 0, want, more }] },
];

/** Cases and tier as they stand, and what the next of each lacks. */
export function progressOf(article: CaseArticle, pool: Pool): Progress {
  const { cases, units, missing } = fillCases(fillArticle(article), pooled(pool), 'first-come');
  const unitPriceMicros = priceAt(article.tiers, units);
  const next = article.tiers.find((tier) => tier.fromUnits > units && tier.unitPriceMicros < unitPriceMicros);
  const lacking = next && wantedFor(article, pool, next.fromUnits);
  return {
    cases,
    units,
    missing,
    unitPriceMicros,
    next: next && lacking !== undefined ? { missing: lacking, unitPriceMicros: next.unitPriceMicros } : undefined,
  };
}

/** So many more have to be wanted until at least so many units are ordered; undefined when the supplier has not so many. */
function wantedFor(article: CaseArticle, { want, more }: Pool, units: number): number | undefined {
  const { unitsPerCase, minCases, maxCases, stockMaxUnits } = article;
  const cases = Math.max(Math.ceil(units / unitsPerCase), minCases);
  if (maxCases !== undefined && cases > maxCases) return undefined;
  // Tolerance and stock complete a case that wants have begun; below the supplier's least any want begins the first.
  const begun = cases <= minCases ? 0 : (cases - 1) * unitsPerCase;
  return Math.max(cases * unitsPerCase - more - stockMaxUnits, begun + 1) - want;
}

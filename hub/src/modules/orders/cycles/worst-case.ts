import { dearest } from '../case-fill/tiers.ts';
import type { ArticleRow } from './article.store.ts';
import { type Cost, costOf, coveringMicros } from './cost.ts';
import type { Wish } from './last-call.ts';

/** A wish for an article of the cycle. */
export interface Wanted extends Wish {
  readonly article: ArticleRow;
}

/**
 * What has to be set aside of each supplier, in micro-units: as much as the member would take of every article, at its
 * dearest tier, with deposit, mark-up and tax, up to the next cent. No fill takes more.
 */
export function worstCases(wanted: readonly Wanted[], markupBasisPoints: number): Map<string, number> {
  const costs = new Map<string, Cost>();
  for (const { article, upTo } of wanted) {
    const cost = costOf(upTo, dearest(article.tiers), { ...article, markupBasisPoints });
    costs.set(article.supplierId, (costs.get(article.supplierId) ?? 0n) + cost);
  }
  return new Map([...costs].map(([supplierId, cost]) => [supplierId, coveringMicros(cost, 'items')]));
}

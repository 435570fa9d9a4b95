import { type CaseArticle, type Pool, progressOf } from './progress.ts';

/** A member's wish for one article; base units. */
export interface Wish {
  readonly atLeast: number;
  readonly want: number;
  readonly upTo: number;
}

export const noWish: Wish = { atLeast: 0, want: 0, upTo: 0 };

const moreOf = ({ want, upTo }: Wish): number => upTo - want;

/**
 * Whether a change at last call leaves everybody else as well off (the boxfill phase of Foodsoft's group orders): wants
 * stay and tolerance does not fall; or the next case lacks less while neither cases nor tolerance fall; or tolerance
 * becomes want one for one. A least amount that was named does not rise, for it could break a case up.
 */
export function isHarmless(article: CaseArticle, others: Pool, before: Wish, after: Wish): boolean {
  if (before.upTo > 0 && after.atLeast > before.atLeast) return false;
  const wanted = after.want - before.want;
  const tolerated = moreOf(after) - moreOf(before);
  if (wanted === 0 && tolerated >= 0) return true;
  if (wanted > 0 && tolerated === -wanted) return true;
  if (tolerated < 0) return false;
  const at = (wish: Wish) => progressOf(article, { want: others.want + wish.want, more: others.more + moreOf(wish) });
  const [then, now] = [at(before), at(after)];
  return now.cases >= then.cases && now.missing < then.missing;
}

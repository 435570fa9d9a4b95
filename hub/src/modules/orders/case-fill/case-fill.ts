import { type Claim, type Policy, totalOf } from './claim.ts';
import { shareOut } from './shares.ts';
import { priceAt, type Tier } from './tiers.ts';
import { type Choice, whoStays } from './who-stays.ts';

export interface Article {
  /** Base units in one case; 1 for what is sold by measure. */
  readonly unitsPerCase: number;
  /** Fewer the supplier does not send; base units. */
  readonly leastUnits?: number;
  /** More the supplier does not have; base units. */
  readonly mostUnits?: number;
  /** So much of a case's rest the co-op carries in stock; base units. */
  readonly stockMax?: number;
  readonly tiers: readonly Tier[];
}

/** Why a seat gets what it gets: a sentence of the page each. */
export type Why =
  | 'all' // what they want
  | 'all-and-more' // and tolerated units, to fill a case
  | 'part' // some of it
  | 'none' // nothing of it
  | 'left-out'; // less than their least, so nothing

export interface Share {
  readonly seat: number;
  readonly units: number;
  readonly why: Why;
  readonly amountMicros: number;
}

export interface Filling {
  readonly cases: number;
  readonly units: number;
  readonly unitPriceMicros: number;
  /** One a claim, in the claims' order. */
  readonly shares: readonly Share[];
  /** What nobody takes of the last case. */
  readonly toStock: number;
  /** So many units more, and another case fills; 0 when nobody waits for one. */
  readonly missing: number;
}

/**
 * How many cases to order, and who gets what of them. Aims in this order: fewest people left out (less than their least),
 * least unmet want, least above want, lowest cost to the co-op (what goes to stock), earliest time. With nobody naming a
 * least amount and no stock it orders what Foodsoft orders: whole cases of wants, and one more when tolerance completes it.
 */
export function fillCases(article: Article, claims: readonly Claim[], policy: Policy): Filling {
  const units = unitsToOrder(article, claims);
  const choice = whoStays(claims, units, article.stockMax ?? 0)!;
  const filling = shareUnits(article, claims, choice, policy);
  return { ...filling, missing: missingUnits(article, claims, units) };
}

/** Who gets what of what came, be it less or more than was ordered; `toStock` is what nobody takes. */
export function shareReceived(article: Article, claims: readonly Claim[], units: number, policy: Policy): Filling {
  // Whatever came is here: nothing limits what is left of it.
  return { ...shareUnits(article, claims, whoStays(claims, units, units)!, policy), missing: 0 };
}

function shareUnits(
  article: Article,
  claims: readonly Claim[],
  { claims: staying, units }: Choice,
  policy: Policy,
): Omit<Filling, 'missing'> {
  const unitPriceMicros = priceAt(article.tiers, units);
  const { given, rest } = shareOut(staying, units, policy, unitPriceMicros);
  const unitsOf = new Map(staying.map((claim, index) => [claim, given[index]!]));
  const shares = claims.map((claim) => {
    const part = unitsOf.get(claim) ?? 0;
    return { seat: claim.seat, units: part, why: whyOf(claim, part), amountMicros: part * unitPriceMicros };
  });
  return { cases: Math.ceil(units / article.unitsPerCase), units, unitPriceMicros, shares, toStock: rest };
}

function whyOf({ atLeast, want }: Claim, units: number): Why {
  if (units > want) return 'all-and-more';
  if (units === want) return 'all';
  if (units > 0) return 'part';
  return atLeast > 0 ? 'left-out' : 'none';
}

function unitsToOrder(article: Article, claims: readonly Claim[]): number {
  const { stockMax = 0 } = article;
  const most = totalOf(claims, 'upTo') + stockMax;
  const least = totalOf(claims, 'atLeast');
  const wanted = totalOf(claims, 'want');
  // Everybody stays: the smallest number of cases that holds all wants, else the largest that still fits.
  const enough = nextOrderable(article, wanted);
  if (enough !== undefined && enough <= most) return enough;
  const below = lastOrderable(article, Math.min(wanted, most));
  if (below >= least) return below;
  return fewestLeftOut(article, claims, most);
}

/** Somebody has to be left out: from the most that could be ordered downwards, until fewer units can only be worse. */
function fewestLeftOut(article: Article, claims: readonly Claim[], most: number): number {
  const leasts = claims.map(({ atLeast }) => atLeast).filter((atLeast) => atLeast > 0);
  /** What the n smallest least amounts need together. However they are chosen, no more can stay. */
  const needs: number[] = [];
  for (const atLeast of leasts.sort((one, other) => one - other)) needs.push((needs.at(-1) ?? 0) + atLeast);
  const wanted = totalOf(claims, 'want');
  let best: { units: number; choice: Choice } | undefined;
  for (let units = lastOrderable(article, most); units > 0; units = lastOrderable(article, units - 1)) {
    const fewest = needs.filter((need) => need > units).length;
    if (
      best &&
      (fewest > best.choice.leftOut || (fewest === best.choice.leftOut && wanted - units > best.choice.unmet))
    )
      break;
    const choice = whoStays(claims, units, article.stockMax ?? 0);
    if (choice && (!best || isBetter(choice, best.choice))) best = { units, choice };
  }
  const nothing = whoStays(claims, 0, 0)!;
  return best && isBetter(best.choice, nothing) ? best.units : 0;
}

const isBetter = (one: Choice, other: Choice): boolean => {
  const [difference] = [
    one.leftOut - other.leftOut,
    one.unmet - other.unmet,
    one.above - other.above,
    one.rest - other.rest,
  ].filter((each) => each !== 0);
  return difference !== undefined && difference < 0;
};

/** The smallest whole number of cases that holds so many units and that the supplier sends. */
function nextOrderable({ unitsPerCase, leastUnits = 0, mostUnits }: Article, units: number): number | undefined {
  const cases = Math.ceil((units > 0 ? Math.max(units, leastUnits) : 0) / unitsPerCase);
  return mostUnits !== undefined && cases * unitsPerCase > mostUnits ? undefined : cases * unitsPerCase;
}

/** The largest whole number of cases of at most so many units that the supplier sends; 0 for none. */
function lastOrderable({ unitsPerCase, leastUnits = 0, mostUnits }: Article, units: number): number {
  const whole = Math.floor(Math.min(units, mostUnits ?? units) / unitsPerCase) * unitsPerCase;
  return whole >= leastUnits ? whole : 0;
}

/** What the next case lacks, counting what people tolerate; 0 while nobody wants any of it. */
function missingUnits(article: Article, claims: readonly Claim[], units: number): number {
  if (totalOf(claims, 'want') <= units) return 0;
  const next = nextOrderable(article, units + 1);
  return next === undefined ? 0 : Math.max(0, next - totalOf(claims, 'upTo'));
}

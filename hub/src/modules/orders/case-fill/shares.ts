import { byTime, type Claim, type Policy } from './claim.ts';

/** What each claim gets, in the claims' order, and what is left. */
export interface Shared {
  readonly given: readonly number[];
  readonly rest: number;
}

/**
 * Gives `units` to claims whose least amounts they cover: first everybody's least, then wants, then what is tolerated.
 * Wants by the policy: the earlier row first; in proportion, by largest remainder; or whoever got least lately first.
 * Tolerated units: by row under *first come*, else to whoever bears the least cost of tolerated units.
 */
export function shareOut(claims: readonly Claim[], units: number, policy: Policy, unitPriceMicros: number): Shared {
  const given = claims.map(({ atLeast }) => atLeast);
  let rest = units - given.reduce((total, part) => total + part, 0);
  if (rest < 0) throw new RangeError(`case fill: ${units} units do not cover everybody's least`);
  const give = (index: number, wanted: number): void => {
    const part = Math.min(wanted, rest);
    given[index]! += part;
    rest -= part;
  };
  const unmet = claims.map(({ want }, index) => want - given[index]!);

  if (policy === 'first-come') for (const { index, units: wanted } of rowsByTime(claims, 'want')) give(index, wanted);
  else if (policy === 'least-served') for (const index of leastServedFirst(claims)) give(index, unmet[index]!);
  else for (const [index, part] of inProportion(claims, unmet, rest).entries()) give(index, part);

  if (policy === 'first-come') for (const { index, units: more } of rowsByTime(claims, 'more')) give(index, more);
  else spreadByCost(claims, unitPriceMicros, () => rest, given, give);
  return { given, rest };
}

/** Rows of all, the earliest first; of wants, without what everybody's least has taken of their own earliest rows. */
function rowsByTime(
  claims: readonly Claim[],
  part: 'want' | 'more',
): { index: number; place: number; units: number }[] {
  return claims
    .flatMap(({ rows, atLeast }, index) => {
      let covered = part === 'want' ? atLeast : 0;
      return rows.map((row) => {
        const taken = Math.min(covered, row[part]);
        covered -= taken;
        return { index, place: row.place, units: row[part] - taken };
      });
    })
    .sort((one, other) => one.place - other.place || one.index - other.index);
}

const indexesBy = (claims: readonly Claim[], order: (one: Claim, other: Claim) => number): number[] =>
  claims.map((_, index) => index).sort((one, other) => order(claims[one]!, claims[other]!));

const leastServedFirst = (claims: readonly Claim[]): number[] =>
  indexesBy(claims, (one, other) => (one.servedShare ?? 0) - (other.servedShare ?? 0) || byTime(one, other));

/** Largest remainder (Hamilton): whole parts first, then one more to the largest remainders, the earlier of equal ones. */
function inProportion(claims: readonly Claim[], unmet: readonly number[], units: number): number[] {
  const total = unmet.reduce((sum, part) => sum + part, 0);
  if (total <= units) return [...unmet];
  const parts = unmet.map((part) => Math.floor((units * part) / total));
  const remainder = (index: number) => (units * unmet[index]!) % total;
  const order = indexesBy(claims, byTime).sort((one, other) => remainder(other) - remainder(one));
  const missing = units - parts.reduce((sum, part) => sum + part, 0);
  for (const index of order.slice(0, missing)) parts[index]! += 1;
  return parts;
}

/** Unit by unit to whoever pays least for tolerated units so far, the earlier of equal ones. */
function spreadByCost(
  claims: readonly Claim[],
  unitPriceMicros: number,
  rest: () => number,
  given: readonly number[],
  give: (index: number, units: number) => void,
): void {
  const order = indexesBy(claims, byTime);
  const borne = (index: number): number =>
    (claims[index]!.borneMicros ?? 0) + Math.max(0, given[index]! - claims[index]!.want) * unitPriceMicros;
  while (rest() > 0) {
    const open = order.filter((index) => given[index]! < claims[index]!.upTo);
    if (open.length === 0) return;
    give(
      open.reduce((least, index) => (borne(index) < borne(least) ? index : least)),
      1,
    );
  }
}

import { byTime, type Claim, totalOf } from './claim.ts';

/** Who gets any of so many units: the others would get less than the least they can use. */
export interface Choice {
  readonly units: number;
  readonly claims: readonly Claim[];
  readonly leftOut: number;
  /** Units wanted that nobody gets, those of whoever is left out among them. */
  readonly unmet: number;
  /** Units beyond what those who stay want: tolerated, or for the stock. */
  readonly above: number;
  /** Units that nobody of those who stay takes. */
  readonly rest: number;
}

/**
 * Past so many half-made choices only the most promising are followed, and fewer the more members there are: no article
 * may hold up a close, not one that five hundred ask for.
 */
const statesFor = (members: number): number => Math.min(2000, Math.max(50, Math.floor(40_000 / members)));

interface State {
  readonly atLeast: number;
  readonly want: number;
  readonly upTo: number;
  readonly count: number;
  /** Who stays; the earliest claim is the highest bit. */
  readonly stays: bigint;
}

/**
 * Chooses who stays when `units` are to be given out and at most `restMax` may be left: as many as possible, then the least
 * unmet, then the least left over, then the earliest. Undefined when no choice fits. Exact up to 2,000 states that do not
 * beat one another (some twenty members who all name a least amount); beyond that the smallest least amounts are followed.
 */
export function whoStays(claims: readonly Claim[], units: number, restMax: number): Choice | undefined {
  if (totalOf(claims, 'atLeast') <= units && units <= totalOf(claims, 'upTo') + restMax)
    return choiceOf(claims, claims, units);
  const needy = claims.filter(({ atLeast }) => atLeast > 0).sort(byTime);
  const free = claims.filter(({ atLeast }) => atLeast === 0);
  let states: State[] = [{ atLeast: 0, want: totalOf(free, 'want'), upTo: totalOf(free, 'upTo'), count: 0, stays: 0n }];
  for (const claim of needy)
    states = withoutBeaten(
      states.flatMap((state) => [without(state), ...including(state, claim, units)]),
      statesFor(needy.length),
    );
  const [best] = states
    .filter(({ upTo }) => units <= upTo + restMax)
    .sort(
      (one, other) =>
        other.count - one.count ||
        Math.min(units, other.want) - Math.min(units, one.want) ||
        restOf(one, units) - restOf(other, units) ||
        Number(other.stays - one.stays > 0n) - Number(other.stays - one.stays < 0n),
    );
  if (!best) return undefined;
  const isIn = (index: number) => ((best.stays >> BigInt(needy.length - 1 - index)) & 1n) === 1n;
  const staying = new Set([...free, ...needy.filter((_, index) => isIn(index))]);
  return choiceOf(
    claims,
    claims.filter((claim) => staying.has(claim)),
    units,
  );
}

const restOf = ({ upTo }: Pick<State, 'upTo'>, units: number): number => Math.max(0, units - upTo);

function choiceOf(all: readonly Claim[], claims: readonly Claim[], units: number): Choice {
  const met = Math.min(units, totalOf(claims, 'want'));
  return {
    units,
    claims,
    leftOut: all.length - claims.length,
    unmet: totalOf(all, 'want') - met,
    above: units - met,
    rest: restOf({ upTo: totalOf(claims, 'upTo') }, units),
  };
}

const without = (state: State): State => ({ ...state, stays: state.stays << 1n });

function including(state: State, claim: Claim, units: number): State[] {
  const atLeast = state.atLeast + claim.atLeast;
  if (atLeast > units) return [];
  return [
    {
      atLeast,
      want: state.want + claim.want,
      upTo: state.upTo + claim.upTo,
      count: state.count + 1,
      stays: (state.stays << 1n) | 1n,
    },
  ];
}

const beats = (one: State, other: State): boolean =>
  one.atLeast <= other.atLeast &&
  one.count >= other.count &&
  one.want >= other.want &&
  one.upTo >= other.upTo &&
  one.stays >= other.stays;

/** What another is at least as good as in everything that still counts can only end behind it. */
function withoutBeaten(states: State[], most: number): State[] {
  const kept: State[] = [];
  for (const state of states.sort((one, other) => other.count - one.count || one.atLeast - other.atLeast)) {
    if (kept.length < most && !kept.some((better) => beats(better, state))) kept.push(state);
  }
  return kept;
}

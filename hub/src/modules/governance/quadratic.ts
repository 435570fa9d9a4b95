/** The most votes of one seat on one proposal: floor(sqrt(a quarter of 200 credits)). `MOST_VOTES` of the governor. */
export const mostVotesEver = 7;

/** A multiplier of one, in ten-thousandths. */
export const one = 10_000;
const creditsOfOne = 100;
const perQuarter = 4;
const longestLockS = 730 * 86_400;

/** v votes cost v² credits. */
export const costOf = (votes: number): number => votes * votes;

export interface LockWord {
  readonly amountMicros: number;
  /** Seconds since 1970. */
  readonly untilS: number;
}

/**
 * What a seat's lock makes of its credits at a moment, in ten-thousandths (`SeatLock._multiplier`): from 1 to 2, by the share
 * of the cap that is locked and by how much of two years is left.
 */
export function multiplierOf(lock: LockWord | undefined, atS: number, capMicros: number): number {
  if (!lock || lock.untilS <= atS || capMicros <= 0) return one;
  const counted = BigInt(Math.min(lock.amountMicros, capMicros));
  // Two divisions in a row, as the contract rounds.
  return one + Number((BigInt(one) * counted * BigInt(lock.untilS - atS)) / BigInt(longestLockS) / BigInt(capMicros));
}

export interface Credits {
  /** Of the season, all in all. */
  readonly season: number;
  /** What other proposals have left of them. */
  readonly left: number;
  /** The most that one proposal may take. */
  readonly here: number;
}

/**
 * What a seat may spend on one proposal. Ballots reach the chain in any order, and each is held there against the
 * multiplier of its own proposal's opening: the least of them counts, so that no order is refused.
 * @param others Credits and multipliers of the seat's other proposals of the season.
 */
export function creditsFor(multiplier: number, others: readonly { credits: number; multiplier: number }[]): Credits {
  const least = Math.min(multiplier, ...others.map((other) => other.multiplier));
  const season = Math.floor((creditsOfOne * least) / one);
  const spent = others.reduce((sum, other) => sum + other.credits, 0);
  return {
    season,
    left: Math.max(0, season - spent),
    here: Math.floor((creditsOfOne * multiplier) / one / perQuarter),
  };
}

/** Votes that the credits pay for, 0 to 7. What a ballot has taken already it may keep, whatever came since. */
export function mostVotes({ left, here }: Credits, before = 0): number {
  return Math.max(before, Math.min(mostVotesEver, Math.floor(Math.sqrt(Math.min(left, here)))));
}

/** A seeded source of choices: the same seed, the same story. */
export interface Dice {
  /** A whole number from 0 to below `count`. */
  below(count: number): number;
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** An amount from 0 to `most`, in micro-units. */
  amount(most: bigint): bigint;
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    below,
    chance: (percent) => next() * 100 < percent,
    pick: (list) => list[below(list.length)]!,
    amount: (most) => BigInt(below(Number(most) + 1)),
  };
}

import { fail } from '../../../platform/errors.ts';

/** What a unit of an article costs beside its tier's price. */
export interface Charges {
  readonly depositMicros: number;
  /** Parts of a million: 8.875 % is 88,750. */
  readonly taxPpm: number;
  /** What the co-op adds to the supplier's price; the cycle's. */
  readonly markupBasisPoints: number;
}

/** An exact cost: in 10⁻¹⁰ of a micro-unit, so that neither mark-up nor tax is rounded before the sum is. */
export type Cost = bigint;

const allBasisPoints = 10_000n;
const allPpm = 1_000_000n;
const perMicro = allBasisPoints * allPpm;
const microsPerCent = 10_000n;
const perCent = perMicro * microsPerCent;

/** `units` at that price, with mark-up, tax on both, and the deposit on top (which carries neither). */
export function costOf(units: number, unitPriceMicros: number, charges: Charges): Cost {
  const { depositMicros, taxPpm, markupBasisPoints } = charges;
  const goods = BigInt(units) * BigInt(unitPriceMicros);
  const sold = goods * (allBasisPoints + BigInt(markupBasisPoints)) * (allPpm + BigInt(taxPpm));
  return sold + BigInt(units) * BigInt(depositMicros) * perMicro;
}

/** The smallest whole number of cents that covers it, in micro-units. Throws `amount_invalid` past a safe integer. */
export function coveringMicros(cost: Cost, field: string): number {
  const micros = ((cost + perCent - 1n) / perCent) * microsPerCent;
  if (micros > BigInt(Number.MAX_SAFE_INTEGER)) throw fail('amount_invalid', { field });
  return Number(micros);
}

/** To the nearest micro-unit, halves up: for showing, never for charging. */
export const shownMicros = (cost: Cost): number => Number((cost + perMicro / 2n) / perMicro);

/** To the nearest cent, halves up, in micro-units. */
export const centsOf = (cost: Cost): number => Number(((cost + perCent / 2n) / perCent) * microsPerCent);

/** What each owes, in whole cents, and what rounding the sum to the cent added (or, below zero, took off). */
export interface Dues {
  readonly micros: readonly number[];
  readonly roundingMicros: number;
}

/**
 * Whole cents for each, whose sum is the costs' sum to the nearest cent: largest remainder, the earlier of equal ones first.
 * Nobody pays a cent or more above their own cost, so what covers that covers this.
 */
export function inWholeCents(costs: readonly Cost[]): Dues {
  const total = costs.reduce((sum, cost) => sum + cost, 0n);
  const owedCents = (total + perCent / 2n) / perCent;
  const cents = costs.map((cost) => cost / perCent);
  const missing = Number(owedCents - cents.reduce((sum, part) => sum + part, 0n));
  const order = costs
    .map((cost, index) => ({ index, rest: cost % perCent }))
    .sort((one, other) => Number(other.rest > one.rest) - Number(other.rest < one.rest) || one.index - other.index);
  for (const { index } of order.slice(0, missing)) cents[index]! += 1n;
  const roundingMicros = Number((owedCents * perCent - total) / perMicro);
  return { micros: cents.map((part) => Number(part * microsPerCent)), roundingMicros };
}

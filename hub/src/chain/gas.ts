/** What a transaction offers per unit of gas, in the chain's smallest coin (EIP-1559). */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** What the chain asks for now. */
export interface Price {
  readonly baseWei: bigint;
  readonly tipWei: bigint;
}

export interface PricePoint {
  readonly atMs: number;
  readonly baseWei: number;
  readonly tipWei: number;
}

const hourMs = 3_600_000;
const historyMs = 7 * 24 * hourMs;
/** With less than a day behind us nothing is known about better hours. */
const leastHistoryMs = 24 * hourMs;

/** A quarter above the estimate: FEVM under-estimates, and burns what is asked for far beyond need. */
export const gasLimitFor = (estimate: bigint): bigint => (estimate * 5n + 3n) / 4n;

/** Twice the base fee outlasts six full blocks in a row (EIP-1559: at most 12.5 % more per block). */
export const feesAt = ({ baseWei, tipWei }: Price): Fees => ({
  maxFeePerGas: 2n * baseWei + tipWei,
  maxPriorityFeePerGas: tipWei,
});

/** What a replacement has to offer: a quarter more of both (Filecoin's pools want 1.25, Ethereum's 1.1), and what is asked now. */
export function bumped(before: Fees, price: Price): Fees {
  const now = feesAt(price);
  const larger = (a: bigint, b: bigint) => (a > b ? a : b);
  // One more than a quarter more: Filecoin's pool compares like that.
  const atLeast = (value: bigint) => (value * 5n) / 4n + 1n;
  const maxPriorityFeePerGas = larger(atLeast(before.maxPriorityFeePerGas), now.maxPriorityFeePerGas);
  return {
    maxPriorityFeePerGas,
    maxFeePerGas: larger(larger(atLeast(before.maxFeePerGas), now.maxFeePerGas), maxPriorityFeePerGas),
  };
}

/** Too poor for the next block as it looks now. */
export const isPoor = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees, { baseWei, tipWei }: Price): boolean =>
  maxFeePerGas < baseWei + tipWei || maxPriorityFeePerGas < tipWei;

/** Raised often enough: it offers four times what would be offered today, so its fees are not what keeps it. */
export const isRich = ({ maxFeePerGas }: Fees, price: Price): boolean =>
  maxFeePerGas >= 4n * feesAt(price).maxFeePerGas && maxFeePerGas > 0n;

const priceOf = ({ baseWei, tipWei }: PricePoint): number => baseWei + tipWei;

/**
 * The cheap-hour rule. Cheap is what is at or below the 30th percentile of the last seven days; and also what no hour
 * of the day between now and `latestMs` is used to undercut (its median in those seven days), since then waiting gains
 * nothing. With less than a day of history everything is cheap.
 */
export function isCheapHour(history: readonly PricePoint[], now: Price, nowMs: number, latestMs: number): boolean {
  const recent = history.filter(({ atMs }) => atMs > nowMs - historyMs && atMs <= nowMs);
  const [first] = recent;
  if (!first || nowMs - first.atMs < leastHistoryMs) return true;
  const price = Number(now.baseWei + now.tipWei);
  if (price <= quantile(recent.map(priceOf), 0.3)) return true;
  return comingHours(nowMs, latestMs).every((hour) => {
    const known = recent.filter(({ atMs }) => hourOf(atMs) === hour).map(priceOf);
    return known.length === 0 || quantile(known, 0.5) >= price;
  });
}

const hourOf = (atMs: number): number => Math.floor(atMs / hourMs) % 24;

/** The hours of the day after this one, up to the one in which the wait ends. */
function comingHours(nowMs: number, latestMs: number): number[] {
  const count = Math.min(24, Math.max(0, Math.floor(latestMs / hourMs) - Math.floor(nowMs / hourMs)));
  return Array.from({ length: count }, (_, index) => hourOf(nowMs + (index + 1) * hourMs));
}

/** The value below or at which that part of them lies; nearest rank. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
}

import { type Quote, recentAttempts } from '../../outbox/index.ts';
import type { Store } from '../../platform/ports/index.ts';
import type { SettlementFees, SettlementQuote } from './settlement-cost.schema.ts';

/** What a unit of gas cost at that time. */
export interface PricePoint {
  readonly atMs: number;
  readonly baseWei: number;
  readonly tipWei: number;
}

export interface SettlementCostDeps {
  readonly store: Store;
  readonly quote: () => Promise<Quote>;
  readonly prices: (sinceMs: number) => readonly PricePoint[];
  /** What the coin that pays for gas is called. */
  readonly coin: () => string;
  readonly spent: () => { readonly spentWei: bigint; readonly capWei?: bigint };
  readonly carriers: readonly string[];
  readonly nowMs: () => number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const batchesAtMost = 500;

const purse = ({ coin, spent }: SettlementCostDeps) => {
  const { spentWei, capWei } = spent();
  return { coin: coin(), spentWei: String(spentWei), ...(capWei !== undefined && { capWei: String(capWei) }) };
};

/** What settling now would send, and what it would likely cost. */
export async function settlementQuote(deps: SettlementCostDeps): Promise<SettlementQuote> {
  const { lanes } = await deps.quote();
  return {
    ...purse(deps),
    allWei: String(lanes.reduce((sum, { allWei }) => sum + allWei, 0n)),
    lanes: lanes.map(({ gas, costWei, allWei, ...lane }) => ({
      ...lane,
      gas: String(gas),
      costWei: String(costWei),
      perItemWei: String(lane.readyCount > 0 ? costWei / BigInt(lane.readyCount) : 0n),
      allWei: String(allWei),
    })),
  };
}

/** Prices by the hour and what was sent in those days, for a chart. */
export function settlementFees(deps: SettlementCostDeps, days = 7): SettlementFees {
  const sinceMs = deps.nowMs() - days * dayMs;
  const hours = Map.groupBy(deps.prices(sinceMs), ({ atMs }) => Math.floor(atMs / hourMs) * hourMs);
  const attempts = deps.store.read((reader) => recentAttempts(reader, 'chain', batchesAtMost, sinceMs));
  return {
    ...purse(deps),
    prices: [...hours].map(([atMs, points]) => {
      const each = points.map(({ baseWei, tipWei }) => baseWei + tipWei);
      return { atMs, lowWei: Math.min(...each), highWei: Math.max(...each) };
    }),
    batches: attempts.map(({ txHash, gasUsed, paidWei, ...batch }) => ({
      ...batch,
      ...(gasUsed !== null && { gasUsed }),
      ...(paidWei !== null && { paidWei }),
      ...(paidWei !== null && batch.itemCount > 0 && { perItemWei: String(BigInt(paidWei) / BigInt(batch.itemCount)) }),
    })),
  };
}

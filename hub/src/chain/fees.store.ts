import type { Reader, Tx } from '../platform/ports/index.ts';
import type { Price, PricePoint } from './gas.ts';

const sql = {
  insert: `INSERT OR REPLACE INTO fees (chain_id, at_ms, base_wei, tip_wei) VALUES (@chainId, @atMs, @baseWei, @tipWei)`,
  since: `SELECT at_ms AS atMs, base_wei AS baseWei, tip_wei AS tipWei FROM fees
    WHERE chain_id = @chainId AND at_ms >= @sinceMs ORDER BY at_ms`,
  prune: 'DELETE FROM fees WHERE at_ms < @beforeMs',
} as const;

/** Nine million gwei are more than any chain has asked for; a liar's number must still fit into the column. */
const kept = (wei: bigint): number => Math.min(Number(wei), Number.MAX_SAFE_INTEGER);

export function insertPrice(tx: Tx, chainId: number, { baseWei, tipWei }: Price): void {
  tx.prepare(sql.insert).run({ chainId, atMs: tx.nowMs, baseWei: kept(baseWei), tipWei: kept(tipWei) });
}

/** The chain's prices, oldest first. */
export const pricesSince = (reader: Reader, chainId: number, sinceMs: number): PricePoint[] =>
  reader.prepare(sql.since).all<PricePoint>({ chainId, sinceMs });

export function prunePrices(tx: Tx, beforeMs: number): void {
  tx.prepare(sql.prune).run({ beforeMs });
}

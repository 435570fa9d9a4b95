import type { Clock } from '../platform/clock.ts';
import { type Hex, type Store, system } from '../platform/ports/index.ts';
import type { Header } from './connection.ts';
import { insertPrice, pricesSince, prunePrices } from './fees.store.ts';
import { isCheapHour, type Price, type PricePoint } from './gas.ts';
import { type Rpc, RpcError } from './rpc.ts';

/** What gas costs on the building's chain, now and in the last month. */
export interface Prices {
  /** Asks the chain. Throws `RpcError` or `LineError`. */
  now(): Promise<Price>;
  /** Looks if the last look is a minute old, and keeps a row every ten minutes. Throws `LineError`. */
  observe(chainId: number): Promise<void>;
  /** See `isCheapHour`; true while nothing has been observed. */
  isCheap(latestMs: number): boolean;
  since(chainId: number, sinceMs: number): PricePoint[];
}

const minuteMs = 60_000;
const keepEveryMs = 10 * minuteMs;
const keptForMs = 35 * 24 * 60 * minuteMs;
const historyMs = 7 * 24 * 60 * minuteMs;

export function createPrices({ rpc, store, clock }: { rpc: Rpc; store: Store; clock: Clock }): Prices {
  let seen: { chainId: number; atMs: number; price: Price } | undefined;
  let keptAtMs = Number.NEGATIVE_INFINITY;

  async function now(): Promise<Price> {
    const [head, tip] = await Promise.all([
      rpc.call<(Header & { baseFeePerGas?: Hex }) | null>('eth_getBlockByNumber', ['latest', false]),
      rpc.call<Hex>('eth_maxPriorityFeePerGas'),
    ]);
    return { baseWei: BigInt(head?.baseFeePerGas ?? '0x0'), tipWei: BigInt(tip) };
  }

  return {
    now,
    async observe(chainId) {
      const atMs = clock.monotonicMs();
      if (seen?.chainId === chainId && atMs - seen.atMs < minuteMs) return;
      const price = await now().catch((error) => {
        // Not every endpoint can say; then nothing waits for a cheap hour.
        if (error instanceof RpcError) return undefined;
        throw error;
      });
      if (!price) return;
      seen = { chainId, atMs, price };
      if (atMs - keptAtMs < keepEveryMs) return;
      keptAtMs = atMs;
      await store.act({ name: 'fees.seen', actor: system('chain') }, (tx) => {
        insertPrice(tx, chainId, price);
        prunePrices(tx, tx.nowMs - keptForMs);
      });
    },
    isCheap(latestMs) {
      if (!seen) return true;
      const { chainId, price } = seen;
      const nowMs = clock.nowMs();
      const history = store.read((reader) => pricesSince(reader, chainId, nowMs - historyMs));
      return isCheapHour(history, price, nowMs, latestMs);
    },
    since: (chainId, sinceMs) => store.read((reader) => pricesSince(reader, chainId, sinceMs)),
  };
}

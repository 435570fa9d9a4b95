import { setImmediate as breathe } from 'node:timers/promises';
import { isStoopError } from '../platform/errors.ts';
import type { Carrier, Lane, Store } from '../platform/ports/index.ts';
import { type Batch, nextBatch } from './batch.ts';
import { queueOf } from './due.store.ts';
import { createGroups } from './groups.ts';

/** What one lane would send now. */
export interface LaneQuote {
  readonly lane: string;
  readonly carrier: string;
  /** Queued, and behind nothing that is not final. */
  readonly waitingCount: number;
  /** Since when the oldest of them waits. */
  readonly oldestQueuedAtMs?: number;
  /** In the next batch: looked at just now and ready. */
  readonly readyCount: number;
  readonly gas: bigint;
  /** What the next batch would likely cost, in the carrier's smallest coin. */
  readonly costWei: bigint;
  /** What all of the lane's waiting items cost at the next batch's price per item. */
  readonly allWei: bigint;
  /** The outside would not take the next batch; in its own words. */
  readonly refusal?: string;
}

export interface Quote {
  readonly lanes: readonly LaneQuote[];
}

export interface QuoteDeps {
  readonly store: Store;
  readonly lanes: readonly Lane[];
  readonly carriers: readonly Carrier[];
  readonly nowMs: () => number;
}

/** What settling now would send and cost: the next batch of each lane is estimated, what is behind it by its price. */
export async function quoteNow({ store, lanes, carriers, nowMs }: QuoteDeps): Promise<Quote> {
  const quotes: LaneQuote[] = [];
  for (const lane of [...lanes].sort((a, b) => a.rank - b.rank)) {
    const carrier = carriers.find(({ name }) => name === lane.carrier)!;
    const query = { lane: lane.name, carrier: carrier.name, nowMs: nowMs(), waitMs: 0 };
    const queue = store.read((reader) => queueOf(reader, query));
    if (queue.count === 0) continue;
    const common = { lane: lane.name, carrier: carrier.name, waitingCount: queue.count };
    const priced = (await carrier.unavailable()) ? nothing : await priceOf(lane, carrier);
    const allWei = priced.readyCount > 0 ? (priced.costWei * BigInt(queue.count)) / BigInt(priced.readyCount) : 0n;
    quotes.push({ ...common, oldestQueuedAtMs: queue.oldestQueuedAtMs, ...priced, allWei });
  }
  return { lanes: quotes };

  async function priceOf(lane: Lane, carrier: Carrier): Promise<Priced> {
    const groups = createGroups(lane, breathe);
    const look = { store, lane, carrier, groups, nowMs: nowMs(), waitMs: 0, isUrgedOnly: false, isDry: true };
    const fresh = { lanesBefore: [], pressed: new Map(), setAside: new Set<string>(), from: { place: 0 } };
    try {
      const { items }: Batch = await nextBatch({ ...look, ...fresh });
      if (items.length === 0 || !carrier.quote) return { ...nothing, readyCount: items.length };
      const quote = await carrier.quote(store.read((reader) => lane.prepare(items, reader)));
      return { readyCount: items.length, ...quote };
    } catch (error) {
      if (isStoopError(error, 'chain_refused') || isStoopError(error, 'chain_offline'))
        return { ...nothing, refusal: error.message };
      throw error;
    }
  }
}

type Priced = Pick<LaneQuote, 'readyCount' | 'gas' | 'costWei' | 'refusal'>;
const nothing: Priced = { readyCount: 0, gas: 0n, costWei: 0n };

import { fail } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import {
  type Hex,
  type Micros,
  type Reader,
  type SeenEvent,
  type Store,
  system,
  type Tx,
} from '../platform/ports/index.ts';
import * as kept from './chain-log.store.ts';
import type { Codec } from './codec.ts';
import { type Header, quantity } from './connection.ts';
import type { Deployment } from './deployment.ts';
import { createLogPages, hexOf, type RpcLog } from './log-pages.ts';
import { isNullRound, type Rpc } from './rpc.ts';

export interface ChainEvent extends SeenEvent {
  readonly blockHash: Hex;
}

/** Money of the building that moved on chain. Minting comes from the zero address, burning goes there. */
export interface Transfer {
  readonly from: Hex;
  readonly to: Hex;
  readonly amountMicros: Micros;
  readonly txHash: Hex;
  readonly logIndex: number;
  readonly blockNumber: number;
  readonly atMs: number;
}

/** What other rooms do with what was seen. All run inside the transaction that keeps the log: once each. */
export interface Sightings {
  /** True when an intent of ours accounts for the transfer; `beside`: the other events of its transaction. */
  explains(reader: Reader, transfer: Transfer, beside: readonly ChainEvent[]): boolean;
  /** A finalized movement that the hub did not start. */
  onForeignTransfer(tx: Tx, transfer: Transfer): void;
  /** The chain took back a block that it had called final, and this foreign movement with it. */
  onForeignGone(tx: Tx, transfer: Transfer): void;
  /** Every event, once, in the chain's order. */
  onEvent?(tx: Tx, event: ChainEvent): void;
}

export interface Watcher {
  /** Reads on to this finalized block. A crash anywhere in between repeats nothing and misses nothing. */
  readTo(deployment: Deployment, finalized: { number: number; hash: Hex }): Promise<void>;
  /**
   * Reads everything again, from the deployment on, or from the oldest block that the endpoint still gives when `isPruned` is
   * expected. Answers the first block read. What was booked is not booked again.
   */
  readAgain(deployment: Deployment, finalized: { number: number; hash: Hex }, isPruned: boolean): Promise<number>;
  /** The last block of which that is true; undefined before the first look. */
  readNumber(): number | undefined;
}

interface WatcherDeps {
  readonly rpc: Rpc;
  readonly codec: Codec;
  readonly store: Store;
  readonly log: Log;
  readonly sightings: Sightings;
}

/** Read again each time: endpoints have been seen to leave out logs of the newest blocks. */
const overlapBlocks = 20;
/** An idle chain costs no commit per block; a restart reads this many again. */
const cursorEvery = 500;
const token = 'FoodUSD';

type Seen = { readonly row: kept.KeptLog; readonly event: ChainEvent };
type Shown = kept.KeptHeader | 'null round';
type Gone = { readonly row: kept.LogRow; readonly event: ChainEvent };

export function createWatcher({ rpc, codec, store, log, sightings }: WatcherDeps): Watcher {
  const pages = createLogPages(rpc, log);
  let position: { chain: string; next: number; saved: number; lastHash?: Hex } | undefined;

  async function readTo(deployment: Deployment, finalized: { number: number; hash: Hex }): Promise<void> {
    const chain = `${deployment.chainId}:${deployment.genesisHash}`;
    if (position?.chain !== chain) {
      const saved = store.read((reader) => kept.nextBlock(reader, chain)) ?? deployment.deployedAtBlock;
      position = { chain, next: saved, saved };
    }
    if (position.lastHash === finalized.hash) return;
    const from = Math.max(deployment.deployedAtBlock, Math.min(position.next, finalized.number + 1) - overlapBlocks);
    await readBlocks(deployment, position, from, finalized);
  }

  async function readBlocks(
    deployment: Deployment,
    at: NonNullable<typeof position>,
    first: number,
    finalized: { number: number; hash: Hex },
  ): Promise<void> {
    const addresses = Object.values(deployment.contracts);
    let from = first;
    while (from <= finalized.number) {
      const page = await pages.next(addresses, from, finalized.number);
      await keepPage(deployment, at, from, page);
      from = page.to + 1;
      at.next = Math.max(at.next, from);
    }
    at.lastHash = finalized.hash;
  }

  async function readAgain(
    deployment: Deployment,
    finalized: { number: number; hash: Hex },
    isPruned: boolean,
  ): Promise<number> {
    const { deployedAtBlock } = deployment;
    const addresses = Object.values(deployment.contracts);
    const first = isPruned ? await pages.firstReadable(addresses, deployedAtBlock, finalized.number) : deployedAtBlock;
    const chain = `${deployment.chainId}:${deployment.genesisHash}`;
    const again = { chain, next: first, saved: first };
    await readBlocks(deployment, again, first, finalized);
    position = again;
    return first;
  }

  async function keepPage(
    deployment: Deployment,
    at: { chain: string; saved: number },
    from: number,
    page: { logs: RpcLog[]; to: number },
  ): Promise<void> {
    const { chain } = at;
    const found = keyed(page.logs);
    const before = store.read((reader) => kept.logsBetween(reader, chain, from, page.to));
    const placeBefore = new Map(before.map((row) => [keyOf(row), `${row.blockHash}:${row.logIndex}`]));
    const fresh = [...found].filter(
      ([key, { blockHash, logIndex }]) => placeBefore.get(key) !== `${blockHash}:${quantity(logIndex)}`,
    );
    const missing = before.filter((row) => !found.has(keyOf(row)));
    if (fresh.length + missing.length === 0 && page.to + 1 - at.saved < cursorEvery) return;

    const headers = await headersOf([
      ...fresh.map(([, raw]) => quantity(raw.blockNumber)),
      ...missing.map((row) => row.blockNumber),
    ]);
    const seen = await decode(deployment, fresh, headers);
    // A block that the endpoint does not show (pruned, not there yet) proves nothing.
    const gone = missing.filter((row) => {
      const header = headers.get(row.blockNumber);
      return header !== undefined && (header === 'null round' || header.hash !== row.blockHash);
    });
    if (gone.length < missing.length) log.warn({ from, to: page.to }, 'the endpoint left out logs that it gave before');
    const goneEvents = await decodeRows(chain, gone);

    await store.act({ name: 'chain.watch', actor: system('watcher') }, (tx) => {
      for (const one of goneEvents) forget(tx, chain, one);
      for (const one of seen) remember(tx, chain, one, seen);
      for (const header of headers.values()) if (header !== 'null round') kept.keepHeader(tx, chain, header);
      kept.keepCursor(tx, chain, page.to + 1);
      tx.audit({ from, to: page.to, logs: seen.length, gone: gone.length });
    });
    at.saved = page.to + 1;
    if (gone.length > 0)
      log.error({ from, to: page.to, logs: gone.length }, 'the chain took back blocks that it had called final');
  }

  function remember(tx: Tx, chain: string, { row, event }: Seen, all: readonly Seen[]): void {
    const before = kept.logOf(tx, chain, row);
    kept.keepLog(tx, chain, row);
    if (before && !before.isGone) return;
    sightings.onEvent?.(tx, event);
    const transfer = transferOf(event);
    if (!transfer) return;
    const beside = all.map((one) => one.event).filter((other) => other.txHash === event.txHash && other !== event);
    if (sightings.explains(tx, transfer, beside)) return;
    kept.markForeign(tx, chain, row, true);
    sightings.onForeignTransfer(tx, transfer);
  }

  function forget(tx: Tx, chain: string, { row, event }: Gone): void {
    kept.markGone(tx, chain, row);
    const transfer = transferOf(event);
    if (!row.isForeign || !transfer) return;
    kept.markForeign(tx, chain, row, false);
    sightings.onForeignGone(tx, transfer);
  }

  /** Without those that the endpoint does not show. */
  async function headersOf(numbers: readonly number[]): Promise<Map<number, Shown>> {
    const headers = new Map<number, Shown>();
    for (const number of new Set(numbers)) {
      const header = await rpc
        .call<Header | null>('eth_getBlockByNumber', [hexOf(number), false], { askOthers: true })
        .catch((error) => (isNullRound(error) ? ('null round' as const) : Promise.reject(error)));
      if (header === 'null round') headers.set(number, header);
      if (header === null || header === 'null round') continue;
      const { hash, parentHash, timestamp } = header;
      headers.set(number, { number, hash, parentHash, atMs: quantity(timestamp) * 1000 });
    }
    return headers;
  }

  async function decode(
    deployment: Deployment,
    fresh: readonly [string, RpcLog & { ordinal: number }][],
    headers: ReadonlyMap<number, Shown>,
  ): Promise<Seen[]> {
    const names = new Map(Object.entries(deployment.contracts).map(([name, address]) => [address, name]));
    const seen: Seen[] = [];
    for (const [, raw] of fresh) {
      const { ordinal, topics, data, blockHash, transactionHash: txHash } = raw;
      const [blockNumber, logIndex] = [quantity(raw.blockNumber), quantity(raw.logIndex)];
      const header = headers.get(blockNumber);
      if (header === undefined || header === 'null round' || header.hash !== blockHash) {
        throw fail('chain_refused', { what: 'the watcher', reason: `block ${blockNumber} changed while it was read` });
      }
      const address = raw.address.toLowerCase() as Hex;
      const contract = names.get(address)!;
      const event = await codec.event(contract, { topics, data });
      if (!event) {
        // Kept all the same: a later hub may know it.
        log.warn({ contract, topic: topics[0], txHash }, 'an event that the ABI does not have');
      }
      const place = { txHash, logIndex, blockNumber, blockHash };
      seen.push({
        row: { ...place, address, ordinal, contract, event: event?.name ?? '', topics, data },
        event: { ...place, contract, name: event?.name ?? '', args: event?.args ?? {}, atMs: header.atMs },
      });
    }
    return seen.sort((a, b) => a.row.blockNumber - b.row.blockNumber || a.row.logIndex - b.row.logIndex);
  }

  async function decodeRows(chain: string, rows: readonly kept.LogRow[]): Promise<Gone[]> {
    const gone: Gone[] = [];
    for (const row of rows) {
      const { contract, txHash, logIndex, blockNumber, blockHash } = row;
      const args = (await codec.event(contract, row))?.args ?? {};
      const atMs = store.read((reader) => kept.headerAt(reader, chain, blockNumber))?.atMs ?? 0;
      gone.push({ row, event: { contract, name: row.event, args, txHash, logIndex, blockNumber, blockHash, atMs } });
    }
    return gone;
  }

  return { readTo, readAgain, readNumber: () => position && position.next - 1 };
}

const keyOf = (log: { txHash: Hex; address: Hex; ordinal: number }) => `${log.txHash}:${log.address}:${log.ordinal}`;

/** Numbers each contract's logs within their transaction: that survives a reorganisation, `logIndex` does not. */
function keyed(logs: readonly RpcLog[]): Map<string, RpcLog & { ordinal: number }> {
  const counts = new Map<string, number>();
  const out = new Map<string, RpcLog & { ordinal: number }>();
  for (const raw of [...logs].sort((a, b) => quantity(a.logIndex) - quantity(b.logIndex))) {
    const address = raw.address.toLowerCase() as Hex;
    const group = `${raw.transactionHash}:${address}`;
    const ordinal = counts.get(group) ?? 0;
    counts.set(group, ordinal + 1);
    out.set(keyOf({ txHash: raw.transactionHash, address, ordinal }), { ...raw, ordinal });
  }
  return out;
}

/** The building's money in an event, if it is that. Throws when it exceeds what the hub can count. */
function transferOf({ contract, name, args, ...place }: ChainEvent): Transfer | undefined {
  if (contract !== token || name !== 'Transfer') return undefined;
  const { txHash, logIndex, blockNumber, atMs } = place;
  const amount = args.value as bigint;
  if (amount > BigInt(Number.MAX_SAFE_INTEGER)) throw fail('amount_invalid', { field: `${txHash} log ${logIndex}` });
  return {
    from: args.from as Hex,
    to: args.to as Hex,
    amountMicros: Number(amount) as Micros,
    txHash,
    logIndex,
    blockNumber,
    atMs,
  };
}

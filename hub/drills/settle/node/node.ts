import { hexOf, NodeError, type Params, type Upstream } from '../../../test/support/rpc-endpoint.ts';
import type { Random } from '../../day/random.ts';
import { createPool, type Pool, readTransaction, type Waiting } from './pool.ts';

interface Header {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly baseFeePerGas?: string;
}

interface Block {
  readonly number: number;
  readonly transactions: readonly Waiting[];
}

/**
 * A public node over the simulator: blocks come by the clock and not by the transaction, what is sent waits in a pool,
 * `finalized` is far behind the head, and the newest blocks may turn out to be others.
 */
export interface PublicNode {
  /** One request, answered in good faith. */
  answer(method: string, params: Params): Promise<unknown>;
  /** The next block, with what waits for it. */
  mine(): Promise<void>;
  /** Resolves when no block is being made. */
  still(): Promise<void>;
  /** Remembers this height: `reorganise` will go back to it. */
  markFork(): Promise<void>;
  /** Another, longer chain from the fork on. Some transactions are in it, some wait again, some nobody knows any more. Answers the depth; undefined when it remembers no fork. */
  reorganise(): Promise<number | undefined>;
  /** The simulator was started again: what it remembered of forks is gone. */
  forgetFork(): void;
  /** How often blocks were made by the clock. */
  rounds(): number;
  /** How often somebody asked what became of a transaction. */
  askedAfter(): number;
  head(): number;
  /** When its newest block was made, in seconds since 1970: each is a second younger than the one before, at least. */
  headTimeS(): number;
  finalized(): number;
  /** Transactions in the pool or in blocks that are not final. */
  underWay(): readonly Waiting[];
  readonly pool: Pool;
  /** Blocks by which `finalized` is later than it might be. */
  lagBlocks: number;
  /** Blocks that `latest` leaves out. */
  staleBlocks: number;
  /** Times the true base fee; a transaction that offers less waits. */
  feeFactor: number;
  /** Blocks that a transaction waits besides. */
  patienceBlocks: number;
}

export interface NodeOptions {
  readonly upstream: Upstream;
  readonly random: Random;
  /** What a clock shows that nobody has set wrong, in seconds. */
  readonly nowS: () => number;
  readonly finalAfter: number;
}

/** Blocks that a transaction waits at a quiet time, at most. */
const usualPatience = 4;
/** At most so many blocks with a transaction between two empty ones. */
const perRound = 4;

export async function createNode({ upstream, random, nowS, finalAfter }: NodeOptions): Promise<PublicNode> {
  const pool = createPool();
  const header = (tag: string) => upstream.call<Header>('eth_getBlockByNumber', [tag, false]);
  const first = await header('latest');
  let head = Number(first.number);
  let headTimeS = Number(first.timestamp);
  let final = Math.max(0, head - finalAfter);
  let recent: Block[] = [];
  let rounds = 0;
  let askedAfter = 0;
  let fork: { id: string; height: number } | undefined;
  let tail: Promise<unknown> = Promise.resolve();

  /** Blocks are made one after the other, and nobody is answered while the chain is between two. */
  function inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = tail.then(work);
    tail = done.catch(() => {});
    return done;
  }

  async function seeHead(transactions: readonly Waiting[]): Promise<void> {
    const { number, timestamp } = await header('latest');
    head = Number(number);
    headTimeS = Number(timestamp);
    recent = [...recent.filter((block) => block.number > final && block.number < head), { number: head, transactions }];
    final = Math.max(final, head - finalAfter - node.lagBlocks);
  }

  const usedNonces = async (address: string, tag = 'latest') =>
    Number(await upstream.call<string>('eth_getTransactionCount', [address, tag]));

  async function baseFeeWei(): Promise<bigint> {
    return BigInt((await header('latest')).baseFeePerGas ?? '0x0') * BigInt(node.feeFactor);
  }

  /** False: the simulator does not take it now. */
  async function mineOne(one: Waiting): Promise<boolean> {
    try {
      await upstream.call('eth_sendRawTransaction', [one.raw]);
    } catch (error) {
      if (error instanceof NodeError) return false;
      throw error;
    }
    pool.drop(one.hash);
    await seeHead([one]);
    return true;
  }

  async function mineEmpty(timeS: number): Promise<void> {
    await upstream.call('evm_mine', [Math.max(timeS, headTimeS + 1)]);
    await seeHead([]);
  }

  async function mineRound(): Promise<void> {
    const baseFee = await baseFeeWei();
    let mined = 0;
    for (const one of pool.all()) {
      if (mined === perRound) break;
      if (one.fromHeight > head + 1 || one.maxFeeWei < baseFee) continue;
      const used = await usedNonces(one.from);
      if (one.nonce < used) pool.drop(one.hash);
      if (one.nonce === used && (await mineOne(one))) mined++;
    }
    await mineEmpty(nowS());
    rounds++;
  }

  async function reorganise(): Promise<number | undefined> {
    if (!fork) return undefined;
    const { id, height } = fork;
    fork = undefined;
    const undone = recent.filter((block) => block.number > height);
    const depth = head - height;
    await upstream.call('evm_revert', [id]);
    recent = recent.filter((block) => block.number <= height);
    const parent = await header('latest');
    if (Number(parent.number) !== height) throw new Error(`went back to ${Number(parent.number)} instead of ${height}`);
    [head, headTimeS] = [height, Number(parent.timestamp)];
    const transactions = undone.flatMap((block) => block.transactions);
    // Another time makes the first block another one, and with it all that follow.
    await mineEmpty(headTimeS + random.between(2, 4));
    for (const one of transactions) {
      const comesAgain = random.chance(0.3);
      const waitsAgain = random.chance(0.5);
      const isNext = (await usedNonces(one.from)) === one.nonce;
      if (comesAgain && isNext) await mineOne(one);
      else if (comesAgain || waitsAgain) pool.putBack(one, head + random.between(1, 10));
    }
    while (head <= height + depth) await mineEmpty(headTimeS + 1);
    return depth;
  }

  const latest = () => Math.max(final, head - node.staleBlocks);

  /** A tag becomes the height that this node shows for it; `latest` stays itself while it shows everything. */
  function shown(tag: unknown): unknown {
    if (tag === 'finalized' || tag === 'safe') return hexOf(final);
    if (node.staleBlocks > 0 && (tag === undefined || tag === 'latest' || tag === 'pending')) return hexOf(latest());
    return tag;
  }

  /** What a node that is behind has not seen. */
  async function visible<T extends { blockNumber: string | null }>(found: T | null): Promise<T | null> {
    return found?.blockNumber && Number(found.blockNumber) > latest() ? null : found;
  }

  async function pendingNonce(address: string): Promise<number> {
    let nonce = await usedNonces(address);
    for (const one of pool.of(address.toLowerCase())) if (one.nonce === nonce) nonce++;
    return nonce;
  }

  async function priced(block: Header | null): Promise<Header | null> {
    if (!block?.baseFeePerGas || node.feeFactor === 1) return block;
    return { ...block, baseFeePerGas: `0x${(BigInt(block.baseFeePerGas) * BigInt(node.feeFactor)).toString(16)}` };
  }

  async function answer(method: string, params: Params): Promise<unknown> {
    const [one, two, ...rest] = params;
    switch (method) {
      case 'eth_sendRawTransaction': {
        const raw = String(one);
        const { from, hash } = readTransaction(raw);
        const isMined = await upstream.call<unknown>('eth_getTransactionByHash', [hash]);
        if (isMined) throw new NodeError(-32000, 'already known');
        return pool.add(raw, await usedNonces(from), head + 1 + random.between(0, usualPatience) + node.patienceBlocks)
          .hash;
      }
      case 'eth_blockNumber':
        return hexOf(latest());
      case 'eth_getBlockByNumber':
        if (one === 'pending') return upstream.call(method, params);
        return priced(await upstream.call<Header | null>(method, [shown(one), two, ...rest]));
      case 'eth_getTransactionCount':
        if (two === 'pending' && node.staleBlocks === 0) return hexOf(await pendingNonce(String(one)));
        return upstream.call(method, [one, shown(two)]);
      case 'eth_call':
      case 'eth_getBalance':
      case 'eth_getCode':
        return upstream.call(method, [one, shown(two ?? 'latest'), ...rest]);
      case 'eth_getTransactionReceipt':
        askedAfter++;
        return visible(await upstream.call<{ blockNumber: string } | null>(method, params));
      case 'eth_getTransactionByHash': {
        const found = await visible(await upstream.call<{ blockNumber: string } | null>(method, params));
        const waits = pool.find(String(one));
        return (
          found ?? (waits ? { hash: waits.hash, from: waits.from, nonce: hexOf(waits.nonce), blockNumber: null } : null)
        );
      }
      case 'eth_getLogs': {
        const filter = one as { fromBlock?: unknown; toBlock?: unknown };
        return upstream.call(method, [
          { ...filter, fromBlock: shown(filter.fromBlock), toBlock: shown(filter.toBlock) },
        ]);
      }
      default:
        return upstream.call(method, params);
    }
  }

  const node: PublicNode = {
    answer: async (method, params) => {
      await tail;
      return answer(method, params);
    },
    mine: () => inOrder(mineRound),
    still: () => inOrder(async () => {}),
    markFork: () =>
      inOrder(async () => {
        fork = { id: await upstream.call<string>('evm_snapshot'), height: head };
      }),
    reorganise: () => inOrder(reorganise),
    forgetFork() {
      fork = undefined;
    },
    rounds: () => rounds,
    askedAfter: () => askedAfter,
    head: () => head,
    headTimeS: () => headTimeS,
    finalized: () => final,
    underWay: () => [
      ...pool.all(),
      ...recent.filter(({ number }) => number > final).flatMap((block) => block.transactions),
    ],
    pool,
    lagBlocks: 0,
    staleBlocks: 0,
    feeFactor: 1,
    patienceBlocks: 0,
  };
  return node;
}

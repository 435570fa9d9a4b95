import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Simulator, startSimulator } from '@stoop/contracts/dev-chain/simulator.ts';
import { NodeError } from '../../../test/support/rpc-endpoint.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Hex } from '../../platform/ports/index.ts';
import { FilecoinEpochs, type ReorgOptions } from './filecoin-epochs.ts';

/** What differs from node to node and from hour to hour; changed while it runs. */
export interface FilecoinManners {
  /** Epochs from the head to what F3 has finalized. */
  finalityLag: number;
  /** F3 stands still here until it is undefined again. */
  finalityStalledAt?: number;
  /** Epochs from a message's inclusion to its receipt, in turn: 30–90 s. */
  receiptEpochs: readonly number[];
  /** Logs of the newest epochs are not indexed yet. */
  logEpochs: number;
  logRangeMax: number;
  logResultsMax: number;
  /** Gateways show nothing older. */
  lookbackEpochs?: number;
  /** `eth_estimateGas` answers this much too little. */
  estimateShort: number;
}

/** A local JSON-RPC server that behaves as a Filecoin node does towards Ethereum clients; its time is moved by hand. */
export interface FilecoinNode {
  readonly url: string;
  readonly chainId: number;
  readonly genesisHash: Hex;
  readonly manners: FilecoinManners;
  /** The node's own time, for the hub that is to live in it. */
  readonly clock: Clock;
  /** Methods as they were asked, oldest first. */
  readonly asked: { method: string; params: readonly unknown[] }[];
  /** From here on epochs pass by hand; before that every transaction has its own block at once, so that contracts can be deployed. */
  begin(): Promise<void>;
  head(): number;
  epoch(options?: { isNull?: boolean }): Promise<void>;
  epochs(count: number): Promise<void>;
  /** Many quiet ones at once. */
  skip(count: number): Promise<void>;
  reorg(depth: number, options?: ReorgOptions): Promise<void>;
  waiting(): number;
  /** The pool forgets everything, as after a restart. */
  forgetPool(): void;
  /** The pool forgets this message, or everything, as after a restart. */
  forget(hash?: string): void;
  /** Holds the base fee here; undefined: left to the chain. */
  holdBaseFee(wei: bigint | undefined): void;
  /** The simulator below, unadorned. */
  readonly truth: Simulator['request'];
  close(): Promise<void>;
}

interface NodeOptions {
  readonly chainId: number;
  /** The genesis block's time, in seconds since 1970. */
  readonly genesisS?: number;
  /** Raw transactions with their times that the chain begins with. */
  readonly history?: readonly { readonly time: number; readonly raw?: string }[];
}

const hex = (value: number | bigint): Hex => `0x${value.toString(16)}`;
/** Methods whose block is this parameter, and which answer from state: a null round is the epoch before it. */
const stateAt: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getStorageAt: 2,
  eth_getTransactionCount: 1,
  eth_estimateGas: 1,
};
const plain = new Set(['eth_chainId', 'net_version', 'eth_maxPriorityFeePerGas', 'eth_gasPrice']);

export async function startFilecoinNode({ chainId, genesisS, history = [] }: NodeOptions): Promise<FilecoinNode> {
  const simulator = await startSimulator(chainId, genesisS ?? Math.floor(Date.now() / 1000) - 3600);
  for (const { time, raw } of history) {
    await simulator.request('evm_setNextBlockTimestamp', [time]);
    if (raw) await simulator.request('eth_sendRawTransaction', [raw]);
    else await simulator.request('evm_mine', []);
  }
  const ask = <T>(method: string, params: readonly unknown[]) => simulator.request(method, params) as Promise<T>;
  const { hash: genesisHash } = await ask<{ hash: Hex }>('eth_getBlockByNumber', ['0x0', false]);
  const epochs = new FilecoinEpochs(simulator);
  const manners: FilecoinManners = {
    finalityLag: 20,
    receiptEpochs: [1, 3, 2],
    logEpochs: 0,
    logRangeMax: 2880,
    logResultsMax: 10_000,
    estimateShort: 0.045,
  };
  const asked: { method: string; params: readonly unknown[] }[] = [];
  const receiptAfter = new Map<string, number>();
  let hasBegun = false;

  const latest = () => Math.max(0, epochs.head - 1);
  const finalized = () =>
    Math.min(manners.finalityStalledAt ?? Number.POSITIVE_INFINITY, epochs.head - manners.finalityLag);

  function epochOf(tag: unknown): number {
    if (tag === undefined || tag === 'latest' || tag === 'pending') return epochs.solid(latest());
    if (tag === 'finalized' || tag === 'safe') return epochs.solid(Math.max(0, finalized()));
    if (tag === 'earliest') return 0;
    const epoch = Number(tag);
    if (!Number.isInteger(epoch)) throw new NodeError(-32602, `cannot parse block number ${String(tag)}`);
    if (epoch > latest()) throw new NodeError(1, "requested a future epoch (beyond 'latest')");
    if (manners.lookbackEpochs !== undefined && epoch < epochs.head - manners.lookbackEpochs)
      throw new NodeError(1, 'bad tipset height: lookbacks of more than 24h0m0s are disallowed');
    return epoch;
  }

  async function block([tag, isFull]: readonly unknown[]): Promise<unknown> {
    const epoch = epochOf(tag);
    if (epochs.isNull(epoch)) throw new NodeError(12, `requested epoch was a null round (${epoch})`);
    const found = await ask<{ parentHash: Hex }>('eth_getBlockByNumber', [hex(epoch), isFull]);
    if (epoch === 0 || !epochs.isNull(epoch - 1)) return found;
    const parent = await ask<{ hash: Hex }>('eth_getBlockByNumber', [hex(epochs.solid(epoch - 1)), false]);
    return { ...found, parentHash: parent.hash };
  }

  async function logs([filter]: readonly unknown[]): Promise<unknown> {
    const { fromBlock, toBlock, ...rest } = filter as { fromBlock?: string; toBlock?: string };
    const [from, to] = [epochOf(fromBlock), Number.isNaN(Number(toBlock)) ? epochOf(toBlock) : Number(toBlock)];
    if (to < from) throw new NodeError(1, `invalid epoch range: to height (${to}) must be after from height (${from})`);
    if (to - from > manners.logRangeMax)
      throw new NodeError(1, `invalid epoch range: the range is too large (maximum: ${manners.logRangeMax})`);
    const last = Math.min(to, latest() - manners.logEpochs);
    if (last < from) return [];
    const found = await ask<unknown[]>('eth_getLogs', [{ ...rest, fromBlock: hex(from), toBlock: hex(last) }]);
    if (found.length > manners.logResultsMax)
      throw new NodeError(1, 'filter matched too many events, try a more restricted filter');
    return found;
  }

  async function receipt([hash]: readonly unknown[]): Promise<unknown> {
    const found = await ask<{ blockNumber: Hex } | null>('eth_getTransactionReceipt', [hash]);
    if (!found) return null;
    const key = String(hash);
    const late = receiptAfter.get(key) ?? manners.receiptEpochs[receiptAfter.size % manners.receiptEpochs.length]!;
    receiptAfter.set(key, late);
    return epochs.head >= Number(found.blockNumber) + late ? found : null;
  }

  async function transaction([hash]: readonly unknown[]): Promise<unknown> {
    const waiting = epochs.pool.find(String(hash));
    const unmined = { blockHash: null, blockNumber: null, transactionIndex: null };
    if (waiting) return { hash: waiting.hash, from: waiting.from, nonce: hex(waiting.nonce), ...unmined };
    const found = await ask<{ blockNumber: Hex } | null>('eth_getTransactionByHash', [hash]);
    return found && Number(found.blockNumber) > latest() ? { ...found, ...unmined } : found;
  }

  async function send([raw]: readonly unknown[]): Promise<unknown> {
    const { Transaction } = await import('ethers/transaction');
    const from = Transaction.from(String(raw)).from?.toLowerCase() as Hex;
    await epochs.know(from);
    return epochs.pool.add(raw as Hex, epochs.stateNonce);
  }

  async function state(method: string, params: readonly unknown[], place: number): Promise<unknown> {
    const [subject] = params;
    const at = params.map((value, index) => (index === place ? hex(epochOf(value)) : value));
    if (params.length <= place) at[place] = hex(epochOf('latest'));
    const answer = await ask<Hex>(method, at);
    if (method === 'eth_estimateGas') return hex(Math.floor(Number(answer) / (1 + manners.estimateShort)));
    if (method !== 'eth_getTransactionCount' || params[place] !== 'pending') return answer;
    return hex(epochs.pool.nextNonce((subject as string).toLowerCase() as Hex, Number(answer)));
  }

  async function answer(method: string, params: readonly unknown[]): Promise<unknown> {
    if (!hasBegun || plain.has(method)) return ask(method, params);
    if (stateAt[method] !== undefined) return state(method, params, stateAt[method]);
    if (method === 'eth_blockNumber') return hex(epochs.solid(latest()));
    if (method === 'eth_getBlockByNumber') return block(params);
    if (method === 'eth_getLogs') return logs(params);
    if (method === 'eth_getTransactionReceipt') return receipt(params);
    if (method === 'eth_getTransactionByHash') return transaction(params);
    if (method === 'eth_sendRawTransaction') return send(params);
    if (method === 'eth_feeHistory') return ask(method, [params[0], hex(epochOf(params[1])), ...params.slice(2)]);
    throw new NodeError(-32601, `method '${method}' not found`);
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { id, method, params = [] } = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ method, params });
    const reply = await answer(method, params).then(
      (result) => ({ result: result ?? null }),
      ({ code, message, data }) => ({ error: { code: typeof code === 'number' ? code : 1, message, data } }),
    );
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...reply }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chainId,
    genesisHash,
    manners,
    clock: { nowMs: () => epochs.headMs, monotonicMs: () => epochs.headMs },
    asked,
    async begin() {
      await epochs.begin();
      hasBegun = true;
    },
    head: () => epochs.head,
    epoch: (options) => epochs.epoch(options),
    async epochs(count) {
      for (let passed = 0; passed < count; passed++) await epochs.epoch();
    },
    skip: (count) => epochs.skip(count),
    reorg: (depth, options) => epochs.reorg(depth, options),
    waiting: () => epochs.pool.all().length,
    forgetPool() {
      for (const message of epochs.pool.all()) epochs.pool.remove(message);
    },
    forget(hash) {
      for (const message of epochs.pool.all())
        if (hash === undefined || message.hash === hash) epochs.pool.remove(message);
    },
    holdBaseFee(wei) {
      epochs.baseFeeWei = wei;
    },
    truth: simulator.request,
    async close() {
      server.close();
      server.closeAllConnections();
      await simulator.close();
    },
  };
}

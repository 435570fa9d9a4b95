import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { demoPrivateKeys } from '@stoop/contracts/dev-chain/accounts.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { createEventBus } from '../../platform/events.ts';
import { silentLog } from '../../platform/log.ts';
import type { Attempt, Call, Hex } from '../../platform/ports/index.ts';
import { migrations } from '../../store/migrations/index.ts';
import { type OpenStore, openStore } from '../../store/open.ts';
import { type Chain, type ChainOptions, createChain } from '../chain.ts';
import type { ChainState } from '../connection.ts';
import type { Deployment } from '../deployment.ts';
import { createEmbeddedChain, type EmbeddedChain } from '../embedded.ts';
import { createRelayerKey, type RelayerKey } from '../relayer-key.ts';
import type { ChainEvent, Sightings, Transfer } from '../watcher.ts';
import { tinyAbi, tinyBytecode } from './tiny-contract.ts';

export type Rpc = <T>(method: string, params?: unknown[]) => Promise<T>;

/** A chain with a tiny contract that stands in for the building's money. */
export interface TinyChain {
  readonly url: string;
  readonly rpc: Rpc;
  readonly deployment: Deployment;
  readonly folder: string;
  readonly abiFolder: URL;
  readonly key: RelayerKey;
  readonly relayer: Hex;
}

/** The same on a simulator in a child process. */
export interface TestChain extends TinyChain {
  readonly embedded: EmbeddedChain;
  stop(): Promise<void>;
}

const folders: string[] = [];

// Of the whole file: hubs that are open until a suite's own end keep theirs.
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stoop-chain-'));
  folders.push(folder);
  return folder;
}

export async function startTestChain(chainId = 31999): Promise<TestChain> {
  const folder = tempFolder();
  const embedded = createEmbeddedChain({
    dataDir: join(folder, 'chain'),
    chainId,
    clock: systemClock,
    log: silentLog,
    testMethods: true,
  });
  await embedded.start(new AbortController().signal);
  const { url, genesisHash } = await embedded.whenUp();
  return { ...(await tinyOn(url, chainId, genesisHash)), embedded, stop: () => embedded.stop() };
}

/** Deploys the tiny contract where every transaction has its block at once. */
export async function tinyOn(url: string, chainId: number, genesisHash: Hex): Promise<TinyChain> {
  const folder = tempFolder();
  const rpc = rpcTo(() => url);
  const abiFolder = pathToFileURL(`${folder}/abi/`);
  mkdirSync(abiFolder);
  writeFileSync(new URL('FoodUSD.json', abiFolder), JSON.stringify({ contractName: 'FoodUSD', abi: tinyAbi }));
  const key = createRelayerKey(join(folder, 'relayer.key'));
  const relayer = await key.address();
  await fund(rpc, chainId, relayer);
  const { address, block } = await deployTiny(rpc, chainId, createRelayerKey(join(folder, 'deployer.key')));
  const deployment: Deployment = {
    chainId,
    genesisHash,
    contracts: { FoodUSD: address },
    deployedAtBlock: block,
    hubId: `0x${'00'.repeat(32)}`,
  };
  return { url, rpc, deployment, folder, abiFolder, key, relayer };
}

export function rpcTo(url: () => string): Rpc {
  return async <T>(method: string, params: unknown[] = []) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(url(), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
}

async function deployTiny(rpc: Rpc, chainId: number, key: RelayerKey): Promise<{ address: Hex; block: number }> {
  await fund(rpc, chainId, await key.address());
  const hash = await rpc('eth_sendRawTransaction', [
    await rawTransaction(key, { chainId, nonce: 0, data: tinyBytecode }),
  ]);
  const receipt = await rpc<{ contractAddress: Hex; blockNumber: Hex }>('eth_getTransactionReceipt', [hash]);
  return { address: receipt.contractAddress.toLowerCase() as Hex, block: Number(receipt.blockNumber) };
}

/** Pays the address 100 coins for gas, from an account that the simulator gave coins. */
export async function fund(rpc: Rpc, chainId: number, to: Hex): Promise<void> {
  const path = join(tempFolder(), 'rich-key');
  writeFileSync(path, demoPrivateKeys[2].slice(2));
  const rich = createRelayerKey(path);
  const nonce = Number(await rpc<Hex>('eth_getTransactionCount', [await rich.address(), 'latest']));
  await rpc('eth_sendRawTransaction', [await rawTransaction(rich, { chainId, nonce, to, value: 10n ** 20n })]);
}

/** Signed bytes that the code under test did not make. */
export async function rawTransaction(
  key: RelayerKey,
  fields: { chainId: number; nonce: number; data?: string; to?: string; value?: bigint },
): Promise<Hex> {
  const { Transaction } = await import('ethers/transaction');
  const gas = { gasLimit: 500_000n, maxFeePerGas: 20n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n };
  const transaction = Transaction.from({ type: 2, ...gas, ...fields });
  transaction.signature = await key.sign(transaction.unsignedHash as Hex);
  return transaction.serialized as Hex;
}

export interface Hub {
  readonly chain: Chain;
  readonly store: OpenStore;
  readonly foreign: Transfer[];
  readonly gone: Transfer[];
  readonly events: ChainEvent[];
  stop(): Promise<void>;
}

interface HubOptions {
  readonly url?: () => string | undefined;
  /** Several, in order. */
  readonly urls?: readonly string[];
  readonly staleAfterMs?: number;
  readonly clock?: Clock;
  readonly deployment?: () => Deployment | undefined;
  readonly path?: string;
  readonly sightings?: Partial<Sightings>;
  readonly timeoutMs?: number;
  readonly calls?: ChainOptions['calls'];
  readonly subjects?: ChainOptions['subjects'];
  readonly abiFolder?: URL;
  readonly onChange?: (state: ChainState) => void;
}

/** The chain room as a hub builds it, over a real store; polled by hand, so that nothing depends on time. */
export async function startHub(
  test: Pick<TinyChain, 'key'> & Partial<TinyChain>,
  options: HubOptions = {},
): Promise<Hub> {
  const foreign: Transfer[] = [];
  const gone: Transfer[] = [];
  const events: ChainEvent[] = [];
  const { clock = systemClock } = options;
  const store = await openStore({
    path: options.path ?? join(tempFolder(), 'stoop.db'),
    clock,
    events: createEventBus((error) => {
      throw error;
    }),
    migrations,
  });
  const chain = createChain({
    rpcUrls: options.urls ?? (() => [(options.url ?? (() => test.url))()].filter((url) => url !== undefined)),
    staleAfterMs: options.staleAfterMs,
    deployment: options.deployment ?? (() => test.deployment),
    relayerKey: test.key,
    store,
    clock,
    log: silentLog,
    pollMs: 3_600_000,
    sightings: {
      explains: () => false,
      onForeignTransfer: (_, transfer) => void foreign.push(transfer),
      onForeignGone: (_, transfer) => void gone.push(transfer),
      onEvent: (_, event) => void events.push(event),
      ...options.sightings,
    },
    onChange: options.onChange,
    calls: options.calls,
    subjects: options.subjects,
    timeoutMs: options.timeoutMs,
    abiFolder: options.abiFolder ?? test.abiFolder,
  });
  return {
    chain,
    store,
    foreign,
    gone,
    events,
    async stop() {
      await chain.stop();
      store.close();
    },
  };
}

export const emit = (from: Hex, to: Hex, value: number): Call => ({
  contract: 'FoodUSD',
  fn: 'emitTransfer',
  args: [from, to, value],
});

/** What the outbox keeps of what `prepare` gave. */
export function attemptOf(made: { payload: Hex; locator: string; senderNonce: number }): Attempt {
  return {
    id: made.locator,
    lane: 'test',
    carrier: 'chain',
    intentIds: [],
    state: 'prepared',
    createdAtMs: 0,
    ...made,
  };
}

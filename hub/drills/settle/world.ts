import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Interface, Wallet } from 'ethers';
import { type ContractName, committed } from '../../../contracts/deploy/artifact.ts';
import { readDeployment } from '../../../contracts/deploy/deploy.ts';
import { type DevChain, startDevChain } from '../../../contracts/dev-chain/index.ts';
import {
  createUpstream,
  type Endpoint,
  NodeError,
  type Request,
  startEndpoint,
  type Upstream,
} from '../../test/support/rpc-endpoint.ts';
import type { Random } from '../day/random.ts';
import type { LaneOfDay } from './lanes/lane.ts';
import { createLies, type Lies } from './node/lies.ts';
import { createNode, type PublicNode } from './node/node.ts';
import { readTransaction } from './node/pool.ts';
import { createTally, type LaneOfCall, type Tally } from './tally.ts';

/** What is outside the building: its chain, somebody else's, and the endpoint between. */
export interface World {
  readonly node: PublicNode;
  readonly lies: Lies;
  readonly tally: Tally;
  readonly proxy: Endpoint;
  readonly upstream: Upstream;
  /** Another chain answers behind the same URL; `chainId`: what it says that it is. */
  showOther(chainId: string | undefined): void;
  showOwn(): void;
  restartChain(): Promise<void>;
  /** No block comes until the hub has asked so often what became of what it sent, or some seconds are over. */
  holdUntilAsked(times: number): Promise<void>;
  /** Nothing moves while this is pending; blocks go on afterwards. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** A folder with the building's chain and `deployment.json`. */
  readonly chainDir: string;
  readonly otherDir: string;
  readonly random: Random;
  readonly nowS: () => number;
  readonly blockMs: number;
  readonly finalAfter: number;
  /** Lanes of which the hub has sent something that is not final yet. */
  readonly lanesUnderWay: () => readonly string[];
  readonly lanes: readonly Pick<LaneOfDay, 'name' | 'calls' | 'isOf'>[];
}

/** Tenths of a second. */
const heldAtMost = 40;

export async function startWorld(options: WorldOptions): Promise<World> {
  const { chainDir, otherDir } = options;
  const { chainId } = JSON.parse(readFileSync(join(chainDir, 'deployment.json'), 'utf8')) as { chainId: number };
  const start = () => startDevChain({ dataDir: chainDir, chainId, port: 0, testMethods: true });
  let chain: DevChain = await start();
  const other = await startDevChain({ dataDir: otherDir, chainId, port: 0 });
  const otherNode = createUpstream(() => other.url);
  const upstream = createUpstream(() => chain.url);
  const node = await createNode({ ...options, upstream });
  const laneOf = laneOfCalls(join(chainDir, 'deployment.json'), options.lanes);
  const tally = createTally(() => [
    ...options.lanesUnderWay(),
    ...node.underWay().map(({ to, data }) => laneOf(to, data)),
  ]);
  const lies = createLies((lie, request) => tally.count(lie.kind, laneOfRequest(request, laneOf)));
  let shows: { readonly chainId?: string } | undefined;

  async function ask({ method, params }: Request): Promise<unknown> {
    if (!shows) return node.answer(method, params);
    if (method === 'eth_chainId' && shows.chainId) return shows.chainId;
    return otherNode.call(method, params);
  }

  const proxy = await startEndpoint((request) => lies.meet(request, () => ask(request)));
  let isStopped = false;
  let isPaused = false;
  const blocks = (async () => {
    while (!isStopped) {
      const sinceMs = performance.now();
      if (!isPaused)
        await node.mine().catch((error) => {
          if (error instanceof NodeError) throw error;
        });
      await wait(Math.max(1, options.blockMs - (performance.now() - sinceMs)));
    }
  })();

  return {
    node,
    lies,
    tally,
    proxy,
    upstream,
    showOther(id) {
      shows = { chainId: id };
    },
    showOwn() {
      shows = undefined;
    },
    async holdUntilAsked(times) {
      const enough = node.askedAfter() + times;
      isPaused = true;
      for (let waited = 0; node.askedAfter() < enough && waited < heldAtMost; waited++) await wait(100);
      isPaused = false;
    },
    async restartChain() {
      isPaused = true;
      // A block that nobody heard of would be missing from what is remembered of forks.
      await node.still();
      node.forgetFork();
      await chain.stop();
      chain = await start();
      isPaused = false;
    },
    async stop() {
      isStopped = true;
      await blocks;
      await proxy.close();
      await Promise.all([chain.stop(), other.stop()]);
    },
  };
}

function laneOfCalls(deploymentFile: string, lanes: WorldOptions['lanes']): LaneOfCall {
  const { contracts } = readDeployment(deploymentFile)!;
  const known = new Map<string, { name: string; isOf(data: string): boolean }[]>();
  for (const { name, calls, isOf } of lanes)
    for (const call of calls) {
      const [contract = '', fn = ''] = call.split('.');
      const address = contracts[contract as keyof typeof contracts];
      const abi = new Interface(committed(contract as ContractName).abi);
      const selector = abi.getFunction(fn)?.selector;
      if (!address || !selector) throw new Error(`${name}: there is no ${call}`);
      const key = `${address.toLowerCase()}/${selector}`;
      const one = { name, isOf: (data: string) => isOf?.(fn, abi.decodeFunctionData(fn, data).toArray()) ?? true };
      known.set(key, [...(known.get(key) ?? []), one]);
    }
  return (to, data) => known.get(`${to.toLowerCase()}/${data.slice(0, 10)}`)?.find(({ isOf }) => isOf(data))?.name;
}

function laneOfRequest({ method, params }: Request, laneOf: LaneOfCall): string | undefined {
  if (method === 'eth_sendRawTransaction') {
    const { to, data } = readTransaction(String(params[0]));
    return laneOf(to, data);
  }
  if (method !== 'eth_call' && method !== 'eth_estimateGas') return undefined;
  const { to, data, input } = params[0] as { to?: string; data?: string; input?: string };
  return laneOf(to ?? '', data ?? input ?? '');
}

/** The address and private key of the hub's relayer. */
export function relayerOf(dataDir: string): Wallet {
  const key = readFileSync(join(dataDir, 'relayer-key'), 'utf8').trim();
  return new Wallet(key.startsWith('0x') ? key : `0x${key}`);
}

export const chainDirOf = (deploymentFile: string): string => dirname(deploymentFile);

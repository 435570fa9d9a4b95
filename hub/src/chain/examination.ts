import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { EndpointState, Hex } from '../platform/ports/index.ts';
import type { Deployment } from './deployment.ts';
import { type EndpointRpc, type Rpc, RpcError } from './rpc.ts';

type Verdict = Exclude<EndpointState['verdict'], 'away' | undefined>;

export interface Header {
  readonly number: Hex;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly timestamp: Hex;
}

interface Place {
  readonly number: number;
  readonly hash: Hex;
  readonly atMs: number;
}

/** What an endpoint showed when it was looked at. */
export interface Finding {
  readonly verdict: Verdict;
  /** Why it is not good, in words that fit behind its name. */
  readonly reason?: string;
  readonly head?: Place;
  /** Undefined on a node that cannot say, and while nothing is final. */
  readonly finalized?: Place;
  /** How far the hub's clock is ahead (behind: negative), when the endpoint and its chain agree against it. */
  readonly hubClockAheadMs?: number;
  /** Whose code was seen there. */
  readonly verified?: Deployment;
}

interface ExaminationOptions {
  readonly deployment: () => Deployment | undefined;
  /** A head older than this stands still. Undefined: a chain that mines on demand, whose time says nothing. */
  readonly staleAfterMs?: number;
  /** The highest block that was seen to be final: less is not taken for the present. */
  readonly highestFinal: () => number;
  readonly clock: Clock;
  readonly log: Log;
}

/** More than any web server's or node's clock is off. */
const clockBoundMs = 120_000;

/** Number of a 0x quantity; heights and seconds stay far below 2⁵³. */
export const quantity = (hex: Hex): number => Number(BigInt(hex));

const placeOf = (header: Header | null | undefined): Place | undefined =>
  header ? { number: quantity(header.number), hash: header.hash, atMs: quantity(header.timestamp) * 1000 } : undefined;

export type Examine = (rpc: EndpointRpc, before: Finding | undefined) => Promise<Finding>;

/** Is that our chain, does it move, and is its clock sane? Throws `LineError` or `RpcError` when it does not answer. */
export function createExamination(options: ExaminationOptions): Examine {
  const { clock, log, staleAfterMs } = options;
  const warned = new WeakSet<Rpc>();

  async function identity(rpc: Rpc, deployment: Deployment, verified?: Deployment): Promise<string | undefined> {
    const chainId = quantity(await rpc.call<Hex>('eth_chainId'));
    if (chainId !== deployment.chainId) return `its id is ${chainId}, this building settles on ${deployment.chainId}`;
    const genesis = await genesisHash(rpc);
    if (genesis && genesis !== deployment.genesisHash)
      return `it begins with block ${genesis}, this building's with ${deployment.genesisHash}`;
    if (verified === deployment) return undefined;
    for (const [name, address] of Object.entries(deployment.contracts)) {
      if ((await rpc.call<Hex>('eth_getCode', [address, 'latest'])) === '0x')
        return `there is no ${name} at ${address}`;
    }
    return undefined;
  }

  /** Gateways with a look-back limit refuse block 0; chain id and code decide alone then. */
  async function genesisHash(rpc: Rpc): Promise<Hex | undefined> {
    try {
      return (await rpc.call<Header | null>('eth_getBlockByNumber', ['0x0', false]))?.hash;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (!warned.has(rpc)) log.warn({ code: error.code, reason: error.message }, 'the endpoint does not show block 0');
      warned.add(rpc);
      return undefined;
    }
  }

  return async (rpc, before) => {
    const deployment = options.deployment();
    if (!deployment) return { verdict: 'wrong', reason: 'there is no deployment to compare it with' };
    const difference = await identity(rpc, deployment, before?.verified);
    if (difference) return { verdict: 'wrong', reason: difference };
    const head = placeOf(await rpc.call<Header | null>('eth_getBlockByNumber', ['latest', false]));
    const finalized = placeOf(await finalizedOf(rpc));
    const shown = { head, finalized, verified: deployment };
    if (finalized && head && finalized.number > head.number)
      return {
        ...shown,
        verdict: 'wrong',
        reason: `it calls block ${finalized.number} final beyond its head ${head.number}`,
      };
    const highest = options.highestFinal();
    if (finalized && finalized.number < highest)
      return {
        ...shown,
        verdict: 'behind',
        reason: `it shows block ${finalized.number} as final, ${highest} was seen`,
      };
    return {
      ...shown,
      ...(head && staleAfterMs ? timely(head, rpc.clockAheadMs(), clock.nowMs(), staleAfterMs) : { verdict: 'good' }),
    };
  };
}

/** What the node calls final; undefined when it cannot say (a young chain, an old node). */
export async function finalizedOf(rpc: Rpc): Promise<Header | undefined> {
  try {
    return (await rpc.call<Header | null>('eth_getBlockByNumber', ['finalized', false])) ?? undefined;
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

type Timeliness = Pick<Finding, 'verdict' | 'reason' | 'hubClockAheadMs'>;

/**
 * Three clocks: the chain's (its head), the endpoint's web server's, and ours. Where the first two agree and differ from
 * ours, ours is the odd one; that is for clock trust, and settling goes on. A chain cannot be ahead of the world, so without
 * the second a head in our future says the same.
 */
export function timely(
  head: Place,
  serverAheadMs: number | undefined,
  nowMs: number,
  staleAfterMs: number,
): Timeliness {
  const headAheadMs = head.atMs - nowMs;
  const seconds = Math.round(Math.abs(headAheadMs) / 1000);
  if (headAheadMs > clockBoundMs) {
    const isServerWithUs = serverAheadMs !== undefined && Math.abs(serverAheadMs) <= clockBoundMs;
    return isServerWithUs
      ? { verdict: 'clock', reason: `its newest block is dated ${seconds} s in the future` }
      : { verdict: 'good', hubClockAheadMs: -headAheadMs };
  }
  if (headAheadMs >= -staleAfterMs) return { verdict: 'good' };
  const isHubOdd =
    serverAheadMs !== undefined &&
    serverAheadMs < -clockBoundMs &&
    Math.abs(headAheadMs - serverAheadMs) <= staleAfterMs;
  return isHubOdd
    ? { verdict: 'good', hubClockAheadMs: -serverAheadMs }
    : { verdict: 'stale', reason: `its newest block is ${seconds} s old` };
}

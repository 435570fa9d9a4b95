import type { Clock } from '../platform/clock.ts';
import { fail, isStoopError, type StoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Hex } from '../platform/ports/index.ts';
import type { Deployment } from './deployment.ts';
import { LineError, type Rpc, RpcError } from './rpc.ts';

/** What is known of the chain, for the page, the doctor and the outbox. */
export interface ChainState {
  /** The endpoint answers, is the right chain, and holds the contracts. */
  readonly isOnline: boolean;
  /** The wrong chain, or calls that its contracts do not have: settling stops until a person mends it. */
  readonly fault?: StoopError;
  /** Nothing is wrong, something is still to come. */
  readonly waitingFor?: 'endpoint' | 'deployment';
  readonly headNumber?: number;
  readonly headAtMs?: number;
  readonly finalizedNumber?: number;
  readonly finalizedHash?: Hex;
  readonly finalizedAtMs?: number;
  /** How far the chain's events were read and booked. */
  readonly readNumber?: number;
  /** Reading the chain's events does not get on although the line is there. */
  readonly stuck?: StoopError;
  /** The hub's clock at the last good answer. */
  readonly lastSeenAtMs?: number;
}

export interface Header {
  readonly number: Hex;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly timestamp: Hex;
}

export interface Connection {
  state(): ChainState;
  /** Looks once at the endpoint. Never throws: what it meets becomes the state. */
  check(): Promise<void>;
  /** The deployment, when settling can go on; throws `chain_mismatch` or `chain_offline` otherwise. */
  ready(): Deployment;
  /** Somebody met a failure: offline at once when nothing can have been sent. Gives the catalogue's error. */
  noticed(error: unknown): unknown;
  /** Finalized as of now; undefined while the chain has finalized nothing. */
  finalized(): Promise<Header | undefined>;
}

interface ConnectionDeps {
  readonly rpc: Rpc;
  /** Throws `config_invalid` for a call that a lane makes and the contracts do not have. */
  readonly checkCalls: () => void;
  readonly hasEndpoint: () => boolean;
  readonly deployment: () => Deployment | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (state: ChainState) => void;
}

/** Number of a 0x quantity; heights and seconds stay far below 2⁵³. */
export const quantity = (hex: Hex): number => Number(BigInt(hex));

export function createConnection(deps: ConnectionDeps): Connection {
  const { rpc, clock, log } = deps;
  let state: ChainState = { isOnline: false };
  let verified: Deployment | undefined;
  let hasWarnedGenesis = false;

  function become(next: ChainState): void {
    const before = state;
    state = next;
    if (!next.isOnline) verified = undefined;
    const isNews =
      before.isOnline !== next.isOnline ||
      before.waitingFor !== next.waitingFor ||
      before.fault?.message !== next.fault?.message;
    if (!isNews) return;
    if (next.fault) log.error({ code: next.fault.code, ...next.fault.details }, next.fault.message);
    else log.info({ waitingFor: next.waitingFor }, next.isOnline ? 'the chain is there' : 'the chain is away');
    deps.onChange(next);
  }

  /** What was last seen stays readable while the line is down. */
  const down = (more: Partial<ChainState>): ChainState => ({
    ...state,
    isOnline: false,
    fault: undefined,
    waitingFor: undefined,
    ...more,
  });

  async function verify(deployment: Deployment): Promise<void> {
    const chainId = quantity(await rpc.call<Hex>('eth_chainId'));
    if (chainId !== deployment.chainId) {
      throw mismatch(`its id is ${chainId}, this building settles on ${deployment.chainId}`);
    }
    const genesis = await genesisHash();
    if (genesis && genesis !== deployment.genesisHash) {
      throw mismatch(`it begins with block ${genesis}, this building's with ${deployment.genesisHash}`);
    }
    if (verified === deployment) return;
    deps.checkCalls();
    for (const [name, address] of Object.entries(deployment.contracts)) {
      if ((await rpc.call<Hex>('eth_getCode', [address, 'latest'])) === '0x') {
        throw mismatch(`there is no ${name} at ${address}`);
      }
    }
    verified = deployment;
  }

  /** Gateways with a look-back limit refuse block 0; chain id and code decide alone then. */
  async function genesisHash(): Promise<Hex | undefined> {
    try {
      return (await rpc.call<Header | null>('eth_getBlockByNumber', ['0x0', false]))?.hash;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (!hasWarnedGenesis)
        log.warn({ code: error.code, reason: error.message }, 'the endpoint does not show block 0');
      hasWarnedGenesis = true;
      return undefined;
    }
  }

  async function finalized(): Promise<Header | undefined> {
    try {
      return (await rpc.call<Header | null>('eth_getBlockByNumber', ['finalized', false])) ?? undefined;
    } catch (error) {
      // A young chain, or a node that cannot say: nothing is final yet.
      if (error instanceof RpcError) return undefined;
      throw error;
    }
  }

  async function look(deployment: Deployment): Promise<ChainState> {
    await verify(deployment);
    const head = await rpc.call<Header | null>('eth_getBlockByNumber', ['latest', false]);
    const final = await finalized();
    return {
      isOnline: true,
      headNumber: head ? quantity(head.number) : state.headNumber,
      headAtMs: head ? quantity(head.timestamp) * 1000 : state.headAtMs,
      finalizedNumber: final ? quantity(final.number) : state.finalizedNumber,
      finalizedHash: final?.hash ?? state.finalizedHash,
      finalizedAtMs: final ? quantity(final.timestamp) * 1000 : state.finalizedAtMs,
      lastSeenAtMs: clock.nowMs(),
    };
  }

  async function check(): Promise<void> {
    const deployment = deps.deployment();
    if (!deps.hasEndpoint()) return become(down({ waitingFor: 'endpoint' }));
    if (!deployment) return become(down({ waitingFor: 'deployment' }));
    try {
      become(await look(deployment));
    } catch (error) {
      if (isStoopError(error)) return become(down({ fault: error, lastSeenAtMs: clock.nowMs() }));
      if (!(error instanceof LineError || error instanceof RpcError)) throw error;
      log.debug({ reason: error.message }, 'the chain does not answer');
      become(down({}));
    }
  }

  return {
    state: () => state,
    check,
    finalized,
    ready() {
      const deployment = deps.deployment();
      if (state.fault) throw state.fault;
      if (!state.isOnline || !deployment) throw fail('chain_offline');
      return deployment;
    },
    noticed(error) {
      if (!(error instanceof LineError)) return error;
      if (error.kind === 'unsent') become(down({}));
      return fail('chain_offline', {}, error);
    },
  };
}

const mismatch = (what: string) => fail('chain_mismatch', { what });

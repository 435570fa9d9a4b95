import type { Clock } from '../platform/clock.ts';
import { fail, isStoopError, type StoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Call, Carrier, DeclaredCall, Hex, Part, Reader, Reads, Store } from '../platform/ports/index.ts';
import { createAbis } from './abi.ts';
import { createAwayMark } from './away-mark.ts';
import { createCarrier } from './carrier.ts';
import { createCodec } from './codec.ts';
import { type ChainState, createConnection } from './connection.ts';
import type { Deployment } from './deployment.ts';
import type { PricePoint } from './gas.ts';
import { createPrices } from './prices.ts';
import { createProjector, type Projector, type Rebuilt } from './projections/projector.ts';
import type { Subject } from './projections/state-check.ts';
import { createReads } from './reads.ts';
import type { RelayerKey } from './relayer-key.ts';
import { createWatcher, type Sightings } from './watcher.ts';

export interface ChainOptions {
  /** The JSON-RPC endpoints in order of preference; a function while they may come later or move (embedded chain). */
  readonly rpcUrls: readonly string[] | (() => readonly string[]);
  /** A head older than this stands still. Undefined or 0: the chain mines on demand, and its time says nothing. */
  readonly staleAfterMs?: number;
  /** Asked at each look, so that a building may be deployed while its hub runs. */
  readonly deployment: () => Deployment | undefined;
  readonly relayerKey: RelayerKey;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly pollMs: number;
  /** Where it is kept since when the line is missing; left out: nowhere. */
  readonly awayFile?: string;
  /** What gas may cost in 24 hours, in the chain's smallest coin; no limit when left out. */
  readonly dailyCapWei?: bigint;
  /** What the lanes call; checked against the ABIs before the first use of an endpoint. */
  readonly calls?: () => readonly DeclaredCall[];
  readonly sightings: Sightings;
  /** Every seat with its keys: whose balances and locks the projections are compared for. */
  readonly subjects?: (reader: Reader) => readonly Subject[];
  /** When the chain came, went, turned out to be another one, or could not be read on. */
  readonly onChange?: (state: ChainState) => void;
  /** When more has become final. */
  readonly onFinalized?: (number: number) => void;
  readonly timeoutMs?: number;
  readonly abiFolder?: URL;
}

export interface Chain extends Part {
  readonly carrier: Carrier;
  readonly reads: Reads;
  state(): ChainState;
  /** Looks now instead of at the next round; resolves when that look, and the reading it caused, are over. */
  poll(): Promise<void>;
  relayerAddress(): Promise<Hex>;
  /** A call's bytes. Throws `config_invalid` when the arguments do not fit the contract. */
  encode(call: Call): Promise<Hex>;
  /** What gas has cost on this building's chain, oldest first. */
  prices(sinceMs: number): PricePoint[];
  readonly projections: Pick<Projector, 'check' | 'transfers'>;
  /**
   * Reads the chain's events again, folds them anew and compares the result with the chain's state. `isPruned`: what the
   * endpoint no longer gives is taken from state. Throws `chain_offline`, or `chain_unreadable` with the endpoint's no.
   */
  rebuild(isPruned: boolean): Promise<Rebuilt>;
}

const committedAbis = new URL('../../../contracts/abi/', import.meta.url);

/** The building's chain as a part: it never holds up the start, and while it is away the house goes on. */
export function createChain(options: ChainOptions): Chain {
  const { deployment, store, clock, log, relayerKey: key } = options;
  const { rpcUrls } = options;
  const abis = createAbis(options.abiFolder ?? committedAbis);
  const codec = createCodec(abis);
  const checkCalls = () => abis.check(options.calls?.() ?? []);
  const away = createAwayMark(options.awayFile, log);
  const connection = createConnection({
    urls: typeof rpcUrls === 'function' ? rpcUrls : () => rpcUrls,
    timeoutMs: options.timeoutMs,
    staleAfterMs: options.staleAfterMs,
    deployment,
    clock,
    log,
    onChange: tell,
    offlineSinceMs: away.sinceMs,
    checkCalls,
  });
  const { rpc } = connection;
  const reads = createReads({ rpc, codec, connection });
  const prices = createPrices({ rpc, store, clock });
  const watcher = createWatcher({ rpc, codec, store, log, sightings: options.sightings });

  const projector = createProjector({ store, codec, reads, deployment, subjects: options.subjects ?? (() => []) });

  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let toldFinalized: number | undefined;
  let stuck: StoopError | undefined;

  const state = (): ChainState => ({ ...connection.state(), stuck, readNumber: watcher.readNumber() });

  function tell(): void {
    const { offlineSinceMs, waitingFor } = connection.state();
    // What is still to come is no outage.
    if (!waitingFor) away.keep(offlineSinceMs);
    options.onChange?.(state());
  }

  function becomeStuck(fault: StoopError | undefined): void {
    stuck = fault;
    tell();
  }

  async function look(): Promise<void> {
    await connection.check();
    await Promise.all([readOn(), connection.lookAround()]);
  }

  async function readOn(): Promise<void> {
    const { isOnline, finalizedNumber: number, finalizedHash: hash } = connection.state();
    if (!isOnline || number === undefined || hash === undefined || isStopped) return;
    await prices.observe(connection.ready().chainId);
    await watcher.readTo(connection.ready(), { number, hash });
    await projector.follow(number);
    if (stuck) becomeStuck(undefined);
    if (toldFinalized !== number) options.onFinalized?.(number);
    toldFinalized = number;
  }

  /** One look at a time; who asks meanwhile waits for one that begins after the asking. */
  async function poll(): Promise<void> {
    await looking;
    looking ??= look()
      .catch((error) => {
        const met = connection.noticed(error);
        if (isStopped || isStoopError(met, 'chain_offline')) return;
        if (!stuck)
          becomeStuck(fail('chain_unreadable', { reason: met instanceof Error ? met.message : String(met) }, met));
        log.error({ err: met }, 'the chain could not be read on; tried again at the next round');
      })
      .finally(() => {
        looking = undefined;
      });
    await looking;
  }

  function rounds(): void {
    if (isStopped) return;
    poll().finally(() => {
      if (!isStopped) timer = setTimeout(rounds, options.pollMs);
    });
  }

  async function rebuild(isPruned: boolean): Promise<Rebuilt> {
    await poll();
    const { finalizedNumber: number, finalizedHash: hash } = connection.state();
    const at = connection.ready();
    if (number === undefined || hash === undefined) throw fail('chain_offline');
    try {
      const first = await watcher.readAgain(at, { number, hash }, isPruned);
      await projector.follow(number);
      return await projector.rebuild(first > at.deployedAtBlock ? { unreadTo: first - 1 } : {});
    } catch (error) {
      const met = connection.noticed(error);
      if (isStoopError(met)) throw met;
      throw fail('chain_unreadable', { reason: met instanceof Error ? met.message : String(met) }, met);
    }
  }

  async function stop(): Promise<void> {
    isStopped = true;
    clearTimeout(timer);
    rpc.close();
    await looking;
  }

  return {
    name: 'chain',
    async start(signal) {
      signal.addEventListener('abort', () => void stop(), { once: true });
      rounds();
    },
    stop,
    carrier: createCarrier({ rpc, codec, connection, reads, key, log, prices, dailyCapWei: options.dailyCapWei }),
    reads,
    state,
    poll,
    relayerAddress: key.address,
    encode: codec.encode,
    prices: (sinceMs) => prices.since(deployment()?.chainId ?? 0, sinceMs),
    projections: projector,
    rebuild,
  };
}

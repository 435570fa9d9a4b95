import type { Clock } from '../platform/clock.ts';
import { fail, isStoopError, type StoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Hex, LineState } from '../platform/ports/index.ts';
import type { Deployment } from './deployment.ts';
import { createEndpoints } from './endpoints.ts';
import { createExamination, type Finding, finalizedOf, type Header } from './examination.ts';
import { LineError, type Rpc } from './rpc.ts';

export { type Header, quantity } from './examination.ts';

/** What is known of the chain, for the page, the doctor and the outbox. */
export interface ChainState extends LineState {
  /** The wrong chain, or calls that its contracts do not have: settling stops until a person mends it. */
  readonly fault?: StoopError;
  /** Nothing is wrong, something is still to come. */
  readonly waitingFor?: 'endpoint' | 'deployment';
  readonly headNumber?: number;
  readonly finalizedNumber?: number;
  readonly finalizedHash?: Hex;
  /** How far the chain's events were read and booked. */
  readonly readNumber?: number;
  /** Reading the chain's events does not get on although the line is there. */
  readonly stuck?: StoopError;
}

export interface Connection {
  /** Every question to the chain: whoever serves answers it. */
  readonly rpc: Rpc;
  state(): ChainState;
  /** Looks once at the endpoints. Never throws: what it meets becomes the state. */
  check(): Promise<void>;
  /** Looks at those that stand by, now and then. */
  lookAround(): Promise<void>;
  /** The deployment, when settling can go on; throws `chain_mismatch` or `chain_offline` otherwise. */
  ready(): Deployment;
  /** Somebody met a failure: offline at once when nothing can have been sent. Gives the catalogue's error. */
  noticed(error: unknown): unknown;
  /** Finalized as of now; undefined while the chain has finalized nothing. */
  finalized(): Promise<Header | undefined>;
}

interface ConnectionDeps {
  readonly urls: () => readonly string[];
  readonly timeoutMs?: number;
  /** Undefined: the chain mines on demand, and its time says nothing. */
  readonly staleAfterMs?: number;
  /** Throws `config_invalid` for a call that a lane makes and the contracts do not have. */
  readonly checkCalls: () => void;
  readonly deployment: () => Deployment | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: (state: ChainState) => void;
  /** Since when the line was missing when the hub stopped. */
  readonly offlineSinceMs?: number;
}

type Known = Omit<ChainState, 'endpoints'>;

/** Endpoints that all show less than was seen for this long: one had said too much, or the chain went back. */
const patienceMs = 600_000;

export function createConnection(deps: ConnectionDeps): Connection {
  const { clock, log } = deps;
  const examine = createExamination({ ...deps, highestFinal: () => highest.number });
  const rpc = createEndpoints({ ...deps, examine });
  let known: Known = { isOnline: false, offlineSinceMs: deps.offlineSinceMs };
  let checked: Deployment | undefined;
  let looked: Deployment | undefined;
  let highest = { number: 0, seenMs: 0 };
  let toldEndpoints = '';

  const state = (): ChainState => ({ ...known, endpoints: rpc.states() });

  /** Who serves and who does not, without what changes from block to block. */
  const endpointsWord = () =>
    rpc
      .states()
      .map(({ isServing, verdict }) => `${isServing}:${verdict === 'behind' ? 'good' : verdict}`)
      .join();

  function become(next: Known): void {
    const before = known;
    known = next;
    const isNews =
      before.isOnline !== next.isOnline ||
      before.waitingFor !== next.waitingFor ||
      before.offlineBecause !== next.offlineBecause ||
      (before.hubClockAheadMs === undefined) !== (next.hubClockAheadMs === undefined) ||
      before.fault?.message !== next.fault?.message ||
      toldEndpoints !== endpointsWord();
    if (!isNews) return;
    toldEndpoints = endpointsWord();
    const isMore = before.isOnline !== next.isOnline || before.waitingFor !== next.waitingFor;
    if (next.fault) log.error({ code: next.fault.code, ...next.fault.details }, next.fault.message);
    else if (isMore)
      log.info({ waitingFor: next.waitingFor }, next.isOnline ? 'the chain is there' : 'the chain is away');
    deps.onChange(state());
  }

  /** What was last seen stays readable while the line is down. */
  const down = (more: Partial<Known>): Known => ({
    ...known,
    isOnline: false,
    offlineSinceMs: known.offlineSinceMs ?? (known.isOnline ? known.lastSeenAtMs : undefined) ?? clock.nowMs(),
    offlineBecause: undefined,
    fault: undefined,
    waitingFor: undefined,
    hubClockAheadMs: undefined,
    ...more,
  });

  function up({ head, finalized, hubClockAheadMs }: Finding): Known {
    if (finalized && finalized.number >= highest.number)
      highest = { number: finalized.number, seenMs: clock.monotonicMs() };
    return {
      isOnline: true,
      headNumber: head?.number ?? known.headNumber,
      headAtMs: head?.atMs ?? known.headAtMs,
      finalizedNumber: finalized?.number ?? known.finalizedNumber,
      finalizedHash: finalized?.hash ?? known.finalizedHash,
      finalizedAtMs: finalized?.atMs ?? known.finalizedAtMs,
      lastSeenAtMs: clock.nowMs(),
      hubClockAheadMs,
    };
  }

  /** Nobody serves. Only when everybody shows another chain a person has to mend it; one that is away may be right. */
  function without(): Known {
    const found = rpc.findings();
    const isSeen = (verdict: Finding['verdict']) => found.some(({ finding }) => finding.verdict === verdict);
    if (found.length === rpc.states().length && found.every(({ finding }) => finding.verdict === 'wrong')) {
      const told = found.map(({ name, finding }) =>
        found.length === 1 ? finding.reason : `${name}: ${finding.reason}`,
      );
      return down({ fault: fail('chain_mismatch', { what: told.join('; ') }), lastSeenAtMs: clock.nowMs() });
    }
    if (isSeen('behind') && clock.monotonicMs() - highest.seenMs > patienceMs) {
      log.warn({ highest: highest.number }, 'no endpoint shows any more what was final; what they show now is taken');
      highest = { number: 0, seenMs: clock.monotonicMs() };
    }
    if (isSeen('behind')) return down({ offlineBecause: 'behind' });
    return down({ offlineBecause: isSeen('stale') || isSeen('clock') ? 'stale' : 'line' });
  }

  async function check(): Promise<void> {
    const deployment = deps.deployment();
    if (!rpc.exist()) return become(down({ waitingFor: 'endpoint' }));
    if (!deployment) return become(down({ waitingFor: 'deployment' }));
    if (looked !== deployment) {
      rpc.forget();
      looked = deployment;
      highest = { number: 0, seenMs: clock.monotonicMs() };
    }
    try {
      if (checked !== deployment) deps.checkCalls();
      checked = deployment;
    } catch (error) {
      if (!isStoopError(error)) throw error;
      return become(down({ fault: error }));
    }
    const finding = await rpc.choose();
    become(finding ? up(finding) : without());
  }

  return {
    rpc,
    state,
    check,
    lookAround: rpc.lookAround,
    finalized: () => finalizedOf(rpc),
    ready() {
      const deployment = deps.deployment();
      if (known.fault) throw known.fault;
      if (!known.isOnline || !deployment) throw fail('chain_offline');
      return deployment;
    },
    noticed(error) {
      if (!(error instanceof LineError)) return error;
      if (error.kind === 'unsent') become(down({ offlineBecause: 'line' }));
      return fail('chain_offline', {}, error);
    },
  };
}

import { join } from 'node:path';
import {
  type Chain,
  type ChainOptions,
  createChain,
  createEmbeddedChain,
  createRelayerKey,
  type Place,
  type Sightings,
} from './chain/index.ts';
import { type Config, dailyCapOf, staleAfterMsOf } from './config/index.ts';
import type { Clock } from './platform/clock.ts';
import type { ClockTrust } from './platform/clock-trust.ts';
import type { ErrorCode, StoopError } from './platform/errors.ts';
import type { EventBus } from './platform/events.ts';
import type { Log } from './platform/log.ts';
import type { Lane, Part, Store } from './platform/ports/index.ts';

interface ChainParts {
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly clockTrust: ClockTrust;
  readonly events: EventBus;
  readonly log: Log;
  readonly place: Place;
  readonly sightings: Sightings;
  /** Drills have less patience than a building. */
  readonly timeoutMs?: number;
  readonly subjects: ChainOptions['subjects'];
  readonly lanes: () => readonly Lane[];
  readonly tellFault: (code: ErrorCode, fault: StoopError | undefined) => void;
  /** The line or what was seen through it has changed. */
  readonly onNews: () => void;
  /** More has become final, and was read. */
  readonly onRead: () => void;
}

/** The building's way to its chain, and the simulator where it has one of its own; in the order of their start. */
export function composeChain(parts: ChainParts): { chain: Chain; parts: readonly Part[] } {
  const { config, clock, log, tellFault, events } = parts;
  const embedded = config.chain.isEmbedded
    ? createEmbeddedChain({
        dataDir: join(config.dataDir, 'chain'),
        chainId: config.chain.chainId,
        clock,
        log: log.child({ room: 'embedded chain' }),
        onChange(fault) {
          tellFault('chain_stopped', fault);
          void chain.poll();
        },
      })
    : undefined;
  const chain: Chain = createChain({
    rpcUrls: () => (embedded ? [embedded.endpoint()?.url].filter((url) => url !== undefined) : config.chain.rpcUrls),
    timeoutMs: parts.timeoutMs,
    staleAfterMs: staleAfterMsOf(config),
    deployment: parts.place.deployment,
    relayerKey: createRelayerKey(join(config.dataDir, 'relayer-key')),
    store: parts.store,
    clock,
    log: log.child({ room: 'chain' }),
    pollMs: config.chain.pollMs,
    awayFile: join(config.dataDir, 'line-away'),
    dailyCapWei: dailyCapOf(config),
    sightings: parts.sightings,
    subjects: parts.subjects,
    calls: () => parts.lanes().flatMap((lane) => (lane.carrier === 'chain' ? (lane.calls ?? []) : [])),
    onChange({ fault, stuck, isOnline, hubClockAheadMs }) {
      // A line that is cut takes nothing back of what was said about the time.
      if (isOnline) parts.clockTrust.doubt(hubClockAheadMs !== undefined);
      tellFault('chain_mismatch', fault);
      tellFault('chain_unreadable', stuck);
      // The page shows whether the line is there without asking again and again.
      events.publishTransient({ noun: 'hub', id: 'state' });
      parts.onNews();
    },
    onFinalized: parts.onRead,
  });
  return { chain, parts: [...(embedded ? [embedded] : []), chain] };
}

import { join } from 'node:path';
import { type Building, backupDirOf, compose, type Sabotage } from './compose.ts';
import type { Config } from './config/index.ts';
import { buildingName, isClaimed as hasBeenClaimed } from './modules/members/index.ts';
import { isNoticeLane } from './modules/notices/index.ts';
import { outbox } from './outbox/index.ts';
import type { Clock } from './platform/clock.ts';
import { createClockTrust } from './platform/clock-trust.ts';
import { isStoopError } from './platform/errors.ts';
import { createFaults, type Fault } from './platform/faults.ts';
import { stopAll } from './platform/lifecycle.ts';
import type { Log } from './platform/log.ts';
import { createMetrics, watchLoopDelay } from './platform/metrics.ts';
import { nobody, type Part } from './platform/ports/index.ts';
import { createWorkers } from './platform/workers.ts';
import { listBackups } from './store/index.ts';
import { createTimetable } from './timetable.ts';
import { createWeb, type HubState, type StoreFailure, type Web } from './web/index.ts';

export interface HubOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The built page. */
  readonly staticDir: string;
  readonly sabotage?: Sabotage;
}

export interface Hub {
  /** Undefined when the store could not be opened: then only the page runs, and says so. */
  readonly building?: Building;
  readonly web: Web;
  /** What the page is told. */
  state(): HubState;
  faults(): readonly Fault[];
  /** Prometheus' text. */
  metricsText(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** One hub: the page comes up first, then every part; a part that fails becomes a fault, not a crash. */
export async function createHub(options: HubOptions): Promise<Hub> {
  const { config, log } = options;
  const clockTrust = createClockTrust(options.clock);
  const { clock } = clockTrust;
  const faults = createFaults(clock);
  const workers = createWorkers(1);
  const metrics = createMetrics();
  const stopping = new AbortController();
  const started: Part[] = [];
  let storeFailure: StoreFailure | undefined;

  const phoneOrigin = () => web.addresses().lan[0] ?? web.addresses().https ?? web.addresses().http;
  const building = await compose({ ...options, clockTrust, faults, workers, phoneOrigin }).catch((error: unknown) => {
    // Two hubs on one folder would both be wrong; the first stays.
    if (isStoopError(error, 'data_in_use')) throw error;
    storeFailure = explainStoreFailure(error, config);
    faults.raise(storeFailure.code, 'store', storeFailure.message);
    log.error({ err: error }, 'the store cannot be opened; only the page runs');
    return undefined;
  });

  const startedAtMs = clock.nowMs();
  const allFaults = () => [...faults.list(), ...web.faults()];

  /** What is read of the store; a store that breaks while the hub runs is a fault, and the page stays. */
  function storeState() {
    const fallback = { name: undefined, isClaimed: true, waiting: [] };
    if (!building) return fallback;
    try {
      const state = building.store.read((reader) => ({
        name: buildingName(reader),
        isClaimed: hasBeenClaimed(reader),
        waiting: outbox.waiting(reader).filter(({ lane }) => !isNoticeLane(lane)),
      }));
      faults.clear('store_unavailable');
      return state;
    } catch (error) {
      faults.raise('store_unavailable', 'store', error instanceof Error ? error.message : String(error));
      return fallback;
    }
  }

  function lineState(): Pick<HubState, 'isOnline' | 'offlineSinceMs' | 'offlineBecause'> {
    const { isOnline = false, offlineSinceMs, offlineBecause, fault } = building?.chain.state() ?? {};
    return { isOnline, offlineSinceMs, offlineBecause: fault ? 'wrong' : offlineBecause };
  }

  function hubState(): HubState {
    const { name, isClaimed, waiting } = storeState();
    return {
      name: name ?? config.building.name,
      isDemo: config.demo.isEnabled,
      isClaimed,
      startedAtMs,
      isClockTrusted: clockTrust.isTrusted(),
      clockSaysMs: clockTrust.setBackToMs(),
      isCatchingUp: building?.isCatchingUp() ?? false,
      ...lineState(),
      waitingCount: waiting.reduce((sum, lane) => sum + lane.count, 0),
      waitingSinceMs: waiting.length > 0 ? Math.min(...waiting.map((lane) => lane.oldestAtMs)) : undefined,
      faults: allFaults(),
      chain: { chainId: config.chain.chainId, isEmbedded: config.chain.isEmbedded },
      storeFailure,
    };
  }

  const web: Web = createWeb({
    routes: building?.routes ?? [],
    authenticate: building?.members.authenticate ?? (() => ({ actor: nobody, expired: false })),
    changes: {
      lastSeq: () => building?.store.lastSeq() ?? 0,
      changesAfter: (seq, limit) => building?.store.changesAfter(seq, limit),
      subscribe: (listener) => building?.events.onChanges(listener) ?? (() => {}),
      subscribeTransient: (listener) => building?.events.onTransient(listener) ?? (() => {}),
    },
    hubState,
    staticDir: options.staticDir,
    listen: {
      http: config.http,
      https: config.https.isEnabled ? listenHttps(config) : undefined,
    },
    mdnsName: config.building.mdnsName,
    hostNames: config.https.names,
    dataDir: config.dataDir,
    clock,
    log: log.child({ room: 'web' }),
    version: options.version,
    metrics,
  });

  async function startPart(part: Part): Promise<void> {
    started.push(part);
    try {
      await part.start(stopping.signal);
    } catch (error) {
      log.error({ part: part.name, err: error }, 'a part did not start');
      const message = error instanceof Error ? error.message : String(error);
      faults.raise(`${part.name}_down`, isStoopError(error) ? error.class : 'state', `${part.name}: ${message}`);
    }
  }

  return {
    building,
    web,
    state: hubState,
    faults: allFaults,
    metricsText: metrics.text,
    async start() {
      const delay = watchLoopDelay(metrics);
      started.push({ name: 'loop delay', start: async () => {}, stop: async () => delay.stop() }, workers);
      started.push(web);
      await web.start(stopping.signal);
      if (!building) return;
      metrics.gauge('stoop_commits', 'COMMITs of stoop.db since start', () => building.store.commits);
      for (const part of building.parts) await startPart(part);
      await startPart(createTimetable(building.jobs, faults, log));
    },
    async stop() {
      stopping.abort();
      await stopAll(started.toReversed(), log);
      await building?.close();
    },
  };
}

function listenHttps(config: Config) {
  const { host, port, certFile, keyFile } = config.https;
  return { host, port, certificate: certFile && keyFile ? { certFile, keyFile } : undefined };
}

function explainStoreFailure(error: unknown, config: Config): StoreFailure {
  const code = isStoopError(error) ? error.code : 'store_unavailable';
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: code === 'store_newer' || code === 'disk_full' ? code : 'store_unavailable',
    message,
    backups: listBackups(join(backupDirOf(config))),
  };
}

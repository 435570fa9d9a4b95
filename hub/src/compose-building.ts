import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Broker } from './broker/index.ts';
import type { Chain } from './chain/index.ts';
import type { MoneyRooms } from './compose-money.ts';
import type { Config } from './config/index.ts';
import type { Journal } from './journal/index.ts';
import type { Demo } from './modules/demo/index.ts';
import type { Garden } from './modules/garden/index.ts';
import type { GovernanceRoom } from './modules/governance/index.ts';
import type { Members } from './modules/members/index.ts';
import type { OrdersRoom } from './modules/orders/index.ts';
import type { ProduceRoom } from './modules/produce/index.ts';
import type { Treasury } from './modules/treasury/index.ts';
import type { Dispatcher } from './outbox/index.ts';
import type { ClockTrust } from './platform/clock-trust.ts';
import { fail } from './platform/errors.ts';
import type { EventBus } from './platform/events.ts';
import type { Faults } from './platform/faults.ts';
import type { Log } from './platform/log.ts';
import type { Carrier, Job, Lane, Part, Route } from './platform/ports/index.ts';
import type { Workers } from './platform/workers.ts';
import type { OpenStore, StoreParts } from './store/index.ts';
import type { Telemetry } from './store/telemetry.ts';

export interface ComposeOptions {
  readonly config: Config;
  readonly clockTrust: ClockTrust;
  readonly log: Log;
  readonly faults: Faults;
  readonly workers: Workers;
  /** Where phones reach the hub; known once the page is up. */
  readonly phoneOrigin: () => string;
  /** Drills put their faults between the rooms here; a hub in a building has none. */
  readonly sabotage?: Sabotage;
}

export interface Sabotage {
  /** What both databases are kept with. */
  readonly parts?: Partial<StoreParts>;
  readonly journal?: (journal: Journal) => Journal;
  readonly lane?: (lane: Lane) => Lane;
  readonly carrier?: (carrier: Carrier) => Carrier;
  /** How long an endpoint may be silent, so that a drill need not wait as long as a building. */
  readonly rpcTimeoutMs?: number;
}

/** Every room of one building, wired and not yet started. */
export interface Building {
  readonly store: OpenStore;
  readonly telemetry: Telemetry;
  readonly events: EventBus;
  readonly members: Members;
  readonly treasury: Treasury;
  readonly orders: OrdersRoom;
  readonly money: MoneyRooms;
  readonly garden: Garden;
  readonly produce: ProduceRoom;
  readonly governance: GovernanceRoom;
  readonly demo?: Demo;
  readonly chain: Chain;
  readonly dispatcher: Dispatcher;
  readonly broker?: Broker;
  readonly clockTrust: ClockTrust;
  /** People's actions wait until the restored hub has compared itself with its chain. */
  readonly isCatchingUp: () => boolean;
  readonly routes: readonly Route[];
  readonly jobs: readonly Job[];
  /** In the order of their start; stopped the other way round. */
  readonly parts: readonly Part[];
  close(): Promise<void>;
}

export const backupDirOf = (config: Config): string => join(config.dataDir, 'backups');
/** There while the store is a restored one that has not seen its chain yet. */
export const catchingUpPathOf = (config: Config): string => join(config.dataDir, 'catching-up');
export const storePathOf = (config: Config): string => join(config.dataDir, 'stoop.db');

/** A restore that was cut off has moved the former store aside: a new, empty one must not take its place. */
export function assertNotHalfRestored(config: Config): void {
  if (existsSync(catchingUpPathOf(config)) && !existsSync(storePathOf(config)))
    throw fail('store_unavailable', {}, new Error('a restore was cut off; run it again'));
}

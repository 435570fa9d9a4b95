import { randomBytes } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { EventBus } from '../../platform/events.ts';
import type { Log } from '../../platform/log.ts';
import type { DeviceAuth, Job, Route, Store, Topic } from '../../platform/ports/index.ts';
import type { Telemetry } from '../../store/telemetry.ts';
import { gardenRoutes } from './garden.routes.ts';
import { gardenTopics } from './garden.topics.ts';
import { createGardenViews } from './garden.ts';
import { createLiveThrottle } from './live-throttle.ts';
import { createReadings, type OnReading } from './readings.ts';
import { createSensors, type Sensors } from './sensors.ts';
import { createWaitingList } from './waiting.ts';

export type { OnReading, Sensors };

export interface GardenOptions {
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly events: Pick<EventBus, 'publishTransient'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told after the commit of every new reading; for rules and other rooms. */
  readonly onReading?: OnReading;
}

export interface Garden {
  readonly routes: readonly Route[];
  readonly topics: readonly Topic[];
  readonly jobs: readonly Job[];
  /** Who a device is; the broker asks. */
  readonly auth: DeviceAuth;
  readonly sensors: Pick<Sensors, 'create' | 'remove' | 'list'>;
  /** Writes what waits. After the broker, before the stores. */
  stop(): Promise<void>;
}

const liveEveryMs = 250;

/** Sensors, their readings, and the devices that ask to become sensors. */
export function createGarden({ store, telemetry, events, clock, log, onReading }: GardenOptions): Garden {
  const nowMs = () => clock.nowMs();
  const onError = (error: unknown) => log.warn({ err: error }, 'garden: could not be written');
  const waiting = createWaitingList({ store, nowMs, onError });
  const live = createLiveThrottle(liveEveryMs, (news) => events.publishTransient(news));
  const readings = createReadings({ telemetry, live, onReading });
  const sensors = createSensors({ store, telemetry, waiting, live, tokenSecret: randomBytes(32), nowMs, onError });
  const views = createGardenViews({ store, telemetry, sensors, nowMs });
  return {
    routes: gardenRoutes({ views, sensors, waiting }),
    topics: gardenTopics(readings),
    jobs: [{ name: 'reading.prune', run: (signal) => telemetry.prune(signal) }],
    auth: sensors.auth,
    sensors,
    async stop() {
      live.stop();
      await waiting.stop();
    },
  };
}

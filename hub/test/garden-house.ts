import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { v7 as uuid } from 'uuid';
import { type Broker, type BrokerLimits, createBroker } from '../src/broker/index.ts';
import { createGarden, type Garden } from '../src/modules/garden/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createEventBus, type EventBus, type Transient } from '../src/platform/events.ts';
import { silentLog } from '../src/platform/log.ts';
import type { Actor } from '../src/platform/ports/index.ts';
import { type OpenStore, openStore } from '../src/store/index.ts';
import { migrations } from '../src/store/migrations/index.ts';
import { openTelemetry, type Telemetry } from '../src/store/telemetry.ts';

export const gardener: Actor = { seat: 3, roles: ['gardener'] };

export interface GardenHouse {
  readonly dir: string;
  readonly store: OpenStore;
  readonly telemetry: Telemetry;
  readonly events: EventBus;
  readonly garden: Garden;
  readonly broker: Broker;
  readonly url: string;
  /** Calls a route of the garden as `web` would after its checks. */
  call<T>(method: string, path: string, request?: CallRequest): Promise<{ status: number; body: T }>;
  /** Makes credentials and connects with them. */
  sensor(
    name: string,
    grants?: { publish?: string[]; subscribe?: string[] },
    options?: IClientOptions,
  ): Promise<MqttClient>;
  connect(options: IClientOptions): Promise<MqttClient>;
  stop(): Promise<void>;
}

interface CallRequest {
  readonly params?: object;
  readonly query?: object;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

interface HouseOptions {
  /** A folder that is there already and stays; without it one of its own, which goes away. */
  readonly dir?: string;
  readonly port?: number;
  readonly limits?: Partial<BrokerLimits>;
  /** Stands between the garden and its database. */
  readonly wrap?: (telemetry: Telemetry) => Telemetry;
}

/** Store, telemetry, garden and broker on a random port of the loopback, in a folder that goes away. */
export async function openGardenHouse({
  dir: given,
  port = 0,
  limits,
  wrap = (telemetry) => telemetry,
}: HouseOptions = {}): Promise<GardenHouse> {
  const dir = given ?? mkdtempSync(join(tmpdir(), 'stoop-garden-'));
  const events = createEventBus((error) => {
    throw error;
  });
  const store = await openStore({ path: join(dir, 'stoop.db'), clock: systemClock, events, migrations });
  const telemetry = openTelemetry({ path: join(dir, 'telemetry.db'), clock: systemClock });
  const garden = createGarden({ store, telemetry: wrap(telemetry), events, clock: systemClock, log: silentLog });
  const { topics, auth, routes } = garden;
  const listen = { host: '127.0.0.1', port };
  const broker = createBroker({ topics, auth, listen, limits, clock: systemClock, log: silentLog });
  await broker.start(new AbortController().signal);
  const url = `mqtt://127.0.0.1:${broker.address()!.port}`;
  const clients = new Set<MqttClient>();

  const house: GardenHouse = {
    dir,
    store,
    telemetry,
    events,
    garden,
    broker,
    url,
    async call<T>(method: string, path: string, request: CallRequest = {}) {
      const found = routes.find((one) => one.method === method && one.path === path)!;
      const reply = await found.handle({
        actor: gardener,
        params: request.params ?? {},
        query: request.query ?? {},
        body: request.body ?? {},
        idempotencyKey: request.idempotencyKey ?? uuid(),
        language: 'en',
        remoteAddress: '127.0.0.1',
        origin: 'http://127.0.0.1',
      });
      return { status: reply.status ?? 200, body: reply.body as T };
    },
    async sensor(name, grants = {}, options = {}) {
      const body = { name, ...grants };
      const { username, token } = await garden.sensors.create(body, { actor: gardener, idempotencyKey: uuid() });
      return house.connect({ username, password: token, ...options });
    },
    async connect(options) {
      const client = mqtt.connect(url, { reconnectPeriod: 0, ...options });
      clients.add(client);
      client.on('error', () => {});
      return new Promise((resolve, reject) => {
        client.once('connect', () => resolve(client));
        client.once('error', reject);
      });
    },
    async stop() {
      for (const client of clients) client.end(true);
      await broker.stop();
      await garden.stop();
      telemetry.close();
      store.close();
      if (given === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
  return house;
}

/** The next thing that an open page is told about a noun. */
export const nextLive = (house: GardenHouse, noun: string, isIt: () => boolean = () => true) =>
  new Promise<Transient>((resolve) => {
    const stop = house.events.onTransient((news) => {
      if (news.noun !== noun || !isIt()) return;
      stop();
      resolve(news);
    });
  });

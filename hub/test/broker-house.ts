import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Broker, type BrokerLimits, createBroker } from '../src/broker/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { silentLog } from '../src/platform/log.ts';
import type { DeviceAuth, Message } from '../src/platform/ports/index.ts';
import { mqttEvent } from './mqtt-event.ts';

/** Who there is; everybody's password is `right`. */
const people: Record<string, { publish: readonly string[]; subscribe: readonly string[] }> = {
  tower: { publish: ['stoop/tower/#'], subscribe: [] },
  roof: { publish: ['stoop/roof/#'], subscribe: [] },
  screen: { publish: [], subscribe: ['stoop/tower/#'] },
  keeper: { publish: ['stoop/#'], subscribe: ['stoop/#'] },
};

export interface BrokerHouse {
  readonly broker: Broker;
  readonly auth: DeviceAuth;
  /** What `take` was given, unless a test put another in its place. */
  readonly taken: Message[];
  take: (message: Message) => Promise<void>;
  readonly refused: string[];
  readonly present: string[];
  /** Called when a device went. */
  onGone: () => void;
  revoke: (deviceId: string) => void;
  start(options: IClientOptions): MqttClient;
  connect(username: string, options?: IClientOptions): Promise<MqttClient>;
  /** The CONNACK code with which somebody is refused. */
  refusal(options: IClientOptions): Promise<number>;
  /** A connection without a client: what `bytes` say, and nothing else. */
  raw(bytes: Uint8Array): Promise<Socket>;
  /** Subscribes; each call answers the next message as `topic payload`. */
  listenTo(client: MqttClient, filter: string): Promise<() => Promise<string>>;
  stop(): Promise<void>;
}

/** A broker alone on a random port of the loopback, with one taker of `stoop/+/+`. */
export async function openBrokerHouse(limits: Partial<BrokerLimits> = {}): Promise<BrokerHouse> {
  const clients: MqttClient[] = [];
  const sockets: Socket[] = [];
  const auth: DeviceAuth = {
    authenticate: ({ username, password }) =>
      username !== undefined && password === 'right' && people[username]
        ? { deviceId: username, ...people[username] }
        : undefined,
    presence(deviceId, isConnected) {
      house.present.push(`${deviceId} ${isConnected ? 'came' : 'went'}`);
      if (!isConnected) house.onGone();
    },
    refused: (deviceId, topic) => void house.refused.push(`${deviceId} ${topic}`),
    onRevoked(listener) {
      house.revoke = listener;
      return () => {};
    },
  };
  const topics = [{ filter: 'stoop/+/+', receive: (message: Message) => house.take(message) }];
  const listen = { host: '127.0.0.1', port: 0 };
  const broker = createBroker({ topics, auth, listen, limits, clock: systemClock, log: silentLog });

  const house: BrokerHouse = {
    broker,
    auth,
    taken: [],
    take: async (message) => void house.taken.push(message),
    refused: [],
    present: [],
    onGone: () => {},
    revoke: () => {},
    start(options) {
      const url = `mqtt://127.0.0.1:${broker.address()!.port}`;
      const client = mqtt.connect(url, { reconnectPeriod: 0, ...options });
      clients.push(client);
      client.on('error', () => {});
      return client;
    },
    async connect(username, options = {}) {
      const client = house.start({ username, password: 'right', ...options });
      await mqttEvent(client, 'connect');
      return client;
    },
    async refusal(options) {
      const [error] = await mqttEvent(house.start(options), 'error');
      return (error as { code: number }).code;
    },
    async raw(bytes) {
      const socket = connectSocket(broker.address()!.port, '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(bytes);
      socket.resume();
      return socket;
    },
    async listenTo(client, filter) {
      await client.subscribeAsync(filter, { qos: 1 });
      return async () => {
        const [topic, payload] = await mqttEvent(client, 'message');
        return `${topic} ${payload}`;
      };
    },
    async stop() {
      for (const client of clients) client.end(true);
      for (const socket of sockets) socket.destroy();
      await broker.stop();
    },
  };
  await broker.start(new AbortController().signal);
  return house;
}

/** A CONNECT of MQTT 3.1.1 by hand: clean session, user name and password. */
export function connectPacket(username: string, password: string, keepaliveS: number): Uint8Array {
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const body = Buffer.concat([
    text('MQTT'),
    Buffer.from([4, 0b1100_0010, 0, keepaliveS]),
    text(`raw-${username}`),
    text(username),
    text(password),
  ]);
  return Buffer.concat([Buffer.from([0x10, body.length]), body]);
}

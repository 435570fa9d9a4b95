import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import mqtt, { type IClientOptions, type ISubscriptionGrant, type MqttClient } from 'mqtt';
import { mqttEvent } from '../../test/mqtt-event.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import type { DeviceAuth, Message } from '../platform/ports/index.ts';
import { type Broker, type BrokerLimits, createBroker } from './index.ts';

interface Grants {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const wide: Grants = { publish: ['stoop/#'], subscribe: ['stoop/#'] };
const people: Record<string, Grants> = {
  tower: { publish: ['stoop/tower/#'], subscribe: [] },
  roof: { publish: ['stoop/roof/#'], subscribe: [] },
  screen: { publish: [], subscribe: ['stoop/tower/#'] },
  keeper: wide,
};

describe('broker', () => {
  let broker: Broker;
  let taken: Message[];
  let take: (message: Message) => Promise<void>;
  let refused: string[];
  let present: string[];
  let told: () => void;
  let revoke: (deviceId: string) => void;
  let clients: MqttClient[];
  let sockets: Socket[];

  const auth: DeviceAuth = {
    authenticate: ({ username, password }) =>
      username !== undefined && password === 'right' && people[username]
        ? { deviceId: username, ...people[username] }
        : undefined,
    presence(deviceId, isConnected) {
      present.push(`${deviceId} ${isConnected ? 'came' : 'went'}`);
      if (!isConnected) told();
    },
    refused: (deviceId, topic) => void refused.push(`${deviceId} ${topic}`),
    onRevoked(listener) {
      revoke = listener;
      return () => {};
    },
  };

  async function open(limits: Partial<BrokerLimits> = {}): Promise<void> {
    const topics = [{ filter: 'stoop/+/+', receive: (message: Message) => take(message) }];
    const listen = { host: '127.0.0.1', port: 0 };
    broker = createBroker({ topics, auth, listen, limits, clock: systemClock, log: silentLog });
    await broker.start(new AbortController().signal);
  }

  function start(options: IClientOptions): MqttClient {
    const client = mqtt.connect(`mqtt://127.0.0.1:${broker.address()!.port}`, { reconnectPeriod: 0, ...options });
    clients.push(client);
    client.on('error', () => {});
    return client;
  }

  async function connect(username: string, options: IClientOptions = {}): Promise<MqttClient> {
    const client = start({ username, password: 'right', ...options });
    await mqttEvent(client, 'connect');
    return client;
  }

  async function refusal(options: IClientOptions): Promise<number> {
    const [error] = await mqttEvent(start(options), 'error');
    return (error as { code: number }).code;
  }

  async function raw(bytes: Uint8Array): Promise<Socket> {
    const socket = connectSocket(broker.address()!.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(bytes);
    socket.resume();
    return socket;
  }

  /** Subscribes and answers what comes, one promise per message. */
  async function listenTo(client: MqttClient, filter: string) {
    await client.subscribeAsync(filter, { qos: 1 });
    return async () => {
      const [topic, payload] = await mqttEvent(client, 'message');
      return `${topic} ${payload}`;
    };
  }

  beforeEach(async () => {
    [taken, refused, present, clients, sockets] = [[], [], [], [], []];
    take = async (message) => void taken.push(message);
    told = () => {};
    await open();
  });
  afterEach(async () => {
    for (const client of clients) client.end(true);
    for (const socket of sockets) socket.destroy();
    await broker.stop();
  });

  describe('acknowledging', () => {
    it('holds the PUBACK until the message is taken', async () => {
      const arrived = Promise.withResolvers<void>();
      const committed = Promise.withResolvers<void>();
      take = () => {
        arrived.resolve();
        return committed.promise;
      };
      const tower = await connect('tower');
      const log: string[] = [];
      const acknowledged = tower.publishAsync('stoop/tower/ph', '6', { qos: 1 }).then(() => log.push('acknowledged'));
      await arrived.promise;
      // A whole round trip of another client goes by in the meantime.
      await (await connect('screen')).subscribeAsync('stoop/tower/ph', { qos: 1 });
      log.push('committed');
      committed.resolve();
      await acknowledged;
      assert.deepEqual(log, ['committed', 'acknowledged']);
    });

    it('sends no PUBACK and forwards nothing when the message could not be taken', async () => {
      const next = await listenTo(await connect('screen'), 'stoop/tower/#');
      const tower = await connect('tower');
      let isAcknowledged = false;
      take = () => Promise.reject(new Error('disk full'));
      tower.publish('stoop/tower/ph', '6', { qos: 1 }, (error) => {
        isAcknowledged = error === undefined || error === null;
      });
      await mqttEvent(tower, 'close');
      take = async () => {};
      const heard = next();
      await (await connect('tower')).publishAsync('stoop/tower/ph', '7', { qos: 1 });
      assert.equal(await heard, 'stoop/tower/ph 7');
      assert.equal(isAcknowledged, false);
    });

    it('takes messages of QoS 0 and 2 the same way', async () => {
      const tower = await connect('tower');
      await tower.publishAsync('stoop/tower/ph', 'a', { qos: 0 });
      await tower.publishAsync('stoop/tower/ph', 'b', { qos: 2 });
      assert.deepEqual(
        taken.map(({ topic, payload, deviceId, isVerified }) => [topic, String(payload), deviceId, isVerified]),
        [
          ['stoop/tower/ph', 'a', 'tower', false],
          ['stoop/tower/ph', 'b', 'tower', false],
        ],
      );
    });

    it('withholds the PUBACK of a device that is too fast, and drops nothing', async () => {
      await broker.stop();
      await open({ ratePerSecond: 50, burst: 2 });
      const tower = await connect('tower');
      const startedMs = performance.now();
      await Promise.all([1, 2, 3, 4, 5, 6].map((n) => tower.publishAsync('stoop/tower/ph', `${n}`, { qos: 1 })));
      assert.equal(taken.length, 6);
      // Two at once, four more at 20 ms each; timers may fire a little early.
      assert.ok(performance.now() - startedMs >= 75);
    });
  });

  describe('letting in', () => {
    it('answers each refusal with its CONNACK code', async () => {
      assert.equal(await refusal({ clientId: 'stranger' }), 5);
      assert.equal(await refusal({ username: 'tower', password: 'wrong' }), 4);
      assert.equal(await refusal({ username: 'nobody', password: 'right' }), 4);
      assert.equal(await refusal({ username: 'tower', password: 'right', protocolVersion: 5 }), 1);
      await connect('tower', { clientId: 'mine' });
      assert.equal(await refusal({ username: 'roof', password: 'right', clientId: 'mine' }), 2);
    });

    it('refuses more connections than it may have, and lets in again when one leaves', async () => {
      await broker.stop();
      await open({ connections: 1 });
      const tower = await connect('tower');
      assert.equal(await refusal({ username: 'roof', password: 'right' }), 3);
      await tower.endAsync();
      await connect('roof');
    });

    it('lets a device take over its own client id and tells who is there', async () => {
      const first = await connect('tower', { clientId: 'one' });
      const closed = mqttEvent(first, 'close');
      const second = await connect('tower', { clientId: 'one' });
      await closed;
      await second.publishAsync('stoop/tower/ph', '6', { qos: 1 });
      assert.deepEqual(present, ['tower came']);
      const gone = new Promise<void>((resolve) => {
        told = resolve;
      });
      second.end();
      await gone;
      assert.deepEqual(present, ['tower came', 'tower went']);
    });

    it('keeps no session, and says so', async () => {
      await (await connect('screen', { clientId: 's', clean: false })).endAsync();
      const again = start({ username: 'screen', password: 'right', clientId: 's', clean: false });
      const [connack] = await mqttEvent(again, 'connect');
      assert.equal((connack as { sessionPresent: boolean }).sessionPresent, false);
    });

    it('disconnects a device whose credentials end, without its will', async () => {
      const next = await listenTo(await connect('screen'), 'stoop/tower/#');
      const will = { topic: 'stoop/tower/gone', payload: Buffer.from('1'), qos: 1 as const, retain: false };
      const tower = await connect('tower', { will });
      const closed = mqttEvent(tower, 'close');
      revoke('tower');
      await closed;
      const heard = next();
      await (await connect('keeper')).publishAsync('stoop/tower/ph', '6', { qos: 1 });
      assert.equal(await heard, 'stoop/tower/ph 6');
      assert.deepEqual(
        taken.map(({ topic }) => topic),
        ['stoop/tower/ph'],
      );
    });

    it('ends a connection that says nothing for one and a half times its keep-alive', async () => {
      const socket = await raw(connectPacket('roof', 'right', 1));
      const startedMs = performance.now();
      await once(socket, 'close');
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs > 1_400 && tookMs < 2_500, `${tookMs}`);
    });
  });

  describe('grants', () => {
    it('ends the connection of a device that publishes elsewhere, and tells', async () => {
      const next = await listenTo(await connect('keeper'), 'stoop/#');
      const tower = await connect('tower');
      let isAcknowledged = false;
      tower.publish('stoop/roof/ph', '6', { qos: 1 }, (error) => {
        isAcknowledged = !error;
      });
      await mqttEvent(tower, 'close');
      assert.deepEqual(refused, ['tower stoop/roof/ph']);
      assert.deepEqual([taken.length, isAcknowledged], [0, false]);
      const heard = next();
      await (await connect('roof')).publishAsync('stoop/roof/ph', '7', { qos: 1 });
      assert.equal(await heard, 'stoop/roof/ph 7');
    });

    for (const topic of ['$SYS/x/new/clients', 'other/ph', 'stoop']) {
      it(`does not let a device publish on ${topic}`, async () => {
        const tower = await connect('tower');
        tower.publish(topic, '1', { qos: 1 });
        await mqttEvent(tower, 'close');
        assert.deepEqual(refused, [`tower ${topic}`]);
      });
    }

    it('answers 0x80 to a subscription that is not granted, and forwards nothing of it', async () => {
      const screen = await connect('screen');
      const subscribe = (filter: string): Promise<number> =>
        new Promise((resolve) =>
          screen.subscribe(filter, { qos: 1 }, (error, granted?: ISubscriptionGrant[]) =>
            resolve(error ? 128 : granted![0]!.qos),
          ),
        );
      assert.equal(await subscribe('stoop/#'), 128);
      assert.equal(await subscribe('#'), 128);
      assert.equal(await subscribe('$SYS/#'), 128);
      assert.equal(await subscribe('stoop/roof/ph'), 128);
      assert.equal(await subscribe('stoop/tower/+'), 1);
      const heard = mqttEvent(screen, 'message');
      await (await connect('roof')).publishAsync('stoop/roof/ph', 'secret', { qos: 1 });
      await (await connect('tower')).publishAsync('stoop/tower/ph', 'open', { qos: 1 });
      assert.equal((await heard)[0], 'stoop/tower/ph');
    });

    it('shows a retained message to those who may hear it, and keeps a bounded number', async () => {
      await broker.stop();
      await open({ retainedPerDevice: 1 });
      const tower = await connect('tower');
      await tower.publishAsync('stoop/tower/ph', 'kept', { qos: 1, retain: true });
      await tower.publishAsync('stoop/tower/ec', 'too many', { qos: 1, retain: true });
      const screen = await connect('screen');
      const messages: string[] = [];
      screen.on('message', (topic, payload) => messages.push(`${topic} ${payload}`));
      const next = await listenTo(screen, 'stoop/tower/#');
      await next();
      const heard = next();
      await tower.publishAsync('stoop/tower/ph', 'now', { qos: 1 });
      await heard;
      assert.deepEqual(messages, ['stoop/tower/ph kept', 'stoop/tower/ph now']);
    });

    it('publishes a granted will as a message like any other, and no other will', async () => {
      const next = await listenTo(await connect('keeper'), 'stoop/#');
      const will = (topic: string) => ({ topic, payload: Buffer.from('0'), qos: 1 as const, retain: false });
      const sly = await connect('roof', { will: will('stoop/tower/level') });
      sly.stream.destroy();
      await mqttEvent(sly, 'close');
      const tower = await connect('tower', { will: will('stoop/tower/level') });
      const heard = next();
      tower.stream.destroy();
      assert.equal(await heard, 'stoop/tower/level 0');
      assert.deepEqual(
        taken.map(({ deviceId }) => deviceId),
        ['tower'],
      );
      assert.deepEqual(refused, ['roof stoop/tower/level']);
    });
  });

  describe('hostile input', () => {
    it('ends a connection whose packet is too long before it is gathered', async () => {
      const tower = await connect('tower');
      tower.publish('stoop/tower/ph', Buffer.alloc(20_000, 49), { qos: 1 });
      await mqttEvent(tower, 'close');
      assert.equal(taken.length, 0);
    });

    for (const [name, bytes] of [
      ['garbage', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
      ['a length without end', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff])],
      ['a publish before a connect', Buffer.from([0x30, 0x03, 0x00, 0x01, 0x61])],
      ['two connects', Buffer.concat([connectPacket('tower', 'right', 0), connectPacket('tower', 'right', 0)])],
    ] as const) {
      it(`ends a connection that sends ${name}, and serves the others`, async () => {
        await once(await raw(bytes), 'close');
        await (await connect('tower')).publishAsync('stoop/tower/ph', '6', { qos: 1 });
        assert.equal(taken.length, 1);
      });
    }
  });

  it('says why it cannot start on a port that is taken, and can be stopped then', async () => {
    const listen = { host: '127.0.0.1', port: broker.address()!.port };
    const second = createBroker({ topics: [], auth, listen, clock: systemClock, log: silentLog });
    await assert.rejects(second.start(new AbortController().signal), { code: 'EADDRINUSE' });
    await second.stop();
  });

  it('stops within a second while devices are connected, half greeted and waiting for a PUBACK', async () => {
    const tower = await connect('tower');
    const arrived = Promise.withResolvers<void>();
    take = () => {
      arrived.resolve();
      return new Promise(() => {});
    };
    tower.publish('stoop/tower/ph', '6', { qos: 1 });
    await raw(Buffer.from([0x10]));
    await arrived.promise;
    const closed = mqttEvent(tower, 'close');
    const startedMs = performance.now();
    await broker.stop();
    await closed;
    assert.ok(performance.now() - startedMs < 1_000);
    assert.equal(broker.address(), undefined);
    await open();
  });
});

/** A CONNECT of MQTT 3.1.1 by hand: clean session, user name and password. */
function connectPacket(username: string, password: string, keepaliveS: number): Uint8Array {
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

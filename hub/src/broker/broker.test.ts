import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type BrokerHouse, connectPacket, openBrokerHouse } from '../../test/broker-house.ts';
import { mqttEvent } from '../../test/mqtt-event.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { createBroker } from './index.ts';

describe('broker', () => {
  let house: BrokerHouse;
  beforeEach(async () => {
    house = await openBrokerHouse();
  });
  afterEach(() => house.stop());

  describe('acknowledging', () => {
    it('holds the PUBACK until the message is taken', async () => {
      const arrived = Promise.withResolvers<void>();
      const committed = Promise.withResolvers<void>();
      house.take = () => {
        arrived.resolve();
        return committed.promise;
      };
      const tower = await house.connect('tower');
      const log: string[] = [];
      const acknowledged = tower.publishAsync('stoop/tower/ph', '6', { qos: 1 }).then(() => log.push('acknowledged'));
      await arrived.promise;
      // A whole round trip of another client goes by in the meantime.
      await (await house.connect('screen')).subscribeAsync('stoop/tower/ph', { qos: 1 });
      log.push('committed');
      committed.resolve();
      await acknowledged;
      assert.deepEqual(log, ['committed', 'acknowledged']);
    });

    it('sends no PUBACK and forwards nothing when the message could not be taken', async () => {
      const next = await house.listenTo(await house.connect('screen'), 'stoop/tower/#');
      const tower = await house.connect('tower');
      let isAcknowledged = false;
      house.take = () => Promise.reject(new Error('disk full'));
      tower.publish('stoop/tower/ph', '6', { qos: 1 }, (error) => {
        isAcknowledged = error === undefined || error === null;
      });
      await mqttEvent(tower, 'close');
      house.take = async () => {};
      const heard = next();
      await (await house.connect('tower')).publishAsync('stoop/tower/ph', '7', { qos: 1 });
      assert.equal(await heard, 'stoop/tower/ph 7');
      assert.equal(isAcknowledged, false);
    });

    it('takes messages of QoS 0 and 2 the same way', async () => {
      const tower = await house.connect('tower');
      await tower.publishAsync('stoop/tower/ph', 'a', { qos: 0 });
      await tower.publishAsync('stoop/tower/ph', 'b', { qos: 2 });
      assert.deepEqual(
        house.taken.map(({ topic, payload, deviceId, isVerified }) => [topic, String(payload), deviceId, isVerified]),
        [
          ['stoop/tower/ph', 'a', 'tower', false],
          ['stoop/tower/ph', 'b', 'tower', false],
        ],
      );
    });

    it('withholds the PUBACK of a device that is too fast, and drops nothing', async () => {
      await house.stop();
      house = await openBrokerHouse({ ratePerSecond: 50, burst: 2 });
      const tower = await house.connect('tower');
      const startedMs = performance.now();
      await Promise.all([1, 2, 3, 4, 5, 6].map((n) => tower.publishAsync('stoop/tower/ph', `${n}`, { qos: 1 })));
      assert.equal(house.taken.length, 6);
      // Two at once, four more at 20 ms each; timers may fire a little early.
      assert.ok(performance.now() - startedMs >= 75);
    });
  });

  describe('hostile input', () => {
    it('ends a connection whose packet is too long before it is gathered', async () => {
      const tower = await house.connect('tower');
      tower.publish('stoop/tower/ph', Buffer.alloc(20_000, 49), { qos: 1 });
      await mqttEvent(tower, 'close');
      assert.equal(house.taken.length, 0);
    });

    for (const [name, bytes] of [
      ['garbage', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
      ['a length without end', Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff])],
      ['a publish before a connect', Buffer.from([0x30, 0x03, 0x00, 0x01, 0x61])],
      ['two connects', Buffer.concat([connectPacket('tower', 'right', 0), connectPacket('tower', 'right', 0)])],
    ] as const) {
      it(`ends a connection that sends ${name}, and serves the others`, async () => {
        await once(await house.raw(bytes), 'close');
        await (await house.connect('tower')).publishAsync('stoop/tower/ph', '6', { qos: 1 });
        assert.equal(house.taken.length, 1);
      });
    }
  });

  describe('on a port that is taken', () => {
    const told: (string | undefined)[] = [];
    let hear: () => void;
    const second = (pausesMs: readonly number[], host = '127.0.0.1') =>
      createBroker({
        topics: [],
        auth: house.auth,
        listen: { host, port: house.broker.address()!.port },
        clock: systemClock,
        log: silentLog,
        pausesMs,
        onState(refused) {
          told.push((refused as NodeJS.ErrnoException | undefined)?.code);
          hear();
        },
      });
    const until = (has: () => boolean) =>
      new Promise<void>((resolve) => {
        hear = () => has() && resolve();
        hear();
      });
    beforeEach(() => {
      told.length = 0;
      hear = () => {};
    });

    it('says why, tries again until it is free, and serves then', async () => {
      const broker = second([1, 2]);
      const { port } = house.broker.address()!;
      await broker.start(new AbortController().signal);
      assert.equal(broker.address(), undefined);
      await until(() => told.length >= 4);
      assert.ok(told.every((code) => code === 'EADDRINUSE'));
      await house.broker.stop();
      await until(() => told.at(-1) === undefined);
      assert.equal(broker.address()?.port, port);
      await broker.stop();
    });

    it('can be stopped while it waits', async () => {
      const broker = second([3_600_000]);
      await broker.start(new AbortController().signal);
      await broker.stop();
      assert.deepEqual(told, ['EADDRINUSE']);
    });

    it('throws what will not pass by itself', async () => {
      const broker = second([1], 'no-such-host.invalid');
      await assert.rejects(broker.start(new AbortController().signal), { syscall: 'getaddrinfo' });
      await broker.stop();
      assert.deepEqual(told, []);
    });
  });

  it('stops within a second while devices are connected, half greeted and waiting for a PUBACK', async () => {
    const tower = await house.connect('tower');
    const arrived = Promise.withResolvers<void>();
    house.take = () => {
      arrived.resolve();
      return new Promise(() => {});
    };
    tower.publish('stoop/tower/ph', '6', { qos: 1 });
    await house.raw(Buffer.from([0x10]));
    await arrived.promise;
    const closed = mqttEvent(tower, 'close');
    const startedMs = performance.now();
    await house.broker.stop();
    await closed;
    assert.ok(performance.now() - startedMs < 1_000);
    assert.equal(house.broker.address(), undefined);
  });
});

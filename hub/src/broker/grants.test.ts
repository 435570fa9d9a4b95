import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ISubscriptionGrant } from 'mqtt';
import { type BrokerHouse, openBrokerHouse } from '../../test/broker-house.ts';
import { mqttEvent } from '../../test/mqtt-event.ts';

describe('grants', () => {
  let house: BrokerHouse;
  beforeEach(async () => {
    house = await openBrokerHouse();
  });
  afterEach(() => house.stop());

  it('ends the connection of a device that publishes elsewhere, and tells', async () => {
    const next = await house.listenTo(await house.connect('keeper'), 'stoop/#');
    const tower = await house.connect('tower');
    let isAcknowledged = false;
    tower.publish('stoop/roof/ph', '6', { qos: 1 }, (error) => {
      isAcknowledged = !error;
    });
    await mqttEvent(tower, 'close');
    assert.deepEqual(house.refused, ['tower stoop/roof/ph']);
    assert.deepEqual([house.taken.length, isAcknowledged], [0, false]);
    const heard = next();
    await (await house.connect('roof')).publishAsync('stoop/roof/ph', '7', { qos: 1 });
    assert.equal(await heard, 'stoop/roof/ph 7');
  });

  for (const topic of ['$SYS/x/new/clients', 'other/ph', 'stoop']) {
    it(`does not let a device publish on ${topic}`, async () => {
      const tower = await house.connect('tower');
      tower.publish(topic, '1', { qos: 1 });
      await mqttEvent(tower, 'close');
      assert.deepEqual(house.refused, [`tower ${topic}`]);
    });
  }

  it('answers 0x80 to a subscription that is not granted, and forwards nothing of it', async () => {
    const screen = await house.connect('screen');
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
    await (await house.connect('roof')).publishAsync('stoop/roof/ph', 'secret', { qos: 1 });
    await (await house.connect('tower')).publishAsync('stoop/tower/ph', 'open', { qos: 1 });
    assert.equal((await heard)[0], 'stoop/tower/ph');
  });

  it('shows a retained message to those who may hear it, and keeps a bounded number', async () => {
    await house.stop();
    house = await openBrokerHouse({ retainedPerDevice: 1 });
    const tower = await house.connect('tower');
    await tower.publishAsync('stoop/tower/ph', 'kept', { qos: 1, retain: true });
    await tower.publishAsync('stoop/tower/ec', 'too many', { qos: 1, retain: true });
    const screen = await house.connect('screen');
    const messages: string[] = [];
    screen.on('message', (topic, payload) => messages.push(`${topic} ${payload}`));
    const next = await house.listenTo(screen, 'stoop/tower/#');
    await next();
    const heard = next();
    await tower.publishAsync('stoop/tower/ph', 'now', { qos: 1 });
    await heard;
    assert.deepEqual(messages, ['stoop/tower/ph kept', 'stoop/tower/ph now']);
  });

  it('publishes a granted will as a message like any other, and no other will', async () => {
    const next = await house.listenTo(await house.connect('keeper'), 'stoop/#');
    const will = (topic: string) => ({ topic, payload: Buffer.from('0'), qos: 1 as const, retain: false });
    const sly = await house.connect('roof', { will: will('stoop/tower/level') });
    sly.stream.destroy();
    await mqttEvent(sly, 'close');
    const tower = await house.connect('tower', { will: will('stoop/tower/level') });
    const heard = next();
    tower.stream.destroy();
    assert.equal(await heard, 'stoop/tower/level 0');
    assert.deepEqual(
      house.taken.map(({ deviceId }) => deviceId),
      ['tower'],
    );
    assert.deepEqual(house.refused, ['roof stoop/tower/level']);
  });
});

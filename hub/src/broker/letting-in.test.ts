import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type BrokerHouse, connectPacket, openBrokerHouse } from '../../test/broker-house.ts';
import { mqttEvent } from '../../test/mqtt-event.ts';

describe('letting devices in', () => {
  let house: BrokerHouse;
  beforeEach(async () => {
    house = await openBrokerHouse();
  });
  afterEach(() => house.stop());

  it('answers each refusal with its CONNACK code', async () => {
    assert.equal(await house.refusal({ clientId: 'stranger' }), 5);
    assert.equal(await house.refusal({ username: 'tower', password: 'wrong' }), 4);
    assert.equal(await house.refusal({ username: 'nobody', password: 'right' }), 4);
    assert.equal(await house.refusal({ username: 'tower', password: 'right', protocolVersion: 5 }), 1);
    await house.connect('tower', { clientId: 'mine' });
    assert.equal(await house.refusal({ username: 'roof', password: 'right', clientId: 'mine' }), 2);
  });

  it('refuses more connections than it may have, and lets in again when one leaves', async () => {
    await house.stop();
    house = await openBrokerHouse({ connections: 1 });
    const tower = await house.connect('tower');
    assert.equal(await house.refusal({ username: 'roof', password: 'right' }), 3);
    const gone = new Promise<void>((resolve) => {
      house.onGone = resolve;
    });
    tower.end();
    await gone;
    await house.connect('roof');
  });

  it('lets a device take over its own client id and tells who is there', async () => {
    const first = await house.connect('tower', { clientId: 'one' });
    const closed = mqttEvent(first, 'close');
    const second = await house.connect('tower', { clientId: 'one' });
    await closed;
    await second.publishAsync('stoop/tower/ph', '6', { qos: 1 });
    assert.deepEqual(house.present, ['tower came']);
    const gone = new Promise<void>((resolve) => {
      house.onGone = resolve;
    });
    second.end();
    await gone;
    assert.deepEqual(house.present, ['tower came', 'tower went']);
  });

  it('keeps no session, and says so', async () => {
    await (await house.connect('screen', { clientId: 's', clean: false })).endAsync();
    const again = house.start({ username: 'screen', password: 'right', clientId: 's', clean: false });
    const [connack] = await mqttEvent(again, 'connect');
    assert.equal((connack as { sessionPresent: boolean }).sessionPresent, false);
  });

  it('disconnects a device whose credentials end, without its will', async () => {
    const next = await house.listenTo(await house.connect('screen'), 'stoop/tower/#');
    const will = { topic: 'stoop/tower/gone', payload: Buffer.from('1'), qos: 1 as const, retain: false };
    const tower = await house.connect('tower', { will });
    const closed = mqttEvent(tower, 'close');
    house.revoke('tower');
    await closed;
    const heard = next();
    await (await house.connect('keeper')).publishAsync('stoop/tower/ph', '6', { qos: 1 });
    assert.equal(await heard, 'stoop/tower/ph 6');
    assert.deepEqual(
      house.taken.map(({ topic }) => topic),
      ['stoop/tower/ph'],
    );
  });

  it('ends a connection that says nothing for one and a half times its keep-alive', async () => {
    const socket = await house.raw(connectPacket('roof', 'right', 1));
    const startedMs = performance.now();
    await once(socket, 'close');
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs > 1_400 && tookMs < 2_500, `${tookMs}`);
  });
});

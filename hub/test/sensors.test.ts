import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { v7 as uuid } from 'uuid';
import type { Reading, Sensor, SensorCredentials, WaitingSensor } from '../src/modules/garden/garden.schema.ts';
import { isStoopError } from '../src/platform/errors.ts';
import { type GardenHouse, gardener, nextLive, openGardenHouse } from './garden-house.ts';
import { mqttEvent } from './mqtt-event.ts';

type SensorList = { items: Sensor[]; waiting: WaitingSensor[] };

describe('sensors', () => {
  let house: GardenHouse;
  beforeEach(async () => {
    house = await openGardenHouse();
  });
  afterEach(() => house.stop());

  const sensorList = async () => (await house.call<SensorList>('GET', '/api/sensors')).body;
  const create = (body: object, idempotencyKey = uuid()) =>
    house.call<SensorCredentials>('POST', '/api/sensors', { body, idempotencyKey });
  const nextChange = (noun: string) =>
    new Promise<void>((resolve) => {
      const stop = house.events.onChanges((changes) => {
        if (!changes.some((change) => change.noun === noun)) return;
        stop();
        resolve();
      });
    });

  it('begin as waiting devices, get credentials from the list, and are let in with them', async () => {
    const listed = nextChange('waiting-sensor');
    await assert.rejects(house.connect({ clientId: 'esp32-7f', username: 'guess', password: 'guess' }), { code: 4 });
    await listed;
    const [device] = (await sensorList()).waiting;
    assert.deepEqual(
      [device?.clientId, device?.username, device?.remoteAddress, device?.tries],
      ['esp32-7f', 'guess', '127.0.0.1', 1],
    );
    const { status, body } = await create({ name: 'Tower 1', clientId: 'esp32-7f' });
    assert.deepEqual([status, body.id, body.username], [201, 'tower-1', 'tower-1']);
    const client = await house.connect({ clientId: 'esp32-7f', username: body.username, password: body.token });
    await client.publishAsync('stoop/tower-1/ph', '6', { qos: 1 });
    const { items, waiting } = await sensorList();
    assert.deepEqual(waiting, []);
    assert.deepEqual(
      items.map(({ id, name, isOnline, publish, subscribe }) => ({ id, name, isOnline, publish, subscribe })),
      [{ id: 'tower-1', name: 'Tower 1', isOnline: true, publish: ['stoop/tower-1/#'], subscribe: [] }],
    );
  });

  it('can be taken off the waiting list', async () => {
    const listed = nextChange('waiting-sensor');
    await assert.rejects(house.connect({ clientId: 'stranger' }), { code: 5 });
    await listed;
    const forget = () => house.call('DELETE', '/api/sensors/waiting/:clientId', { params: { clientId: 'stranger' } });
    assert.equal((await forget()).status, 204);
    assert.deepEqual((await sensorList()).waiting, []);
    await assert.rejects(forget(), (error) => isStoopError(error, 'not_found'));
  });

  it('are disconnected when they are removed, cannot come back, and leave their readings', async () => {
    const client = await house.sensor('Tower 1', {}, { clientId: 'c' });
    const { username, password } = client.options;
    await client.publishAsync('stoop/tower-1/ph', '6', { qos: 1 });
    const closed = mqttEvent(client, 'close');
    const told = nextLive(house, 'sensor', () => house.telemetry.devices()[0]?.isOnline === false);
    const remove = () => house.call('DELETE', '/api/sensors/:id', { params: { id: 'tower-1' } });
    assert.equal((await remove()).status, 204);
    await closed;
    await told;
    await assert.rejects(house.connect({ username, password }), { code: 4 });
    const { body } = await house.call<{ items: Reading[] }>('GET', '/api/readings');
    assert.deepEqual([body.items[0]?.value, body.items[0]?.isOnline], [6, false]);
    await assert.rejects(remove(), (error) => isStoopError(error, 'not_found'));
  });

  it('get the same token when the answer was lost, and it lies in no file', async () => {
    const key = uuid();
    const first = await create({ name: 'Tower 1' }, key);
    assert.deepEqual(await create({ name: 'Tower 1' }, key), first);
    assert.equal((await sensorList()).items.length, 1);
    await assert.rejects(create({ name: 'Tower 2' }, key), (error) => isStoopError(error, 'idempotency_key_reused'));
    const { token } = first.body;
    for (const name of readdirSync(house.dir)) {
      assert.ok(!readFileSync(join(house.dir, name)).includes(token), name);
    }
  });

  it('of the same name get names of their own in topics', async () => {
    assert.equal((await create({ name: 'Tower' })).body.id, 'tower');
    assert.equal((await create({ name: 'tower!' })).body.id, 'tower-2');
  });

  for (const filter of ['#', '+/tower/ph', '$SYS/#', 'stoop/#/ph', 'stoop/tower+', '']) {
    it(`are not granted ${JSON.stringify(filter)}`, async () => {
      await assert.rejects(create({ name: 'x', publish: [filter] }), (error) => isStoopError(error, 'bad_request'));
      assert.deepEqual((await sensorList()).items, []);
    });
  }

  it('hear only what they were granted', async () => {
    const screen = await house.sensor('Screen', { subscribe: ['stoop/tower-1/+'] });
    const tower = await house.sensor('Tower 1');
    await assert.rejects(screen.subscribeAsync('stoop/#'));
    await screen.subscribeAsync('stoop/tower-1/ph');
    const heard = mqttEvent(screen, 'message');
    await tower.publishAsync('stoop/tower-1/ph', '6', { qos: 1 });
    assert.equal(String((await heard)[1]), '6');
  });

  it('are the business of gardeners and maintainers', () => {
    // Roles are checked by `web` from what the route says.
    const keepers = house.garden.routes.filter(({ path }) => path.startsWith('/api/sensors'));
    assert.deepEqual(
      keepers.map(({ permission }) => permission),
      keepers.map(() => ({ roles: ['gardener', 'maintainer'] })),
    );
  });

  it('are made and removed under the name of who did it', async () => {
    await create({ name: 'Tower 1' });
    await house.call('DELETE', '/api/sensors/:id', { params: { id: 'tower-1' } });
    const rows = house.store.read((db) => db.prepare('SELECT action, actor_seat AS seat, detail FROM audit').all());
    assert.deepEqual(rows, [
      { action: 'sensor.create', seat: gardener.seat, detail: '{"sensor":"tower-1"}' },
      { action: 'sensor.remove', seat: gardener.seat, detail: '{"sensor":"tower-1"}' },
    ]);
  });
});

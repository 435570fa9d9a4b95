import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { v7 as uuid } from 'uuid';
import type { Reading, Sensor, SensorCredentials, Series, WaitingSensor } from '../src/modules/garden/garden.schema.ts';
import { isStoopError } from '../src/platform/errors.ts';
import type { Transient } from '../src/platform/events.ts';
import { type GardenHouse, gardener, openGardenHouse } from './garden-house.ts';
import { mqttEvent } from './mqtt-event.ts';

type SensorList = { items: Sensor[]; waiting: WaitingSensor[] };

/** The next thing that an open page is told about a noun. */
const nextLive = (house: GardenHouse, noun: string, isIt: () => boolean = () => true) =>
  new Promise<Transient>((resolve) => {
    const stop = house.events.onTransient((news) => {
      if (news.noun !== noun || !isIt()) return;
      stop();
      resolve(news);
    });
  });

describe('readings', () => {
  let house: GardenHouse;
  beforeEach(async () => {
    house = await openGardenHouse();
  });
  afterEach(() => house.stop());

  const readings = async (ids?: string) =>
    (await house.call<{ items: Reading[] }>('GET', '/api/readings', { query: { ids } })).body.items;
  const sensorList = async () => (await house.call<SensorList>('GET', '/api/sensors')).body;

  it('go from a publishing device to the list that the page shows', async () => {
    const tower = await house.sensor('Tower 1');
    const beforeMs = Date.now();
    await tower.publishAsync('stoop/tower-1/ph', '6.1', { qos: 1 });
    await tower.publishAsync('stoop/tower-1/ec', '{"value":1.8,"unit":"mS/cm"}', { qos: 1 });
    const [ec, ph] = await readings();
    assert.deepEqual(
      [ec, ph].map((one) => [one?.deviceId, one?.deviceName, one?.metric, one?.unit, one?.value, one?.isOnline]),
      [
        ['tower-1', 'Tower 1', 'ec', 'mS/cm', 1.8, true],
        ['tower-1', 'Tower 1', 'ph', '', 6.1, true],
      ],
    );
    assert.ok(ph!.takenAtMs >= beforeMs && ph!.takenAtMs <= Date.now());
    assert.equal(ph!.spark.length, 1);
    assert.equal(ph!.spark[0]![1], 6.1);
    assert.deepEqual(
      (await readings('tower-1/ec,tower-9/ph')).map(({ metric }) => metric),
      ['ec'],
    );
  });

  it('are told live after the commit, and a burst is told twice', async () => {
    const tower = await house.sensor('Tower 1');
    const told: string[] = [];
    house.events.onTransient(({ noun, id }) => {
      const stored = house.telemetry.latest().length;
      if (noun === 'reading') told.push(`${id} of ${stored}`);
    });
    const burst = Array.from({ length: 50 }, (_, n) => tower.publishAsync('stoop/tower-1/ph', `${n}`, { qos: 1 }));
    await Promise.all(burst);
    const last = await nextLive(house, 'reading');
    assert.deepEqual(last, { noun: 'reading', id: 'tower-1/ph' });
    assert.deepEqual(told, ['tower-1/ph of 1', 'tower-1/ph of 1']);
    assert.equal((await readings())[0]?.value, 49);
  });

  it('of several metrics arrive as one message, and charts read them', async () => {
    const tower = await house.sensor('Tower 1');
    const minuteMs = Math.floor(Date.now() / 60_000) * 60_000;
    for (const [index, ph] of [6, 6.2, 6.4].entries()) {
      const message = { takenAtMs: minuteMs - (3 - index) * 3_600_000, seq: index, ph, water_temperature: 20 + index };
      await tower.publishAsync('stoop/tower-1', JSON.stringify(message), { qos: 1 });
    }
    const params = { deviceId: 'tower-1', metric: 'ph' };
    const query = { fromMs: minuteMs - 4 * 3_600_000, toMs: minuteMs, points: 240 };
    const { body } = await house.call<Series>('GET', '/api/readings/:deviceId/:metric', { params, query });
    assert.deepEqual(body.points, [
      [minuteMs - 3 * 3_600_000, 6, 6, 6],
      [minuteMs - 2 * 3_600_000, 6.2, 6.2, 6.2],
      [minuteMs - 3_600_000, 6.4, 6.4, 6.4],
    ]);
    assert.equal((await readings('tower-1/water_temperature'))[0]?.value, 22);
    const unknown = house.call('GET', '/api/readings/:deviceId/:metric', { params: { ...params, metric: 'light' } });
    await assert.rejects(unknown, (error) => isStoopError(error, 'not_found'));
  });

  it('sent again under the same number count once', async () => {
    const tower = await house.sensor('Tower 1');
    for (let n = 0; n < 3; n++) await tower.publishAsync('stoop/tower-1/ph', '{"value":6,"seq":4}', { qos: 1 });
    await tower.publishAsync('stoop/tower-1/ph', '{"value":8,"seq":5}', { qos: 1 });
    const { body } = await house.call<Series>('GET', '/api/readings/:deviceId/:metric', {
      params: { deviceId: 'tower-1', metric: 'ph' },
      query: { points: 1 },
    });
    assert.equal(body.points.at(-1)?.[2], 7);
  });

  it('with a time that cannot be get the hub’s; a believable past is kept', async () => {
    const tower = await house.sensor('Tower 1');
    const beforeMs = Date.now();
    const times = { ph: Date.now() + 86_400_000, ec: 12, light: beforeMs - 86_400_000 };
    for (const [metric, takenAtMs] of Object.entries(times)) {
      await tower.publishAsync(`stoop/tower-1/${metric}`, JSON.stringify({ value: 1, takenAtMs }), { qos: 1 });
    }
    const [ec, light, ph] = await readings();
    assert.ok(ph!.takenAtMs >= beforeMs && ph!.takenAtMs <= Date.now());
    assert.ok(ec!.takenAtMs >= beforeMs);
    assert.equal(light!.takenAtMs, times.light);
  });

  it('that make no sense are acknowledged, counted and shown, and the next one is taken', async () => {
    const tower = await house.sensor('Tower 1');
    const wrong = ['', 'warm', '{"value":', '[1]', '{"value":6,"unit":"F"}', Buffer.from([0xff, 0xfe, 0])];
    for (const payload of wrong) await tower.publishAsync('stoop/tower-1/ph', payload, { qos: 1 });
    await tower.publishAsync('stoop/tower-1', '7', { qos: 1 });
    await tower.publishAsync('stoop/tower-1/ph', '6', { qos: 1 });
    const { items } = await sensorList();
    const counts = Object.fromEntries(items[0]!.problems.map(({ kind, count }) => [kind, count]));
    assert.deepEqual(counts, { bad_number: 4, bad_payload: 2, bad_unit: 1 });
    assert.equal((await readings())[0]?.value, 6);
  });

  it('on a topic that was not granted end the connection and are told to the gardener', async () => {
    const tower = await house.sensor('Tower 1');
    const told = nextLive(house, 'sensor', () => house.telemetry.problems().length > 0);
    tower.publish('stoop/tower-2/ph', '6', { qos: 1 });
    await mqttEvent(tower, 'close');
    await told;
    const { items } = await sensorList();
    assert.deepEqual(
      items[0]?.problems.map(({ kind, count, sample }) => [kind, count, sample]),
      [['not_granted', 1, 'stoop/tower-2/ph']],
    );
    assert.deepEqual(await readings(), []);
  });
});

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

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Reading, Sensor, Series, WaitingSensor } from '../src/modules/garden/garden.schema.ts';
import { isStoopError } from '../src/platform/errors.ts';
import { type GardenHouse, nextLive, openGardenHouse } from './garden-house.ts';
import { mqttEvent } from './mqtt-event.ts';

type SensorList = { items: Sensor[]; waiting: WaitingSensor[] };

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

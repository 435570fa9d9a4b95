import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Reading } from '../src/modules/garden/garden.schema.ts';
import { type GardenHouse, openGardenHouse } from './garden-house.ts';

describe('a reading', () => {
  let house: GardenHouse;
  beforeEach(async () => {
    house = await openGardenHouse();
  });
  afterEach(() => house.stop());

  const readings = async () => (await house.call<{ items: Reading[] }>('GET', '/api/readings')).body.items;

  it('goes from a publishing device to the list that the page shows', async () => {
    const tower = await house.sensor('Tower 1');
    const beforeMs = Date.now();
    await tower.publishAsync('stoop/tower-1/ph', '6.1', { qos: 1 });
    await tower.publishAsync('stoop/tower-1/ec', '{"value":1.8,"unit":"mS/cm"}', { qos: 1 });
    const [ec, ph] = await readings();
    assert.deepEqual(
      [ec, ph].map((one) => [one?.deviceId, one?.deviceName, one?.metric, one?.unit, one?.value, one?.isOnline]),
      [
        ['tower-1', 'Tower 1', 'ec', 'mS/cm', 1.8, true],
        ['tower-1', 'Tower 1', 'ph', 'pH', 6.1, true],
      ],
    );
    assert.ok(ph!.takenAtMs >= beforeMs && ph!.takenAtMs <= Date.now());
    assert.equal(ph!.spark.length, 1);
    assert.equal(ph!.spark[0]![1], 6.1);
  });
});

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { v7 as uuid } from 'uuid';
import { demoSensorNames, demoSensors, valueAt } from '../../scripts/demo/sensor-values.ts';
import { type GardenHouse, gardener, openGardenHouse } from './garden-house.ts';

const script = join(import.meta.dirname, '../../scripts/demo/sensors.ts');
const metrics = Object.entries(demoSensors).flatMap(([sensor, motions]) =>
  Object.keys(motions).map((metric) => `${sensor}/${metric}`),
);

describe('the simulated sensors', () => {
  let house: GardenHouse;
  let dir: string;
  let file: string;
  let children: ChildProcess[];

  beforeEach(async () => {
    children = [];
    dir = mkdtempSync(join(tmpdir(), 'stoop-demo-'));
    house = await openGardenHouse({ dir });
    const sensors = [];
    for (const name of Object.values(demoSensorNames)) {
      const { username, token } = await house.garden.sensors.create(
        { name },
        { actor: gardener, idempotencyKey: uuid() },
      );
      sensors.push({ username, token });
    }
    file = join(dir, 'sensors.json');
    writeFileSync(file, JSON.stringify({ url: house.url, sensors }));
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await house.stop();
    rmSync(dir, { recursive: true });
  });

  const start = (...args: string[]) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  const heardOfAll = () =>
    new Promise<void>((resolve) => {
      const missing = new Set(metrics);
      const stop = house.events.onTransient(({ noun, id }) => {
        if (noun === 'reading') missing.delete(id);
        if (missing.size > 0) return;
        stop();
        resolve();
      });
    });

  it('are six, publish what the page shows with a day behind it, and say nothing', async () => {
    const all = heardOfAll();
    const child = start(script, file, '50');
    const said: unknown[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
    await all;
    const { body } = await house.call<{ items: { deviceId: string; metric: string; spark: unknown[] }[] }>(
      'GET',
      '/api/readings',
    );
    assert.deepEqual(body.items.map(({ deviceId, metric }) => `${deviceId}/${metric}`).sort(), [...metrics].sort());
    assert.equal(new Set(body.items.map(({ deviceId }) => deviceId)).size, 6);
    assert.deepEqual(house.telemetry.problems(), []);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.deepEqual(said, []);
  });

  it('come back by themselves when the hub was away', async () => {
    const first = heardOfAll();
    start(script, file, '50');
    await first;
    const { port } = house.broker.address()!;
    await house.stop();
    house = await openGardenHouse({ dir, port });
    await heardOfAll();
  });

  it('end with the process that started them', async () => {
    const parentCode = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ${JSON.stringify([script, file, '50'])}, { stdio: 'inherit' });
    `;
    const all = heardOfAll();
    const parent = start('-e', parentCode);
    await all;
    // Both hold the pipe: it closes when the last of them is gone.
    parent.stdout.resume();
    parent.stderr.resume();
    const gone = Promise.all([once(parent.stdout, 'close'), once(parent.stderr, 'close')]);
    parent.kill('SIGKILL');
    await gone;
  });

  it('move slowly: the same moment gives the same value, the next one nearly the same', () => {
    for (const [sensor, motions] of Object.entries(demoSensors)) {
      for (const [metric, motion] of Object.entries(motions)) {
        const atMs = Date.UTC(2026, 5, 1, 9, 30);
        const value = valueAt(sensor, metric, motion, atMs);
        assert.equal(valueAt(sensor, metric, motion, atMs), value);
        const next = valueAt(sensor, metric, motion, atMs + 1_000);
        assert.ok(
          Math.abs(next - value) <= Math.abs(motion.base) * 0.02 + 10 ** -motion.decimals,
          `${sensor} ${metric}`,
        );
      }
    }
  });
});

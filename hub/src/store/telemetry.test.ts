import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../platform/errors.ts';
import { openReader, openWriter } from './connection.ts';
import { type NewReading, openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 5, 1, 12);

describe('telemetry', () => {
  let dir: string;
  let nowMs: number;
  let telemetry: Telemetry;
  const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };
  const open = (more: Partial<TelemetryOptions> = {}) => {
    telemetry = openTelemetry({ path: join(dir, 'telemetry.db'), clock, ...more });
  };
  const count = (table: string): number => {
    const db = openReader(join(dir, 'telemetry.db'));
    const row = db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get() as { n: number };
    db.close();
    return row.n;
  };
  const reading = (more: Partial<NewReading> = {}): NewReading => ({
    device: 'tower-1',
    metric: 'ph',
    unit: 'pH',
    value: 6,
    takenAtMs: nowMs,
    receivedAtMs: nowMs,
    isDeviceTime: false,
    isHubTime: false,
    isVerified: false,
    ...more,
  });
  const append = (...readings: NewReading[]) => telemetry.append({ readings, problems: [] });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stoop-telemetry-'));
    nowMs = startMs;
    open();
  });
  afterEach(() => {
    telemetry.close();
    rmSync(dir, { recursive: true });
  });

  it('has a reading committed, for another connection too, when append resolves', async () => {
    const promise = append(reading());
    assert.equal(count('readings'), 0);
    await promise;
    assert.equal(count('readings'), 1);
  });

  it('lets what arrives together share few commits, none of more than 250 messages', async () => {
    await append(reading());
    const before = telemetry.commits;
    await Promise.all(Array.from({ length: 1_200 }, (_, index) => append(reading({ value: index }))));
    assert.equal(telemetry.commits - before, 5);
    assert.equal(count('readings'), 1_201);
  });

  it('syncs each commit, and writes ahead', () => {
    const db = openWriter(join(dir, 'telemetry.db'));
    assert.equal(db.pragma('synchronous', { simple: true }), 2);
    assert.equal(db.pragma('journal_mode', { simple: true }), 'wal');
    db.close();
  });

  describe('a resend', () => {
    it('is stored once, within a commit, across commits and after a restart', async () => {
      const one = reading({ sequence: 7 });
      assert.deepEqual(await append(one, one), ['stored', 'resent']);
      nowMs += 5_000;
      assert.deepEqual(await append(reading({ sequence: 7 })), ['resent']);
      telemetry.close();
      open();
      assert.deepEqual(await append(one), ['resent']);
      assert.equal(count('readings'), 1);
      assert.equal(
        telemetry.chart('tower-1', 'ph', { fromMs: startMs - dayMs, toMs: startMs + dayMs, points: 9 })?.length,
        1,
      );
    });

    it('does not hide another reading under the same number: both are kept and the device is told of', async () => {
      await append(reading({ sequence: 7, value: 6 }));
      assert.deepEqual(await append(reading({ sequence: 7, value: 6.5 })), ['stored']);
      const timed = { sequence: 8, isDeviceTime: true };
      await append(reading({ ...timed, takenAtMs: nowMs - 60_000 }));
      assert.deepEqual(await append(reading({ ...timed, takenAtMs: nowMs })), ['stored']);
      assert.equal(count('readings'), 4);
      const [problem] = telemetry.problems();
      assert.deepEqual([problem?.device, problem?.kind, problem?.count], ['tower-1', 'sequence_reused', 2]);
    });

    it('is nobody else’s: another device and another metric may use the number', async () => {
      const all = [
        reading({ sequence: 7 }),
        reading({ sequence: 7, device: 'b' }),
        reading({ sequence: 7, metric: 'ec' }),
      ];
      assert.deepEqual(await append(...all), ['stored', 'stored', 'stored']);
    });
  });

  it('shows the newest by time of measurement, not of arrival', async () => {
    await append(reading({ value: 6.2 }));
    await append(reading({ value: 5.9, takenAtMs: nowMs - 60_000 }));
    assert.deepEqual(telemetry.latest(), [
      { device: 'tower-1', metric: 'ph', unit: 'pH', value: 6.2, takenAtMs: startMs, isVerified: false },
    ]);
  });

  it('does not keep a value from when the clock was ahead as the newest', async () => {
    await append(reading({ value: 9, takenAtMs: nowMs + 10 * dayMs, receivedAtMs: nowMs + 10 * dayMs }));
    await append(reading({ value: 6 }));
    assert.equal(telemetry.latest()[0]?.value, 6);
  });

  it('counts problems by device and kind with the newest sample', async () => {
    const problem = { device: 'x', kind: 'bad_number', atMs: nowMs, sample: 'warm' };
    await telemetry.append({ readings: [], problems: [problem] });
    await telemetry.append({ readings: [], problems: [{ ...problem, atMs: nowMs + 5, sample: 'hot' }] });
    assert.deepEqual(telemetry.problems(), [
      { device: 'x', kind: 'bad_number', count: 2, firstAtMs: nowMs, lastAtMs: nowMs + 5, sample: 'hot' },
    ]);
  });

  it('refuses more metrics than a device may have, and says so', async () => {
    const many = Array.from({ length: 65 }, (_, index) => reading({ metric: `m${index}` }));
    const outcomes = await append(...many);
    assert.deepEqual([outcomes.indexOf('too_many_metrics'), outcomes.lastIndexOf('stored')], [64, 63]);
    assert.equal(telemetry.problems()[0]?.kind, 'too_many_metrics');
    assert.deepEqual(await append(reading({ metric: 'm3' }), reading({ device: 'b' })), ['stored', 'stored']);
  });

  it('forgets who was connected at a restart', async () => {
    await telemetry.presence('tower-1', true, nowMs);
    assert.deepEqual(telemetry.devices(), [{ device: 'tower-1', isOnline: true, lastSeenAtMs: startMs }]);
    telemetry.close();
    open();
    assert.deepEqual(telemetry.devices(), [{ device: 'tower-1', isOnline: false, lastSeenAtMs: startMs }]);
  });

  describe('a chart', () => {
    // Every 20 s for two hours: the values 0, 1, …, 359.
    const fill = () =>
      append(
        ...Array.from({ length: 360 }, (_, index) => reading({ value: index, takenAtMs: startMs + index * 20_000 })),
      );

    it('has minimum, mean and maximum of whole minutes', async () => {
      await fill();
      const points = telemetry.chart('tower-1', 'ph', { fromMs: startMs, toMs: startMs + 7_200_000, points: 12 });
      // Ten minutes hold thirty values.
      assert.equal(points?.length, 12);
      assert.deepEqual(points[0], [startMs, 0, 14.5, 29]);
      assert.deepEqual(points[11], [startMs + 6_600_000, 330, 344.5, 359]);
    });

    it('goes below a minute where that is asked for', async () => {
      await fill();
      const points = telemetry.chart('tower-1', 'ph', { fromMs: startMs, toMs: startMs + 120_000, points: 3 });
      assert.deepEqual(points, [
        [startMs, 0, 0.5, 1],
        [startMs + 40_000, 2, 2.5, 3],
        [startMs + 80_000, 4, 4.5, 5],
      ]);
    });

    it('is empty outside, and unknown for a metric that never was', async () => {
      await fill();
      assert.deepEqual(telemetry.chart('tower-1', 'ph', { fromMs: 0, toMs: dayMs, points: 5 }), []);
      assert.equal(telemetry.chart('tower-1', 'ec', { fromMs: 0, toMs: dayMs, points: 5 }), undefined);
    });
  });

  describe('keeping', () => {
    it('drops readings and minutes past their age, in slices, and nothing else', async () => {
      await append(...Array.from({ length: 2_500 }, (_, index) => reading({ value: index })));
      nowMs += 31 * dayMs;
      await append(reading({ value: 1 }));
      await telemetry.prune();
      assert.deepEqual([count('readings'), count('minutes')], [1, 2]);
      nowMs += 730 * dayMs + 60_000;
      await telemetry.prune();
      assert.deepEqual([count('readings'), count('minutes')], [0, 0]);
      assert.equal(telemetry.latest()[0]?.value, 1);
    });

    it('below the floor makes room from what is older than a day, then takes readings into it', async () => {
      let hasRoom = true;
      telemetry.close();
      open({ space: { hasRoom: () => hasRoom } });
      for (let batch = 0; batch < 15; batch++) {
        await append(...Array.from({ length: 2_000 }, (_, index) => reading({ value: index })));
      }
      nowMs += 2 * dayMs;
      hasRoom = false;
      await assert.rejects(append(reading()), (error) => isStoopError(error, 'disk_full'));
      await telemetry.prune();
      assert.deepEqual(await append(reading()), ['stored']);
    });

    it('below the floor keeps the last day and refuses what is new', async () => {
      await append(reading());
      telemetry.close();
      open({ space: { hasRoom: () => false } });
      await telemetry.prune();
      await assert.rejects(append(reading()), (error) => isStoopError(error, 'disk_full'));
      assert.equal(count('readings'), 1);
    });
  });

  it('refuses a file of a newer hub and leaves it alone', () => {
    telemetry.close();
    const db = openWriter(join(dir, 'telemetry.db'));
    db.pragma('user_version = 9');
    db.close();
    assert.throws(
      () => open(),
      (error) => isStoopError(error, 'store_newer'),
    );
    const again = openWriter(join(dir, 'telemetry.db'));
    assert.equal(again.pragma('user_version', { simple: true }), 9);
    again.pragma('user_version = 1');
    again.close();
    open();
  });
});

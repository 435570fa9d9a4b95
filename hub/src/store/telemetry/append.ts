import type { Reader } from '../../platform/ports/index.ts';

/** One measurement as it is kept. */
export interface NewReading {
  readonly device: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly takenAtMs: number;
  readonly receivedAtMs: number;
  /** The device's own number for this reading, never used twice by it: makes a resend harmless. */
  readonly sequence?: number;
  /** The device said when it was taken, and that was believable. */
  readonly isDeviceTime: boolean;
  /** The device's time was not believable, so `takenAtMs` is the hub's. */
  readonly isHubTime: boolean;
  readonly isVerified: boolean;
}

export interface NewProblem {
  readonly device: string;
  readonly kind: string;
  readonly atMs: number;
  /** A short piece of what was wrong, for the maintainer. */
  readonly sample: string;
}

/** `stored`, or why not: seen before, or more metrics than one device may have. */
export type Outcome = 'stored' | 'resent' | 'too_many_metrics';

const maxSeriesPerDevice = 64;
const minuteMs = 60_000;
const aheadMs = 300_000;

const findSeries = 'SELECT id FROM series WHERE device = @device AND metric = @metric';
const countSeries = 'SELECT COUNT(*) AS count FROM series WHERE device = @device';
const addSeries = `INSERT INTO series (device, metric, unit, value, taken_at_ms, is_verified)
  VALUES (@device, @metric, @unit, @value, @takenAtMs, @isVerified)`;
const addReading = `INSERT INTO readings
  (series, value, taken_at_ms, received_at_ms, sequence, is_verified, is_hub_time)
  VALUES (@series, @value, @takenAtMs, @receivedAtMs, @sequence, @isVerified, @isHubTime)
  ON CONFLICT DO NOTHING`;
const bySequence =
  'SELECT value, taken_at_ms AS takenAtMs FROM readings WHERE series = @series AND sequence = @sequence';
const addToMinute = `INSERT INTO minutes (series, minute, count, sum, min, max)
  VALUES (@series, @minute, 1, @value, @value, @value)
  ON CONFLICT DO UPDATE SET count = count + 1, sum = sum + excluded.sum,
    min = MIN(min, excluded.min), max = MAX(max, excluded.max)`;
// A value from a time when the hub's clock was ahead must not stay the newest for years.
const setLatest = `UPDATE series SET value = @value, unit = @unit, taken_at_ms = @takenAtMs, is_verified = @isVerified
  WHERE id = @series AND (taken_at_ms <= @takenAtMs OR taken_at_ms > @receivedAtMs + ${aheadMs})`;
const addProblem = `INSERT INTO problems (device, kind, count, first_at_ms, last_at_ms, sample)
  VALUES (@device, @kind, 1, @atMs, @atMs, @sample)
  ON CONFLICT DO UPDATE SET count = count + 1, last_at_ms = excluded.last_at_ms, sample = excluded.sample`;
const setPresence = `INSERT INTO presence (device, is_online, at_ms) VALUES (@device, @isOnline, @atMs)
  ON CONFLICT DO UPDATE SET is_online = excluded.is_online, at_ms = excluded.at_ms`;

/** Writes one reading, its minute and the latest value. Runs inside the caller's transaction. */
export function appendReading(db: Reader, reading: NewReading): Outcome {
  const row = {
    value: reading.value,
    unit: reading.unit,
    takenAtMs: reading.takenAtMs,
    receivedAtMs: reading.receivedAtMs,
    isVerified: Number(reading.isVerified),
    isHubTime: Number(reading.isHubTime),
  };
  const series = seriesId(db, reading, row);
  const problem = { device: reading.device, atMs: reading.receivedAtMs };
  if (series === undefined) {
    recordProblem(db, { ...problem, kind: 'too_many_metrics', sample: reading.metric });
    return 'too_many_metrics';
  }
  const { changes } = db.prepare(addReading).run({ ...row, series, sequence: reading.sequence ?? null });
  if (changes === 0) {
    const earlier = db
      .prepare(bySequence)
      .get<{ value: number; takenAtMs: number }>({ series, sequence: reading.sequence })!;
    const isSame =
      earlier.value === reading.value && (!reading.isDeviceTime || earlier.takenAtMs === reading.takenAtMs);
    if (isSame) return 'resent';
    // Another reading under a used number (a device that began counting again) is kept rather than lost.
    db.prepare(addReading).run({ ...row, series, sequence: null });
    recordProblem(db, { ...problem, kind: 'sequence_reused', sample: `${reading.metric} ${reading.sequence}` });
  }
  db.prepare(addToMinute).run({ series, minute: Math.floor(reading.takenAtMs / minuteMs), value: reading.value });
  db.prepare(setLatest).run({ ...row, series });
  return 'stored';
}

function seriesId(db: Reader, { device, metric }: NewReading, row: object): number | undefined {
  const known = db.prepare(findSeries).get<{ id: number }>({ device, metric });
  if (known) return known.id;
  if (db.prepare(countSeries).get<{ count: number }>({ device })!.count >= maxSeriesPerDevice) return undefined;
  return db.prepare(addSeries).run({ device, metric, ...row }).lastInsertRowid;
}

export function recordProblem(db: Reader, problem: NewProblem): void {
  db.prepare(addProblem).run(problem);
}

export function recordPresence(db: Reader, device: string, isOnline: boolean, atMs: number): void {
  db.prepare(setPresence).run({ device, isOnline: Number(isOnline), atMs });
}

/** After a start nobody is connected yet, whatever the last run left behind. */
export function clearPresence(db: Reader): void {
  db.prepare('UPDATE presence SET is_online = 0').run();
}

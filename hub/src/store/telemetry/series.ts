import type { Reader } from '../../platform/ports/index.ts';

/** The newest value of one metric of one device. */
export interface Latest {
  readonly device: string;
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly takenAtMs: number;
  readonly isVerified: boolean;
}

/** `[atMs, min, mean, max]` of one bucket; `atMs` is its start. */
export type ChartPoint = [number, number, number, number];

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many points come back (one more where the span cuts buckets). */
  readonly points: number;
}

const minuteMs = 60_000;

const allLatest = `SELECT device, metric, unit, value, taken_at_ms AS takenAtMs, is_verified AS isVerified
  FROM series ORDER BY device, metric`;
const seriesOf = 'SELECT id FROM series WHERE device = @device AND metric = @metric';
// Numbers are bound as REAL, hence the casts: the division must drop the rest.
const fromMinutes = `SELECT minute / CAST(@minutes AS INTEGER) * CAST(@minutes AS INTEGER) * ${minuteMs} AS atMs,
    MIN(min) AS min, SUM(sum) / SUM(count) AS mean, MAX(max) AS max
  FROM minutes WHERE series = @series AND minute >= @first AND minute < @last
  GROUP BY atMs ORDER BY atMs`;
const fromReadings = `SELECT taken_at_ms / CAST(@bucketMs AS INTEGER) * CAST(@bucketMs AS INTEGER) AS atMs,
    MIN(value) AS min, AVG(value) AS mean, MAX(value) AS max
  FROM readings WHERE series = @series AND taken_at_ms >= @fromMs AND taken_at_ms < @toMs
  GROUP BY atMs ORDER BY atMs`;

export function latestOfAll(db: Reader): Latest[] {
  return db
    .prepare(allLatest)
    .all<Omit<Latest, 'isVerified'> & { isVerified: number }>()
    .map((row) => ({ ...row, isVerified: row.isVerified === 1 }));
}

/** Buckets over `[fromMs, toMs)`; `undefined` for an unknown series. Whole minutes come from the rollup. */
export function chart(db: Reader, device: string, metric: string, span: Span): ChartPoint[] | undefined {
  const series = db.prepare(seriesOf).get<{ id: number }>({ device, metric })?.id;
  if (series === undefined) return undefined;
  const { fromMs, toMs } = span;
  const bucketMs = Math.max(1, Math.ceil((toMs - fromMs) / span.points));
  type Row = { atMs: number; min: number; mean: number; max: number };
  const rows =
    bucketMs < minuteMs
      ? db.prepare(fromReadings).all<Row>({ series, bucketMs, fromMs, toMs })
      : db.prepare(fromMinutes).all<Row>({
          series,
          minutes: Math.ceil(bucketMs / minuteMs),
          first: Math.floor(fromMs / minuteMs),
          last: Math.ceil(toMs / minuteMs),
        });
  return rows.map(({ atMs, min, mean, max }) => [atMs, min, mean, max]);
}

export interface DeviceState {
  readonly device: string;
  readonly isOnline: boolean;
  readonly lastSeenAtMs: number;
}

export interface Problem {
  readonly device: string;
  readonly kind: string;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly sample: string;
}

export function deviceStates(db: Reader): DeviceState[] {
  return db
    .prepare('SELECT device, is_online AS isOnline, at_ms AS lastSeenAtMs FROM presence')
    .all<{ device: string; isOnline: number; lastSeenAtMs: number }>()
    .map((row) => ({ ...row, isOnline: row.isOnline === 1 }));
}

export function problemsOfAll(db: Reader): Problem[] {
  return db
    .prepare(
      `SELECT device, kind, count, first_at_ms AS firstAtMs, last_at_ms AS lastAtMs, sample
       FROM problems ORDER BY device, last_at_ms DESC`,
    )
    .all<Problem>();
}

import type { Store } from '../../platform/ports/index.ts';
import type { ChartPoint, Telemetry } from '../../store/telemetry.ts';
import type { Reading, Sensor, WaitingSensor } from './garden.schema.ts';
import { allSensors, allWaiting } from './sensors.store.ts';
import type { Sensors } from './sensors.ts';

const dayMs = 86_400_000;
const sparkPoints = 60;
const chartPoints = 120;
const longestSpanMs = 92 * dayMs;

/** What people look at. Reads only. */
export interface GardenViews {
  readings(ids?: readonly string[]): Reading[];
  /** `undefined` for an unknown metric. At most 92 days before `toMs`. */
  series(
    deviceId: string,
    metric: string,
    span: { fromMs?: number; toMs?: number; points?: number },
  ): ChartPoint[] | undefined;
  sensors(): { items: Sensor[]; waiting: WaitingSensor[] };
}

interface ViewsOptions {
  readonly store: Pick<Store, 'read'>;
  readonly telemetry: Pick<Telemetry, 'latest' | 'chart' | 'devices' | 'problems'>;
  readonly sensors: Pick<Sensors, 'list'>;
  readonly nowMs: () => number;
}

export function createGardenViews({ store, telemetry, sensors, nowMs }: ViewsOptions): GardenViews {
  return {
    readings(ids) {
      const names = new Map(store.read(allSensors).map((row) => [row.sensorId, row.name]));
      const online = new Set(
        telemetry
          .devices()
          .filter((one) => one.isOnline)
          .map((one) => one.device),
      );
      const wanted = ids && new Set(ids);
      // The next minute counts too, so that what was measured just now is on the curve.
      const toMs = nowMs() + 60_000;
      return telemetry
        .latest()
        .filter(({ device, metric }) => wanted?.has(`${device}/${metric}`) ?? true)
        .map(({ device, metric, unit, value, takenAtMs, isVerified }) => ({
          deviceId: device,
          deviceName: names.get(device) ?? device,
          metric,
          unit,
          value,
          takenAtMs,
          isVerified,
          isOnline: online.has(device),
          spark: (telemetry.chart(device, metric, { fromMs: toMs - dayMs, toMs, points: sparkPoints }) ?? []).map(
            ([atMs, , mean]): [number, number] => [atMs, mean],
          ),
        }));
    },
    series(deviceId, metric, { fromMs, toMs = nowMs() + 60_000, points = chartPoints }) {
      const first = Math.max(fromMs ?? toMs - dayMs, toMs - longestSpanMs, 0);
      return telemetry.chart(deviceId, metric, { fromMs: Math.min(first, toMs), toMs, points });
    },
    sensors() {
      const states = new Map(telemetry.devices().map((one) => [one.device, one]));
      const problems = Map.groupBy(telemetry.problems(), (one) => one.device);
      return {
        items: sensors.list().map((sensor) => ({
          ...sensor,
          isOnline: states.get(sensor.id)?.isOnline ?? false,
          lastSeenAtMs: states.get(sensor.id)?.lastSeenAtMs,
          problems: (problems.get(sensor.id) ?? []).map(({ device: _device, ...problem }) => problem),
        })),
        waiting: store.read(allWaiting).map(({ username, ...row }) => ({ ...row, username: username ?? undefined })),
      };
    },
  };
}

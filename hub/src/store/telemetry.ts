import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../platform/clock.ts';
import { syncFolder } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import { isDiskFull } from './commit-queue.ts';
import { createReader, quickCheck } from './connection.ts';
import { type StoreParts, soundParts } from './parts.ts';
import type { SpaceGuard } from './space.ts';
import {
  appendReading,
  clearPresence,
  type NewProblem,
  type NewReading,
  type Outcome,
  recordPresence,
  recordProblem,
} from './telemetry/append.ts';
import { dropOldMinutes, dropOldReadings, freePages } from './telemetry/retention.ts';
import { prepareTelemetry } from './telemetry/schema.ts';
import {
  type ChartPoint,
  chart,
  type DeviceState,
  deviceStates,
  type Latest,
  latestOfAll,
  type Problem,
  problemsOfAll,
  type Span,
} from './telemetry/series.ts';

export type { ChartPoint, DeviceState, Latest, NewProblem, NewReading, Outcome, Problem, Span };

/** The second database: measurements. Writes resolve after COMMIT and sync, several share one. */
export interface Telemetry {
  /** One message's readings and problems, together or not at all. One outcome per reading, same order. */
  append(entry: { readings: readonly NewReading[]; problems: readonly NewProblem[] }): Promise<Outcome[]>;
  presence(device: string, isOnline: boolean, atMs: number): Promise<void>;
  latest(): Latest[];
  chart(device: string, metric: string, span: Span): ChartPoint[] | undefined;
  devices(): DeviceState[];
  problems(): Problem[];
  /** Deletes what is past its age; below the free-space floor also younger readings, the last day excepted. */
  prune(signal?: AbortSignal): Promise<void>;
  quickCheck(): string[];
  close(): void;
  /** COMMITs so far. */
  readonly commits: number;
}

export interface TelemetryOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly space?: Pick<SpaceGuard, 'hasRoom'>;
  readonly readingsForMs?: number;
  readonly minutesForMs?: number;
  readonly parts?: Partial<StoreParts>;
}

const dayMs = 86_400_000;
/** A lone message commits at once; under load commits are this far apart, or a batch is full. */
const windowMs = 20;
/** Messages per COMMIT: about 8 ms of the thread on a PC, so that a slow board stays below 50. */
const maxBatch = 250;
const enoughFreePages = 256;

export function openTelemetry(options: TelemetryOptions): Telemetry {
  const { path, clock, space } = options;
  const readingsForMs = options.readingsForMs ?? 30 * dayMs;
  const minutesForMs = options.minutesForMs ?? 730 * dayMs;
  mkdirSync(dirname(path), { recursive: true });
  const parts = { ...soundParts, ...options.parts };
  const writer = parts.openWriter(path);
  try {
    prepareTelemetry(writer);
  } catch (error) {
    writer.close();
    throw error;
  }
  syncFolder(dirname(path));
  const readerConnection = parts.openReader(path, writer);
  const writing = createReader(writer);
  const reading = createReader(readerConnection);
  const queue = parts.createQueue(writer, windowMs, () => clock.monotonicMs(), maxBatch);
  clearPresence(writing);

  async function commit<T>(work: () => T): Promise<T> {
    try {
      return await queue.push(work);
    } catch (error) {
      throw isDiskFull(error) ? fail('disk_full', {}, error) : error;
    }
  }

  /** True while the disk is short and the file has no free pages of its own left to write into. */
  const isFull = () => space?.hasRoom('telemetry') === false && freePages(writing) < enoughFreePages;

  return {
    async append({ readings, problems }) {
      if (isFull()) throw fail('disk_full');
      return commit(() => {
        for (const problem of problems) recordProblem(writing, problem);
        return readings.map((one) => appendReading(writing, one));
      });
    },
    presence: (device, isOnline, atMs) => commit(() => recordPresence(writing, device, isOnline, atMs)),
    latest: () => latestOfAll(reading),
    chart: (device, metric, span) => chart(reading, device, metric, span),
    devices: () => deviceStates(reading),
    problems: () => problemsOfAll(reading),
    async prune(signal) {
      const nowMs = clock.nowMs();
      const drop = async (one: () => boolean) => {
        while (!signal?.aborted && (await commit(one))) await new Promise(setImmediate);
      };
      await drop(() => dropOldReadings(writing, nowMs - readingsForMs));
      await drop(() => dropOldMinutes(writing, nowMs - minutesForMs));
      await drop(() => isFull() && dropOldReadings(writing, nowMs - dayMs));
    },
    quickCheck: () => quickCheck(readerConnection),
    close() {
      queue.close();
      writer.pragma('wal_checkpoint(TRUNCATE)');
      readerConnection.close();
      writer.close();
    },
    get commits() {
      return queue.commits;
    },
  };
}

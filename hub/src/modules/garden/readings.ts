import type { Message } from '../../platform/ports/index.ts';
import type { NewReading, Telemetry } from '../../store/telemetry.ts';
import type { LiveThrottle } from './live-throttle.ts';
import { type ParsedReading, parseReading } from './reading-parser.ts';

/** Told after the commit, once for every reading that was new. */
export type OnReading = (device: string, metric: string, value: number, takenAtMs: number) => void;

interface ReadingsOptions {
  readonly telemetry: Pick<Telemetry, 'append'>;
  readonly live: Pick<LiveThrottle, 'touch'>;
  readonly onReading?: OnReading;
}

/** A device may have kept readings while it had no network, so the past is believed for long, the future hardly. */
const believablePastMs = 30 * 86_400_000;
const believableFutureMs = 120_000;

export interface Readings {
  /** Resolves when what the message said, and what was wrong with it, is committed and synced. */
  receive(message: Message): Promise<void>;
}

export function createReadings({ telemetry, live, onReading }: ReadingsOptions): Readings {
  return {
    async receive(message) {
      const { device, readings, problems } = parseReading(message.topic, message.payload);
      const rows = readings.map((reading) => toRow(device, reading, message));
      const outcomes = await telemetry.append({
        readings: rows,
        // A device is answerable under the name it signed in with, whatever the topic says.
        problems: problems.map((one) => ({ ...one, device: message.deviceId, atMs: message.receivedAtMs })),
      });
      if (problems.length > 0) live.touch('sensor', message.deviceId);
      rows.forEach((row, index) => {
        if (outcomes[index] !== 'stored') return;
        live.touch('reading', `${device}/${row.metric}`);
        onReading?.(device, row.metric, row.value, row.takenAtMs);
      });
    },
  };
}

function toRow(device: string, reading: ParsedReading, { receivedAtMs, isVerified }: Message): NewReading {
  const { takenAtMs } = reading;
  const isBelievable =
    takenAtMs !== undefined &&
    takenAtMs > receivedAtMs - believablePastMs &&
    takenAtMs < receivedAtMs + believableFutureMs;
  return {
    device,
    metric: reading.metric,
    unit: reading.unit,
    value: reading.value,
    sequence: reading.sequence,
    takenAtMs: isBelievable ? takenAtMs : receivedAtMs,
    receivedAtMs,
    isDeviceTime: isBelievable,
    isHubTime: takenAtMs !== undefined && !isBelievable,
    isVerified,
  };
}

import { existsSync, renameSync } from 'node:fs';
import { basename } from 'node:path';
import { openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.ts';

/**
 * Opens the measurements. They must not keep people from their orders: a damaged file is set aside, never deleted, and
 * a new one is begun; `onSetAside` is told its name. Throws whatever else keeps a file from being opened.
 */
export function openSoundTelemetry(options: TelemetryOptions, onSetAside: (name: string) => void): Telemetry {
  try {
    return openTelemetry(options);
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
  const aside = `${options.path}.damaged-${options.clock.nowMs()}`;
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(options.path + end)) renameSync(options.path + end, aside + end);
  }
  const telemetry = openTelemetry(options);
  onSetAside(basename(aside));
  return telemetry;
}

/** SQLite's own codes for a file that is no sound database. */
function isDamaged(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}

import type { Reader } from '../../../src/platform/ports/index.ts';
import type { Acknowledged } from '../ledger.ts';
import { type Tally, tally } from './tally.ts';

const readings = `SELECT s.device, s.metric, r.sequence FROM readings r JOIN series s ON s.id = r.series`;

/** Readings by device and number: each acknowledged one is there, once. */
export function judgeReadings(reader: Reader, ledger: readonly Acknowledged[]): Tally {
  const text = (one: { device: string; metric: string; sequence: number | null }) =>
    `reading ${one.sequence} of ${one.device} ${one.metric}`;
  return tally(
    ledger.flatMap((entry) => (entry.what === 'measured' ? [text(entry)] : [])),
    reader.prepare(readings).all<{ device: string; metric: string; sequence: number | null }>().map(text),
  );
}

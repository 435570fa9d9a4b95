import type { Reader } from '../../platform/ports/index.ts';

/** Rows that one transaction may delete, so that it holds the thread a few milliseconds only. */
const slice = 2_000;
const minuteMs = 60_000;

// Ids grow with arrival, so the oldest rows are the first ones and no index on time alone is needed.
const dropReadings = `DELETE FROM readings WHERE id IN (
  SELECT id FROM (SELECT id, received_at_ms FROM readings ORDER BY id LIMIT ${slice})
  WHERE received_at_ms < @beforeMs)`;
const dropMinutes = `DELETE FROM minutes WHERE (series, minute) IN (
  SELECT series, minute FROM minutes WHERE minute < @before LIMIT ${slice})`;

/** Deletes one slice of what arrived before `beforeMs`; true while there is more. */
export function dropOldReadings(db: Reader, beforeMs: number): boolean {
  return db.prepare(dropReadings).run({ beforeMs }).changes === slice;
}

export function dropOldMinutes(db: Reader, beforeMs: number): boolean {
  return db.prepare(dropMinutes).run({ before: Math.floor(beforeMs / minuteMs) }).changes === slice;
}

/** Pages inside the file that new rows can take without the file growing. */
export function freePages(db: Reader): number {
  return db.prepare('PRAGMA freelist_count').get<{ freelist_count: number }>()!.freelist_count;
}

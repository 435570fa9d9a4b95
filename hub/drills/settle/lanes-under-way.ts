import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Reader } from '../../src/platform/ports/index.ts';
import { createReader, openReader } from '../../src/store/index.ts';

const sql = {
  sent: `SELECT DISTINCT lane FROM intents WHERE state IN ('sent', 'landed')`,
  waiting: `SELECT lane, COUNT(*) AS count FROM intents WHERE state IN ('queued', 'sent', 'landed') GROUP BY lane`,
  counts: 'SELECT lane, COUNT(*) AS count FROM intents GROUP BY lane',
  /** What time alone does not hold back. */
  restless: `SELECT COUNT(*) AS count FROM intents WHERE state IN ('queued', 'sent', 'landed') AND not_before_ms <= @nowMs`,
  runningOut: `SELECT COUNT(*) AS count FROM intents WHERE state IN ('queued', 'sent') AND not_before_ms <= @nowMs
    AND valid_until_ms < @beforeMs`,
} as const;

/** Reads the store of the building in `dir`; undefined while it is being put back. */
function look<T>(dir: string, work: (reader: Reader) => T): T | undefined {
  const path = join(dir, 'stoop.db');
  if (!existsSync(path)) return undefined;
  const db = openReader(path);
  try {
    return work(createReader(db));
  } finally {
    db.close();
  }
}

/** Lanes of which the building in `dir` has sent something that is not final yet. */
export const lanesUnderWay = (dir: string): string[] =>
  look(dir, (reader) =>
    reader
      .prepare(sql.sent)
      .all<{ lane: string }>()
      .map(({ lane }) => lane),
  ) ?? [];

const countsOf = (dir: string, which: 'waiting' | 'counts'): ReadonlyMap<string, number> =>
  new Map(
    look(dir, (reader) =>
      reader
        .prepare(sql[which])
        .all<{ lane: string; count: number }>()
        .map(({ lane, count }): [string, number] => [lane, count]),
    ),
  );

/** How many intents of each lane the building in `dir` has. */
export const intentsByLane = (dir: string) => countsOf(dir, 'counts');
/** How many of them are not at their end. */
export const waitingByLane = (dir: string) => countsOf(dir, 'waiting');

const countOf = (dir: string, which: 'restless' | 'runningOut', params: object): number =>
  look(dir, (reader) => reader.prepare(sql[which]).get<{ count: number }>(params)!.count) ?? 0;

/** How many intents might have left by now, and are not final. */
export const restlessIntents = (dir: string, nowMs: number): number => countOf(dir, 'restless', { nowMs });
/** How many of them are nowhere yet, and run out before that. */
export const intentsRunningOut = (dir: string, nowMs: number, beforeMs: number): number =>
  countOf(dir, 'runningOut', { nowMs, beforeMs });

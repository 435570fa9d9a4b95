import { existsSync, readFileSync, rmSync } from 'node:fs';
import { writeDurable } from '../platform/durable-file.ts';
import type { Log } from '../platform/log.ts';

/** Since when the line is missing, kept in a file: a month without internet has restarts in it. */
export interface AwayMark {
  readonly sinceMs?: number;
  /** Undefined: the line is there. A disk that is full costs no more than the memory of it. */
  keep(sinceMs: number | undefined): void;
}

/** Without a path it is forgotten with the process. */
export function createAwayMark(path: string | undefined, log: Log): AwayMark {
  let kept = path && existsSync(path) ? Number(readFileSync(path, 'utf8')) : undefined;
  if (!Number.isSafeInteger(kept)) kept = undefined;
  return {
    sinceMs: kept,
    keep(sinceMs) {
      if (!path || sinceMs === kept) return;
      kept = sinceMs;
      try {
        if (sinceMs === undefined) rmSync(path, { force: true });
        else writeDurable(path, `${sinceMs}\n`);
      } catch (error) {
        log.warn({ err: error }, 'since when the line is missing could not be kept');
      }
    },
  };
}

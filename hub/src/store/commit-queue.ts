import { isStoopError } from '../platform/errors.ts';
import type { Connection } from './connection.ts';

interface Waiting {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface CommitQueue {
  /** Runs `work` inside the next shared transaction; settles after its COMMIT. */
  push<T>(work: () => T): Promise<T>;
  /** Commits what waits, then refuses more. */
  close(): void;
  readonly commits: number;
}

/**
 * Actions share a COMMIT: at once after a pause, else at most every `windowMs`. More than `maxBatch` are split, so that
 * no single COMMIT holds the thread for long.
 */
export function createCommitQueue(
  db: Connection,
  windowMs: number,
  nowMs: () => number,
  maxBatch = Number.POSITIVE_INFINITY,
): CommitQueue {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const savepoint = db.prepare('SAVEPOINT action');
  const release = db.prepare('RELEASE action');
  const undo = db.prepare('ROLLBACK TO action');

  const waiting: Waiting[] = [];
  let isScheduled = false;
  let lastCommitMs = Number.NEGATIVE_INFINITY;
  let commits = 0;
  let isClosed = false;

  function runOne({ work }: Waiting): { value: unknown } | { error: unknown } {
    savepoint.run();
    try {
      const value = work();
      release.run();
      return { value };
    } catch (error) {
      // A full disk may already have ended the whole transaction.
      if (db.inTransaction) {
        undo.run();
        release.run();
      }
      return { error };
    }
  }

  function flush(): void {
    isScheduled = false;
    const batch = waiting.splice(0, maxBatch);
    if (batch.length === 0) return;
    if (waiting.length > 0) {
      isScheduled = true;
      setImmediate(flush);
    }
    let outcomes: ({ value: unknown } | { error: unknown })[] = [];
    try {
      begin.run();
      outcomes = batch.map(runOne);
      if (outcomes.some((outcome) => 'value' in outcome)) commit.run();
      else if (db.inTransaction) rollback.run();
      commits++;
    } catch (error) {
      if (db.inTransaction) rollback.run();
      for (const item of batch) item.reject(error);
      return;
    } finally {
      lastCommitMs = nowMs();
    }
    batch.forEach((item, index) => {
      const outcome = outcomes[index]!;
      if ('value' in outcome) item.resolve(outcome.value);
      else item.reject(outcome.error);
    });
  }

  return {
    push<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (isClosed) return reject(new Error('store: is closed'));
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
        if (isScheduled) return;
        isScheduled = true;
        const sinceMs = nowMs() - lastCommitMs;
        if (sinceMs >= windowMs) setImmediate(flush);
        else setTimeout(flush, windowMs - sinceMs);
      });
    },
    close() {
      while (waiting.length > 0) flush();
      isClosed = true;
    },
    get commits() {
      return commits;
    },
  };
}

/** SQLite's own codes for a disk that took no more. */
export function isDiskFull(error: unknown): boolean {
  if (isStoopError(error)) return error.code === 'disk_full';
  const code = (error as { code?: string } | undefined)?.code ?? '';
  return code === 'SQLITE_FULL' || code === 'ENOSPC' || code.startsWith('SQLITE_IOERR_WRITE');
}

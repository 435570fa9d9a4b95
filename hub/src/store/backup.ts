import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFile, syncFolder } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import { type Connection, makeStandalone, openReader, quickCheck } from './connection.ts';
import { schemaVersion } from './migrate.ts';

/** Pages per step of an online copy: small enough that no step holds the thread. */
const pagesPerStep = 200;

/**
 * An online copy of the database at `path`, made beside its name, checked, synced and only then renamed.
 * Throws `store_unavailable` when the copy does not pass the check; nothing is left at `path` then.
 */
export async function verifiedBackup(db: Connection, path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  await db.backup(partial, { progress: () => pagesPerStep });
  try {
    makeStandalone(partial);
    verifyCopy(partial, schemaVersion(db));
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  syncFile(partial);
  renameSync(partial, path);
  syncFolder(dirname(path));
}

/**
 * A verified copy of a database that another process may be writing meanwhile: one read transaction, so that it is one
 * commit's state and a busy writer cannot make it start again.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const db = openReader(from);
  try {
    db.exec('BEGIN');
    // The snapshot begins with the first read.
    db.prepare('SELECT COUNT(*) FROM sqlite_schema').get();
    await verifiedBackup(db, to);
  } finally {
    db.close();
  }
}

/** Throws `store_unavailable` unless the file is a sound database of that schema version. */
export function verifyCopy(path: string, version?: number): void {
  let found: string[];
  try {
    const copy = openReader(path);
    try {
      found = quickCheck(copy);
      if (version !== undefined && schemaVersion(copy) !== version) found.push('schema version differs');
    } finally {
      copy.close();
    }
  } catch (error) {
    throw fail('store_unavailable', {}, error);
  }
  if (found.length > 0) throw fail('store_unavailable', { found: found.join('; ') });
}

import { chownSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { fail } from '../platform/errors.ts';

export interface DataLock {
  release(): void;
}

const lockName = 'lock';
const holderName = 'lock-holder';

/**
 * Makes `who` the only one who writes this data folder, until released or the process ends, however it ends: the
 * kernel keeps the lock (SQLite's exclusive lock on a file of its own), so that none is ever left behind.
 * Throws `data_in_use` while somebody else holds it.
 */
export function lockData(dataDir: string, who: string): DataLock {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, lockName);
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw fail('data_in_use', { holder: holderOf(dataDir) ?? 'another process' }, error);
  }
  const holder = join(dataDir, holderName);
  writeFileSync(holder, `${who}, process ${readlinkSync('/proc/self')}\n`);
  belongLike(dataDir, path, holder);
  return { release: () => void db.close() };
}

/** What the lock's last holder called itself; says nothing about whether it still holds it. */
function holderOf(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, holderName), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What root makes in the hub's folder belongs to the hub's user, who could not open it otherwise. */
export function belongLike(folder: string, ...paths: readonly string[]): void {
  const { uid, gid } = statSync(folder);
  for (const path of paths) {
    const now = statSync(path);
    if (now.uid !== uid || now.gid !== gid) chownSync(path, uid, gid);
  }
}

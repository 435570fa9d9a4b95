import { mkdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkBooks } from '../journal/index.ts';
import { fail } from '../platform/errors.ts';
import { belongLike, createReader, openReader, quickCheck, schemaVersion } from '../store/index.ts';
import { CliError, exit } from './exit-codes.ts';

/** The databases of a building: people and money, measurements. */
export const databases = { store: 'stoop.db', telemetry: 'telemetry.db' } as const;

export const backupsOf = (dataDir: string): string => join(dataDir, 'backups');

/** While this file is there, the hub has an older store than its chain: it reads before it sends. */
export const catchingUpOf = (dataDir: string): string => join(dataDir, 'catching-up');

export interface Checked {
  readonly schemaVersion: number;
  /** Empty when the file is sound and, for the store, its books balance. */
  readonly problems: readonly string[];
}

/** Looks through a database file; what cannot even be opened is a problem too. */
export function checkDatabase(path: string): Checked {
  let version = 0;
  try {
    const db = openReader(path);
    try {
      version = schemaVersion(db);
      const problems = quickCheck(db);
      const isStore = path.endsWith(databases.store);
      return { schemaVersion: version, problems: isStore ? [...problems, ...checkBooks(createReader(db))] : problems };
    } finally {
      db.close();
    }
  } catch (error) {
    return { schemaVersion: version, problems: [error instanceof Error ? error.message : String(error)] };
  }
}

export function sizeOfFile(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** With what is not yet written back into it. Undefined when there is none. */
export function sizeOfDatabase(path: string): number | undefined {
  const size = sizeOfFile(path);
  return size === undefined ? undefined : size + (sizeOfFile(`${path}-wal`) ?? 0);
}

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Throws `disk_full` unless the folder's disk has room for that and a margin. */
export function assertRoom(folder: string, bytes: number): void {
  if (freeBytes(folder) < bytes + 50_000_000) throw fail('disk_full');
}

/** Makes a folder as the hub's user would have, whoever runs this. */
export function makeFolder(path: string, like: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  belongLike(like, path);
}

export function readJson<T>(path: string): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new CliError(`${path} is damaged: it is not JSON.`, exit.data, error);
  }
}

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemClock } from '../platform/clock.ts';
import { writeDurable } from '../platform/durable-file.ts';
import { createEventBus } from '../platform/events.ts';
import { belongLike, listBackups, openStore } from '../store/index.ts';
import { migrations } from '../store/migrations/index.ts';
import { assertRoom, backupsOf, checkDatabase, databases, makeFolder, readJson } from './data-folder.ts';
import { unpackInto } from './put-back.ts';

/** One restore of a backup into a folder that is thrown away afterwards. */
export interface Trial {
  readonly file: string;
  /** As of when the backup is. */
  readonly takenAtMs: number;
  readonly triedAtMs: number;
  /** Empty when a hub could start on it. */
  readonly problems: readonly string[];
}

const recordOf = (dataDir: string): string => join(backupsOf(dataDir), 'tried.json');

export const lastTrial = (dataDir: string): Trial | undefined => readJson<Trial>(recordOf(dataDir));

/**
 * Restores the newest copy as `stoop restore` would, brings it to this hub's schema, looks it through and keeps the
 * result. A sealed one was opened when it was made; its key is on paper. Undefined while there is no copy.
 */
export async function tryRestore(dataDir: string): Promise<Trial | undefined> {
  const backups = backupsOf(dataDir);
  const newest = listBackups(backups)[0];
  if (!newest) return undefined;
  const file = join(backups, newest.name);
  const trial: Trial = {
    file: basename(file),
    takenAtMs: newest.takenAtMs,
    triedAtMs: Date.now(),
    problems: await problemsOf(dataDir, file),
  };
  writeDurable(recordOf(dataDir), `${JSON.stringify(trial, null, 2)}\n`);
  belongLike(dataDir, recordOf(dataDir));
  return trial;
}

async function problemsOf(dataDir: string, file: string): Promise<string[]> {
  assertRoom(dataDir, statSync(file).size * 2);
  makeFolder(backupsOf(dataDir), dataDir);
  const scratch = mkdtempSync(join(backupsOf(dataDir), '.trying-'));
  try {
    await unpackInto(scratch, { file, recoveryCode: async () => '' });
    const path = join(scratch, databases.store);
    const events = createEventBus(() => {});
    (await openStore({ path, clock: systemClock, events, migrations })).close();
    return [...checkDatabase(path).problems];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

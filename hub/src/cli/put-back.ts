import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncFile, syncFolder, writeDurable } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import { belongLike, isSealed, lockData, unseal } from '../store/index.ts';
import { migrations } from '../store/migrations/index.ts';
import { assertRoom, catchingUpOf, checkDatabase, databases } from './data-folder.ts';
import { CliError, exit } from './exit-codes.ts';
import { privateKeyOf } from './recovery-paper.ts';
import { besideOf } from './take-backup.ts';

export interface RestoreRequest {
  readonly dataDir: string;
  readonly file: string;
  /** Whether a building that lies there may be moved aside. */
  readonly isReplacing: boolean;
  /** Asked only when the file is sealed. */
  recoveryCode(): Promise<string>;
}

export interface Restored {
  readonly file: string;
  readonly takenAtMs: number;
  readonly schemaVersion: number;
  readonly databases: readonly string[];
  /** Where the former building lies now. */
  readonly asideAt?: string;
  /** False: this machine never held the members' keys, so PINs open nothing here. */
  readonly hasHubSecret: boolean;
}

/**
 * Puts a backup in place of the data folder's databases. What lay there is moved aside, never deleted; keys of the
 * machine stay. Until everything has passed its checks nothing is touched. The hub that starts on it catches up first.
 * Throws `data_in_use` while a hub runs, `store_newer`, `backup_damaged`, `wrong_recovery_key`.
 */
export async function putBack(request: RestoreRequest): Promise<Restored> {
  const { dataDir, file } = request;
  if (!existsSync(file)) throw new CliError(`There is no file ${file}.`, exit.noInput);
  const lock = lockData(dataDir, 'a restore');
  try {
    const isOccupied = existsSync(join(dataDir, databases.store));
    if (isOccupied && !request.isReplacing) {
      throw new CliError(`${dataDir} holds a building. With --replace it is moved aside first.`, exit.cantWrite);
    }
    assertRoom(dataDir, statSync(file).size);
    const scratch = mkdtempSync(join(dataDir, '.restoring-'));
    try {
      const { takenAtMs, names, schemaVersion } = await unpackInto(scratch, request);
      // From here on a hub without a store does not found a new one, and one with a store reads before it sends.
      writeDurable(catchingUpOf(dataDir), `${JSON.stringify({ restoredAtMs: Date.now(), takenAtMs })}\n`);
      belongLike(dataDir, catchingUpOf(dataDir));
      const asideAt = moveAside(dataDir, names);
      // The store last: without it nothing starts.
      for (const name of names.toReversed()) {
        belongLike(dataDir, join(scratch, name));
        renameSync(join(scratch, name), join(dataDir, name));
      }
      syncFolder(dataDir);
      const hasHubSecret = existsSync(join(dataDir, 'hub-secret'));
      return { file, takenAtMs, schemaVersion, databases: names, ...(asideAt && { asideAt }), hasHubSecret };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  } finally {
    lock.release();
  }
}

/**
 * Opens a backup into an empty folder and looks it through; nothing else is touched.
 * Throws `store_newer`, `backup_damaged`, `wrong_recovery_key`.
 */
export async function unpackInto(scratch: string, request: Pick<RestoreRequest, 'file' | 'recoveryCode'>) {
  const takenAtMs = await unpack(request, scratch);
  const names = Object.values(databases).filter((name) => existsSync(join(scratch, name)));
  return { takenAtMs, names, schemaVersion: assertUsable(request.file, scratch, names) };
}

/** Answers when the backup was taken. */
async function unpack(
  { file, recoveryCode }: Pick<RestoreRequest, 'file' | 'recoveryCode'>,
  scratch: string,
): Promise<number> {
  if (await isSealed(file)) {
    const { madeAtMs } = await unseal(file, { privateKey: privateKeyOf(await recoveryCode()) }, scratch);
    return madeAtMs;
  }
  for (const [from, name] of [
    [file, databases.store],
    [besideOf(file), databases.telemetry],
  ] as const) {
    if (from === file || (besideOf(file) !== file && existsSync(from))) {
      copyFileSync(from, join(scratch, name));
      syncFile(join(scratch, name));
    }
  }
  return Math.floor(statSync(file).mtimeMs);
}

function assertUsable(file: string, scratch: string, names: readonly string[]): number {
  let version = 0;
  for (const name of names) {
    const { problems, schemaVersion } = checkDatabase(join(scratch, name));
    if (problems.length > 0) throw fail('backup_damaged', { file, reason: problems.join('; ') });
    if (name === databases.store) version = schemaVersion;
  }
  const known = Math.max(...migrations.map((migration) => migration.version));
  if (version === 0) throw fail('backup_damaged', { file, reason: 'it holds no building' });
  if (version > known) throw fail('store_newer', { found: version, known });
  return version;
}

/** The databases that are replaced, with their logs, into a folder of their own. */
function moveAside(dataDir: string, names: readonly string[]): string | undefined {
  const present = names
    .flatMap((name) => [name, `${name}-wal`, `${name}-shm`])
    .filter((name) => existsSync(join(dataDir, name)));
  if (present.length === 0) return undefined;
  const aside = join(dataDir, `before-restore-${Date.now()}`);
  mkdirSync(aside, { mode: 0o700 });
  belongLike(dataDir, aside);
  for (const name of present) renameSync(join(dataDir, name), join(aside, name));
  syncFolder(aside);
  syncFolder(dataDir);
  return aside;
}

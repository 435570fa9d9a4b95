import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDurable } from '../platform/durable-file.ts';
import { belongLike, copyDatabase, type Recipient, seal, unseal } from '../store/index.ts';
import {
  assertRoom,
  backupsOf,
  checkDatabase,
  databases,
  makeFolder,
  readJson,
  sizeOfDatabase,
} from './data-folder.ts';
import { CliError, exit } from './exit-codes.ts';

export interface Taken {
  readonly file: string;
  readonly takenAtMs: number;
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly isSealed: boolean;
  /** On another disk than the building's own: the fire that takes one leaves the other. */
  readonly isElsewhere: boolean;
  readonly fingerprint?: string;
}

export interface BackupRequest {
  readonly dataDir: string;
  /** Where the file goes; the data folder's `backups` without one. */
  readonly to?: string;
  readonly withTelemetry: boolean;
  readonly recipient?: Recipient;
  readonly hubVersion: string;
}

const keepSealed = 7;
const recordOf = (dataDir: string): string => join(backupsOf(dataDir), 'taken.json');

export const lastTaken = (dataDir: string): Taken | undefined => readJson<Taken>(recordOf(dataDir));

/**
 * Copies the databases while the hub may go on writing, seals them when there is somebody to seal to, opens what was
 * written again into a scratch folder and looks it through. Only what passed has its name afterwards.
 */
export async function takeBackup(request: BackupRequest): Promise<Taken> {
  const { dataDir, recipient } = request;
  const backups = backupsOf(dataDir);
  const names = [databases.store, ...(request.withTelemetry ? [databases.telemetry] : [])];
  const sizes = names.map((name) => sizeOfDatabase(join(dataDir, name)));
  if (sizes[0] === undefined) throw new CliError(`There is no ${databases.store} in ${dataDir}.`, exit.noInput);
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  assertRoom(dataDir, recipient ? bytes * 2 : bytes);
  makeFolder(backups, dataDir);
  const target = request.to ?? backups;
  if (target !== backups) assertRoom(target, bytes);

  const scratch = mkdtempSync(join(backups, '.taking-'));
  try {
    const present = names.filter((_, index) => sizes[index] !== undefined);
    for (const name of present) await copyDatabase(join(dataDir, name), join(scratch, name));
    const takenAtMs = Date.now();
    const { schemaVersion } = assertSound(join(scratch, databases.store));
    const path = join(target, `stoop-${stampOf(takenAtMs)}.${recipient ? 'sealed' : 'db'}`);
    if (recipient) {
      const files = present.map((name) => ({ name, path: join(scratch, name) }));
      const contentKey = await seal(path, recipient, files, {
        madeAtMs: takenAtMs,
        hubVersion: request.hubVersion,
        schemaVersion,
      });
      await proveRestorable(path, contentKey, scratch).catch((error: unknown) => {
        rmSync(path, { force: true });
        throw error;
      });
    } else {
      for (const name of present)
        publish(join(scratch, name), name === databases.store ? path : besideOf(path), dataDir);
      syncFolder(target);
    }
    if (recipient && target === backups) belongLike(dataDir, path);
    const taken: Taken = {
      file: path,
      takenAtMs,
      bytes: statSync(path).size,
      schemaVersion,
      isSealed: recipient !== undefined,
      isElsewhere: statSync(target).dev !== statSync(dataDir).dev,
      ...(recipient && { fingerprint: recipient.fingerprint }),
    };
    writeDurable(recordOf(dataDir), `${JSON.stringify(taken, null, 2)}\n`);
    belongLike(dataDir, recordOf(dataDir));
    dropOldest(backups);
    return taken;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function publish(from: string, to: string, like: string): void {
  chmodSync(from, 0o600);
  belongLike(like, from);
  renameSync(from, to);
}

/** Where a plain backup keeps the measurements. */
export const besideOf = (path: string): string => path.replace(/\.db$/, '.telemetry');

/** A sealed file that nobody ever opened is a hope: it is opened now, while its key is still in memory. */
async function proveRestorable(path: string, contentKey: Buffer, scratch: string): Promise<void> {
  const folder = mkdtempSync(join(scratch, 'proof-'));
  const { files } = await unseal(path, { contentKey }, folder);
  for (const { name } of files) assertSound(join(folder, name));
}

function assertSound(path: string) {
  const checked = checkDatabase(path);
  if (checked.problems.length > 0)
    throw new CliError(`The copy is not sound: ${checked.problems.join('; ')}`, exit.failed);
  return checked;
}

/** Sealed ones in the hub's own folder; those elsewhere are their owner's. */
function dropOldest(folder: string): void {
  const sealed = readdirSync(folder).filter((name) => name.endsWith('.sealed'));
  for (const name of sealed.sort().slice(0, -keepSealed)) rmSync(join(folder, name));
}

/** `2026-11-21-113426-120`, UTC: names sort as they were taken. */
const stampOf = (atMs: number): string =>
  new Date(atMs).toISOString().replace('T', '-').replace(/[:Z]/g, '').replace('.', '-');

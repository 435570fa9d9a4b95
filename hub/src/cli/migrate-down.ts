import { join } from 'node:path';
import { fail, isStoopError } from '../platform/errors.ts';
import { copyDatabase, lockData, migrateDown, openWriter, schemaVersion } from '../store/index.ts';
import { migrations } from '../store/migrations/index.ts';
import type { Command, Outcome } from './command.ts';
import { assertRoom, backupsOf, databases, makeFolder, sizeOfDatabase } from './data-folder.ts';
import { CliError, exit } from './exit-codes.ts';

interface WentDown {
  readonly from: number;
  readonly to: number;
  /** As it was before. */
  readonly copy?: string;
}

export const migrateDownCommand: Command = {
  name: 'migrate down',
  summary: 'take the store’s schema back, for an older hub; only while the hub is down',
  options: [{ flags: '--to <version>', summary: 'the schema that the older hub knows' }],
  more: `Run it with the newer hub, before the older one is installed. A step that would lose something refuses, and then nothing
is changed. A copy of the store is made first.`,
  async run({ config: { dataDir } }, { to }): Promise<Outcome> {
    const target = typeof to === 'string' && /^\d{1,6}$/.test(to) ? Number(to) : undefined;
    if (target === undefined) throw new CliError('Say how far with --to <version>.', exit.usage);
    const lock = lockData(dataDir, 'a change of the schema');
    try {
      const went = await goDown(dataDir, target);
      const { from, copy } = went;
      if (from === target) return { value: went, lines: [`The schema is ${from} already.`] };
      return { value: went, lines: [`The schema went from ${from} to ${target}. The store as it was: ${copy}`] };
    } finally {
      lock.release();
    }
  },
};

async function goDown(dataDir: string, to: number): Promise<WentDown> {
  const path = join(dataDir, databases.store);
  const size = sizeOfDatabase(path);
  if (size === undefined) throw new CliError(`There is no ${databases.store} in ${dataDir}.`, exit.noInput);
  const db = openWriter(path);
  try {
    const from = schemaVersion(db);
    const known = Math.max(...migrations.map((migration) => migration.version));
    if (from > known) throw fail('store_newer', { found: from, known });
    if (to > from) throw new CliError(`The schema is ${from}; the hub takes it up to ${known} by itself.`, exit.usage);
    if (to === from) return { from, to };
    assertRoom(dataDir, size);
    const backups = backupsOf(dataDir);
    makeFolder(backups, dataDir);
    const copy = join(backups, `before-down-${from}-${Date.now()}.db`);
    await copyDatabase(path, copy);
    migrateDown(db, migrations, to);
    return { from, to, copy };
  } catch (error) {
    if (!isStoopError(error, 'config_invalid')) throw error;
    throw new CliError(
      `Nothing was changed. ${String(error.details.key)} ${String(error.details.rule)}`,
      exit.failed,
      error,
    );
  } finally {
    db.close();
  }
}

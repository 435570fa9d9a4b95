import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createReader, floorBytes, newestRowMs, openReader } from '../../store/index.ts';
import { migrations } from '../../store/migrations/index.ts';
import { catchingUpOf, checkDatabase, databases, freeBytes, sizeOfDatabase } from '../data-folder.ts';
import { sizeOf, spanOf, timeOf } from '../text.ts';
import { bad, type Check, ok, warn } from './check.ts';

export const space: Check = ({ dataDir }) => {
  const free = freeBytes(dataDir);
  const found = `${sizeOf(free)} free`;
  if (free < floorBytes.store)
    return [bad('space', found, 'Members can do nothing until there is room: delete what does not belong here.')];
  if (free < floorBytes.telemetry)
    return [bad('space', found, 'Readings are no longer kept: delete what does not belong here.')];
  if (free < floorBytes.media) return [warn('space', found, 'Media are no longer taken: make room.')];
  return [ok('space', found)];
};

export const store: Check = ({ dataDir }) => {
  const path = join(dataDir, databases.store);
  const size = sizeOfDatabase(path);
  if (size === undefined) return [missingStore(dataDir)];
  const { schemaVersion, problems } = checkDatabase(path);
  const known = Math.max(...migrations.map((migration) => migration.version));
  if (problems.length > 0) {
    const advice = 'Stop the hub and restore the newest good backup: stoop restore <file> --replace';
    return [bad('store', problems.join('; '), advice)];
  }
  if (schemaVersion > known)
    return [bad('store', `schema ${schemaVersion}; this hub knows ${known}`, 'Install the newer hub again.')];
  return [ok('store', `${sizeOf(size)}, schema ${schemaVersion}, sound, and the books balance`)];
};

function missingStore(dataDir: string) {
  if (!existsSync(catchingUpOf(dataDir)))
    return warn('store', 'there is none yet', 'Start the hub once; it founds the store.');
  const aside = readdirSync(dataDir).filter((name) => name.startsWith('before-restore-'));
  const advice = `Run the restore again. What lay there before is in ${aside.at(-1) ?? 'the backups'}.`;
  return bad('store', 'a restore was cut off', advice);
}

export const telemetry: Check = ({ dataDir }) => {
  const path = join(dataDir, databases.telemetry);
  const size = sizeOfDatabase(path);
  if (size === undefined) return [ok('telemetry', 'none yet')];
  const { problems } = checkDatabase(path);
  if (problems.length === 0) return [ok('telemetry', `${sizeOf(size)}, sound`)];
  return [
    bad('telemetry', problems.join('; '), 'Stop the hub and move telemetry.db away: only measurements are in it.'),
  ];
};

/** Earlier than the newest row: nothing falls due until somebody confirms the time. */
export const clock: Check = ({ dataDir, hub }) => {
  const path = join(dataDir, databases.store);
  const now = Date.now();
  if (hub && !hub.isClockTrusted)
    return [
      bad('clock', `${timeOf(now)}, not trusted`, 'Set the time (timedatectl), or let a coordinator confirm it.'),
    ];
  const newest = sizeOfDatabase(path) === undefined ? 0 : newestRow(path);
  if (newest > now + 2000)
    return [
      bad('clock', `${timeOf(now)}, ${spanOf(newest - now)} before the newest entry`, 'Set the time (timedatectl).'),
    ];
  return [ok('clock', timeOf(now))];
};

function newestRow(path: string): number {
  try {
    const db = openReader(path);
    try {
      return newestRowMs({ read: (work) => work(createReader(db)) });
    } finally {
      db.close();
    }
  } catch {
    // Told by the check of the store itself.
    return 0;
  }
}

export const restored: Check = ({ dataDir }) => {
  if (!existsSync(catchingUpOf(dataDir))) return [];
  const advice = 'Nothing to do while it lasts minutes; without a line to the chain it lasts until there is one.';
  return [warn('restore', 'restored; nothing is sent before the chain was read', advice)];
};

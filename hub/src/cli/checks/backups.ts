import { join } from 'node:path';
import { listBackups } from '../../store/index.ts';
import { backupsOf, databases, sizeOfFile } from '../data-folder.ts';
import { readRecipient } from '../recovery-paper.ts';
import { lastTaken } from '../take-backup.ts';
import { spanOf, timeOf } from '../text.ts';
import { lastTrial } from '../try-restore.ts';
import { bad, type Check, ok, warn } from './check.ts';

const weekMs = 7 * 86_400_000;
const twoDaysMs = 2 * 86_400_000;
const twoWeeksMs = 2 * weekMs;

/** The nightly copies on the same disk: against mistakes, not against fire. */
export const nightly: Check = ({ dataDir }) => {
  if (sizeOfFile(join(dataDir, databases.store)) === undefined) return [];
  const newest = listBackups(backupsOf(dataDir))[0];
  if (!newest) return [warn('nightly copy', 'none yet', 'The hub makes one at night; now: stoop backup')];
  const ageMs = Date.now() - newest.takenAtMs;
  const found = `${spanOf(ageMs)} old`;
  if (ageMs > twoDaysMs) return [warn('nightly copy', found, 'Let the hub run at night, or take one: stoop backup')];
  return [ok('nightly copy', found)];
};

/** A copy that nobody ever restored is a hope. */
export const trial: Check = ({ dataDir }) => {
  if (listBackups(backupsOf(dataDir)).length === 0) return [];
  const last = lastTrial(dataDir);
  if (!last) return [warn('restore tried', 'not yet', 'The hub tries one each week at night: let it run.')];
  const when = `${timeOf(last.triedAtMs)}, ${last.file}`;
  if (last.problems.length > 0) {
    const advice = 'Take a new one now, stoop backup, and look at the disk: the copies cannot be relied on.';
    return [bad('restore tried', `${when}: ${last.problems.join('; ')}`, advice)];
  }
  const found = `${when}: sound, and a hub could start on it`;
  if (Date.now() - last.triedAtMs > twoWeeksMs)
    return [warn('restore tried', found, 'The hub tries one each week at night: let it run.')];
  return [ok('restore tried', found)];
};

export const elsewhere: Check = ({ dataDir, context }) => {
  if (context.config.demo.isEnabled) return [ok('backup elsewhere', 'a demonstration needs none')];
  if (sizeOfFile(join(dataDir, databases.store)) === undefined) return [];
  if (!readRecipient(dataDir)) {
    const advice =
      'Make the recovery key and put a backup on another disk: stoop backup --new-recovery-key --to <folder>';
    return [warn('backup elsewhere', 'only one copy exists', advice)];
  }
  const last = lastTaken(dataDir);
  if (!last?.isElsewhere) {
    const advice =
      'Put one on another disk: stoop backup --to <folder>, or copy the newest sealed file there yourself.';
    return [warn('backup elsewhere', 'only one copy exists, as far as this machine knows', advice)];
  }
  const ageMs = Date.now() - last.takenAtMs;
  if (ageMs > weekMs)
    return [warn('backup elsewhere', `${spanOf(ageMs)} old`, 'Take a new one: stoop backup --to <folder>')];
  return [ok('backup elsewhere', `${spanOf(ageMs)} old, sealed`)];
};

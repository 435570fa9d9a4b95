import { listBackups } from '../store/index.ts';
import { backupsOf } from './data-folder.ts';
import { lastTaken } from './take-backup.ts';
import { lastTrial, type Trial } from './try-restore.ts';

/** How well the building's data is kept. */
export interface BackupState {
  /** The newest nightly copy, on the building's own disk. */
  readonly newestAtMs?: number;
  /** The newest one on another disk, as far as this machine knows. */
  readonly elsewhereAtMs?: number;
  /** What takes this disk takes everything. */
  readonly isOnlyCopy: boolean;
  readonly trial?: Trial;
}

export function backupState(dataDir: string): BackupState {
  const taken = lastTaken(dataDir);
  const elsewhereAtMs = taken?.isElsewhere ? taken.takenAtMs : undefined;
  return {
    newestAtMs: listBackups(backupsOf(dataDir))[0]?.takenAtMs,
    elsewhereAtMs,
    isOnlyCopy: elsewhereAtMs === undefined,
    trial: lastTrial(dataDir),
  };
}

import type { Clock } from '../platform/clock.ts';
import { type Job, type Route, route } from '../platform/ports/index.ts';
import { backupState } from './backup-state.ts';
import { lastTrial, type Trial } from './try-restore.ts';

export const trialEveryMs = 7 * 86_400_000;
/** The hour of the night is the same, the minute need not be. */
const slackMs = 3_600_000;

export interface BackupCare {
  readonly dataDir: string;
  readonly clock: Clock;
  /** Runs `tryRestore` off the main thread. */
  tryRestore(): Promise<Trial | undefined>;
}

/** Once a week the newest copy is restored into a scratch folder; after one that failed, the next night again. */
export function backupJobs({ dataDir, clock, tryRestore }: BackupCare): Job[] {
  return [
    {
      name: 'store.try-restore',
      async run() {
        const last = lastTrial(dataDir);
        const isFresh = last?.problems.length === 0 && clock.nowMs() - last.triedAtMs < trialEveryMs - slackMs;
        if (isFresh) return;
        const trial = await tryRestore();
        if (trial && trial.problems.length > 0)
          throw new Error(`${trial.file} cannot be restored: ${trial.problems.join('; ')}`);
      },
    },
  ];
}

export function backupRoutes({ dataDir }: Pick<BackupCare, 'dataDir'>): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/backups',
      summary: 'How well the building’s data is kept: copies, and the last restore that was tried',
      permission: { roles: ['maintainer', 'board'] },
      handle: () => ({ body: backupState(dataDir) }),
    }),
  ];
}

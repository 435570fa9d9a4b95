import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../platform/durable-file.ts';

/**
 * A hub whose store is older than its chain (it was restored): before it sends anything it reads at `finalized` what
 * has landed since. A file says so, so that neither a crash nor a month without a line makes it forget.
 */
export interface CatchUp {
  isDue(): boolean;
  /** The chain's events were read to its finalized head since the start. */
  canRead(): boolean;
  done(): void;
}

export function createCatchUp(path: string, canRead: () => boolean, onDone: () => void): CatchUp {
  let isDue = existsSync(path);
  return {
    isDue: () => isDue,
    canRead,
    done() {
      rmSync(path, { force: true });
      syncFolder(dirname(path));
      isDue = false;
      onDone();
    },
  };
}

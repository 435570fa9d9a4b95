import { existsSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurable } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import type { Action } from '../platform/ports/index.ts';

export type SpaceClass = 'media' | 'telemetry' | 'store';

/** Free bytes below which a class of writing stops: media first, the store last. */
export const floorBytes: Record<SpaceClass, number> = {
  media: 2_000_000_000,
  telemetry: 500_000_000,
  store: 100_000_000,
};

const reserveBytes = 16_000_000;
const lookEveryMs = 2_000;

export interface SpaceGuard {
  hasRoom(spaceClass: SpaceClass): boolean;
  /** Throws `disk_full` for a member's action below the store's floor; the hub's own (release, close) may still write. */
  assertRoom(action: Action): void;
  /** SQLite itself met the end of the disk: give the reserve back so that holds can be released. */
  noticeFull(): void;
}

/** Watches the free space of `dir`'s disk and keeps a reserve file in it. */
export function createSpaceGuard(dir: string, nowMs: () => number, freeBytes = () => readFreeBytes(dir)): SpaceGuard {
  const reserve = join(dir, 'reserve');
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let free = 0;

  function look(): number {
    if (nowMs() - lookedAtMs >= lookEveryMs) {
      lookedAtMs = nowMs();
      free = freeBytes();
      if (free > floorBytes.store * 2 && !existsSync(reserve)) writeDurable(reserve, Buffer.alloc(reserveBytes));
    }
    return free;
  }

  return {
    hasRoom: (spaceClass) => look() >= floorBytes[spaceClass],
    assertRoom(action) {
      if (!action.actor.system && look() < floorBytes.store) throw fail('disk_full');
    },
    noticeFull() {
      rmSync(reserve, { force: true });
      lookedAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}

function readFreeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { clockConfirmed } from '../platform/clock.routes.ts';
import { type Job, type Store, system } from '../platform/ports/index.ts';
import type { OpenStore } from './open.ts';

const dayMs = 86_400_000;
const keepRepliesMs = 7 * dayMs;
const keepChangesMs = 14 * dayMs;
const keepBackups = 7;

const pruneReplies = 'DELETE FROM replies WHERE at_ms < @beforeMs';
const pruneChanges = `DELETE FROM change_log WHERE at_ms < @beforeMs AND seq < (SELECT MAX(seq) FROM change_log)`;
/** Rows of before somebody confirmed the time say nothing about it any more. */
const newestRow = `SELECT MAX(at_ms) AS atMs FROM audit
  WHERE seq >= COALESCE((SELECT MAX(seq) FROM audit WHERE action = '${clockConfirmed}'), 0)`;

export interface BackupFile {
  readonly name: string;
  readonly takenAtMs: number;
}

/** The copies in `dir`, newest first; none when there is no such folder. */
export function listBackups(dir: string): BackupFile[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.db'))
      .map((name) => ({ name, takenAtMs: Math.floor(statSync(join(dir, name)).mtimeMs) }))
      .sort((a, b) => b.takenAtMs - a.takenAtMs);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The time of the newest row ever written, 0 for an empty store: an earlier clock is not trusted. */
export function newestRowMs(store: Pick<Store, 'read'>): number {
  return store.read((reader) => reader.prepare(newestRow).get<{ atMs: number | null }>()?.atMs ?? 0);
}

/** Nightly care: old replies and changes go, the file is checked, a verified copy is made and the oldest dropped. */
export function storeJobs(store: OpenStore, backupDir: string, check: () => Promise<string[]>): Job[] {
  const actor = system('store');
  return [
    {
      name: 'store.prune',
      run: () =>
        store.act({ name: 'store.prune', actor }, (tx) => {
          const replies = tx.prepare(pruneReplies).run({ beforeMs: tx.nowMs - keepRepliesMs }).changes;
          const changes = tx.prepare(pruneChanges).run({ beforeMs: tx.nowMs - keepChangesMs }).changes;
          tx.audit({ replies, changes });
        }),
    },
    {
      name: 'store.check',
      async run() {
        const found = await check();
        if (found.length > 0) throw new Error(found.join('; '));
      },
    },
    {
      name: 'store.backup',
      async run() {
        await store.backup(join(backupDir, `stoop-${Date.now()}.db`));
        for (const { name } of listBackups(backupDir).slice(keepBackups)) rmSync(join(backupDir, name));
      },
    },
  ];
}

import { fail } from '../platform/errors.ts';
import type { Connection } from './connection.ts';

/** One step of the schema. `down` brings back what was there without loss, or says why it cannot. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: string | ((db: Connection) => void);
  readonly down: string | ((db: Connection) => void) | `refused: ${string}`;
}

export function schemaVersion(db: Connection): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** The steps that are missing, oldest first. Throws `store_newer` when the file is ahead of this hub. */
export function pendingMigrations(db: Connection, migrations: readonly Migration[]): Migration[] {
  const found = schemaVersion(db);
  const known = Math.max(0, ...migrations.map((migration) => migration.version));
  if (found > known) throw fail('store_newer', { found, known });
  return migrations.filter((migration) => migration.version > found).sort((a, b) => a.version - b.version);
}

/** Applies each step in a transaction of its own together with its version. */
export function migrateUp(db: Connection, pending: readonly Migration[]): void {
  for (const migration of pending) step(db, migration.up, migration.version);
}

/**
 * Takes the schema back to `target`. Nothing is changed unless every step on the way can go back without loss.
 * Throws `config_invalid` with the step's reason otherwise.
 */
export function migrateDown(db: Connection, migrations: readonly Migration[], target: number): void {
  const found = schemaVersion(db);
  const steps = migrations
    .filter((m) => m.version > target && m.version <= found)
    .sort((a, b) => b.version - a.version);
  const refused = steps.find((m) => typeof m.down === 'string' && m.down.startsWith('refused: '));
  if (refused) throw fail('config_invalid', { key: `migration ${refused.version}`, rule: String(refused.down) });
  for (const migration of steps) step(db, migration.down, migration.version - 1);
}

function step(db: Connection, change: string | ((db: Connection) => void), version: number): void {
  db.transaction(() => {
    if (typeof change === 'string') db.exec(change);
    else change(db);
    db.pragma(`user_version = ${version}`);
  })();
}

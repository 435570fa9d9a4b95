import { fail } from '../../platform/errors.ts';
import type { Connection } from '../connection.ts';

const version = 1;

/**
 * `readings` is the append-only log in the order of arrival; `minutes` is its rollup, written in the same commit, so
 * that a day's curve reads 1,440 rows at most. Nothing here refers to `stoop.db`.
 */
const schema = `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    device TEXT NOT NULL,
    metric TEXT NOT NULL,
    unit TEXT NOT NULL,
    value REAL NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    is_verified INTEGER NOT NULL,
    UNIQUE (device, metric)
  ) STRICT;

  CREATE TABLE readings (
    id INTEGER PRIMARY KEY,
    series INTEGER NOT NULL,
    value REAL NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    sequence INTEGER,
    is_verified INTEGER NOT NULL,
    is_hub_time INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX readings_by_time ON readings (series, taken_at_ms);
  CREATE UNIQUE INDEX readings_by_sequence ON readings (series, sequence) WHERE sequence IS NOT NULL;

  CREATE TABLE minutes (
    series INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sum REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    PRIMARY KEY (series, minute)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE presence (
    device TEXT PRIMARY KEY,
    is_online INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE problems (
    device TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_at_ms INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    sample TEXT NOT NULL,
    PRIMARY KEY (device, kind)
  ) STRICT, WITHOUT ROWID;
`;

/** Brings an empty file to this version. Throws `store_newer` when the file is ahead of this hub. */
export function prepareTelemetry(db: Connection): void {
  const found = db.pragma('user_version', { simple: true }) as number;
  if (found > version) throw fail('store_newer', { found, known: version });
  if (found === version) return;
  db.transaction(() => {
    db.exec(schema);
    db.pragma(`user_version = ${version}`);
  })();
}

import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 1,
  name: 'store',
  up: `
    CREATE TABLE audit (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      action TEXT NOT NULL,
      actor_seat INTEGER,
      system TEXT,
      device_id TEXT,
      detail TEXT NOT NULL
    ) STRICT;

    CREATE TABLE change_log (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      noun TEXT NOT NULL,
      id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      audience TEXT NOT NULL
    ) STRICT;

    CREATE TABLE replies (
      scope TEXT NOT NULL,
      key TEXT NOT NULL,
      request_hash BLOB NOT NULL,
      reply TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (scope, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX replies_by_time ON replies (at_ms);

    CREATE TABLE facts (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  down: 'refused: the audit would be lost',
};

import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 5,
  name: 'garden',
  up: `
    CREATE TABLE sensors (
      id INTEGER PRIMARY KEY,
      sensor_id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      token_hash BLOB NOT NULL,
      created_at_ms INTEGER NOT NULL,
      revision INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE sensor_grants (
      sensor INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
      access TEXT NOT NULL CHECK (access IN ('publish', 'subscribe')),
      filter TEXT NOT NULL,
      PRIMARY KEY (sensor, access, filter)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE waiting_sensors (
      client_id TEXT PRIMARY KEY,
      username TEXT,
      remote_address TEXT NOT NULL,
      first_seen_at_ms INTEGER NOT NULL,
      last_seen_at_ms INTEGER NOT NULL,
      tries INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  down: 'refused: the credentials of the sensors would be lost',
};

import type { Migration } from '../migrate.ts';

/** What mail servers and webhooks answered, and what the hub tells its officers about. */
export const migration: Migration = {
  version: 13,
  name: 'notices',
  up: `
    CREATE TABLE carrier_answers (
      carrier TEXT NOT NULL,
      key TEXT NOT NULL,
      attempt_id TEXT NOT NULL,
      outcome TEXT NOT NULL CHECK (outcome IN ('taken', 'refused', 'deferred')),
      words TEXT NOT NULL,
      tries INTEGER NOT NULL,
      until_ms INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (carrier, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE notices (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('fault', 'order')),
      about TEXT NOT NULL,
      raised_at_ms INTEGER NOT NULL,
      over_at_ms INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX notices_open_faults ON notices (about) WHERE kind = 'fault' AND over_at_ms IS NULL;
    CREATE UNIQUE INDEX notices_orders ON notices (about) WHERE kind = 'order';

    CREATE TABLE notice_readers (
      notice_id INTEGER NOT NULL REFERENCES notices (id),
      lane TEXT NOT NULL,
      reader TEXT NOT NULL,
      intent_id TEXT NOT NULL,
      PRIMARY KEY (notice_id, lane, reader)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE notice_cursor (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      seq INTEGER NOT NULL
    ) STRICT;
  `,
  down: 'refused: what was delivered would be delivered again',
};

import type { Migration } from '../migrate.ts';

/**
 * Changes of a seat's key: those that this hub made a key for (`message` is what the board signs, the wraps wait beside
 * it), and those that the chain told of. `seat_keys` are a seat's keys besides its member's present one: what lies there
 * is the seat's.
 */
export const migration: Migration = {
  version: 10,
  name: 'key-changes',
  up: `
    CREATE TABLE key_changes (
      pk INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      seat INTEGER NOT NULL REFERENCES members (seat),
      state TEXT NOT NULL CHECK (state IN ('asked', 'signing', 'announced', 'done', 'ended')),
      is_recovery INTEGER NOT NULL,
      old_address TEXT NOT NULL,
      new_address TEXT NOT NULL,
      message TEXT,
      signature TEXT,
      asked_by INTEGER REFERENCES members (seat),
      seconded_by INTEGER REFERENCES members (seat),
      intent_id TEXT,
      apply_intent_id TEXT,
      asked_at_ms INTEGER NOT NULL,
      effective_at_ms INTEGER,
      reason TEXT
    ) STRICT;
    CREATE UNIQUE INDEX key_change_pending ON key_changes (seat) WHERE state IN ('asked', 'signing');
    CREATE UNIQUE INDEX key_change_announced ON key_changes (seat) WHERE state = 'announced';
    CREATE INDEX key_change_by_seat ON key_changes (seat);
    CREATE INDEX key_change_by_intent ON key_changes (intent_id);

    CREATE TABLE pending_key_wraps (
      key_change_pk INTEGER NOT NULL REFERENCES key_changes (pk),
      kind TEXT NOT NULL CHECK (kind IN ('pin', 'recovery')),
      salt BLOB NOT NULL,
      memory_kib INTEGER,
      passes INTEGER,
      lanes INTEGER,
      is_hub_bound INTEGER NOT NULL,
      nonce BLOB NOT NULL,
      sealed BLOB NOT NULL,
      lookup BLOB,
      PRIMARY KEY (key_change_pk, kind)
    ) STRICT;

    CREATE TABLE seat_keys (
      address TEXT PRIMARY KEY,
      seat INTEGER NOT NULL REFERENCES members (seat),
      known_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX seat_key_by_seat ON seat_keys (seat);
  `,
  down: 'refused: keys that wait for the board would be lost',
};

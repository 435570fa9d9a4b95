import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 3,
  name: 'outbox',
  up: `
    CREATE TABLE intents (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      lane TEXT NOT NULL,
      subject TEXT NOT NULL,
      seat INTEGER,
      message TEXT NOT NULL,
      authorisations TEXT NOT NULL,
      not_before_ms INTEGER NOT NULL,
      valid_until_ms INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('signed', 'queued', 'sent', 'landed', 'final', 'void')),
      reason TEXT,
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX intents_by_state ON intents (state, lane, id);
    CREATE INDEX intents_by_subject ON intents (subject, seat);

    CREATE TABLE intent_after (
      intent_id INTEGER NOT NULL REFERENCES intents (id),
      after_id INTEGER NOT NULL REFERENCES intents (id),
      PRIMARY KEY (intent_id, after_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE intent_states (
      seq INTEGER PRIMARY KEY,
      intent_id INTEGER NOT NULL REFERENCES intents (id),
      state TEXT NOT NULL,
      reason TEXT,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX intent_states_by_intent ON intent_states (intent_id);

    CREATE TABLE attempts (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      lane TEXT NOT NULL,
      carrier TEXT NOT NULL,
      payload TEXT NOT NULL,
      locator TEXT NOT NULL,
      sender_nonce INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('prepared', 'sent', 'mined', 'final', 'dropped')),
      gas_used INTEGER,
      block_number INTEGER,
      created_at_ms INTEGER NOT NULL,
      updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX attempts_by_state ON attempts (carrier, state);

    CREATE TABLE attempt_items (
      attempt_id INTEGER NOT NULL REFERENCES attempts (id),
      intent_id INTEGER NOT NULL REFERENCES intents (id),
      PRIMARY KEY (attempt_id, intent_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX attempt_items_by_intent ON attempt_items (intent_id);
  `,
  down: 'refused: what waits to be settled would be lost',
};

import type { Migration } from '../migrate.ts';

/**
 * Produce that grows in the building. Grams are booked in the journal, in a currency of each lot's own; these tables say
 * what each movement was. `ref`, `reason_hash` and `nonce` are what the chain knows a row by.
 */
export const migration: Migration = {
  version: 16,
  name: 'produce',
  up: `
    CREATE TABLE lots (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      farm TEXT NOT NULL,
      crop TEXT NOT NULL,
      crop_es TEXT,
      picture TEXT,
      harvest_day INTEGER NOT NULL,
      recorded_grams INTEGER NOT NULL CHECK (recorded_grams > 0),
      certified_grams INTEGER CHECK (certified_grams > 0),
      state TEXT NOT NULL CHECK (state IN ('recorded', 'certifying', 'certified')),
      reason TEXT,
      is_recalled INTEGER NOT NULL DEFAULT 0,
      recorded_by INTEGER,
      document TEXT,
      certifier TEXT,
      token_id TEXT UNIQUE,
      intent_id TEXT,
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX lots_by_intent ON lots (intent_id);

    CREATE TABLE harvests (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      lot_id INTEGER NOT NULL REFERENCES lots (id),
      seat INTEGER NOT NULL,
      grams INTEGER NOT NULL CHECK (grams > 0),
      ref TEXT NOT NULL,
      intent_id TEXT,
      state TEXT NOT NULL CHECK (state IN ('here', 'recorded', 'void')),
      reason TEXT,
      gro_micros INTEGER,
      at_ms INTEGER NOT NULL,
      UNIQUE (lot_id, ref)
    ) STRICT;
    CREATE INDEX harvests_by_seat ON harvests (seat, id);
    CREATE INDEX harvests_by_intent ON harvests (intent_id);
    CREATE INDEX harvests_by_ref ON harvests (ref);

    CREATE TABLE consumptions (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      lot_id INTEGER NOT NULL REFERENCES lots (id),
      seat INTEGER NOT NULL,
      grams INTEGER NOT NULL CHECK (grams > 0),
      why TEXT CHECK (why IN ('eaten', 'donated', 'spoiled')),
      salt TEXT,
      reason_hash TEXT NOT NULL,
      intent_id TEXT,
      state TEXT NOT NULL CHECK (state IN ('here', 'recorded', 'void')),
      reason TEXT,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX consumptions_by_seat ON consumptions (seat, id);
    CREATE INDEX consumptions_by_intent ON consumptions (intent_id);
    CREATE INDEX consumptions_by_reason ON consumptions (reason_hash);

    CREATE TABLE shifts (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      seat INTEGER NOT NULL,
      work TEXT NOT NULL,
      shifts INTEGER NOT NULL CHECK (shifts > 0),
      done_day INTEGER NOT NULL,
      ref TEXT UNIQUE,
      intent_id TEXT,
      state TEXT NOT NULL CHECK (state IN ('reported', 'confirmed', 'recorded', 'declined', 'void')),
      reason TEXT,
      confirmed_by INTEGER,
      gro_micros INTEGER,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX shifts_by_seat ON shifts (seat, id);
    CREATE INDEX shifts_by_state ON shifts (state, id);
    CREATE INDEX shifts_by_intent ON shifts (intent_id);
  `,
  down: 'refused: produce that members hold would be lost',
};

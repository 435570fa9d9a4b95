import type { Migration } from '../migrate.ts';

/** Who is to hold an office on chain, or no longer: asked by the board, signed by its keys, carried as intents. */
export const migration: Migration = {
  version: 19,
  name: 'offices',
  up: `
    CREATE TABLE office_changes (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      office TEXT NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('name', 'remove', 'rotate')),
      addresses TEXT NOT NULL,
      old_board TEXT,
      allowance_micros INTEGER,
      threshold INTEGER,
      asked_by INTEGER NOT NULL,
      announce_intent TEXT,
      carry_intent TEXT NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX office_changes_by_carry ON office_changes (carry_intent);
    CREATE INDEX office_changes_by_announce ON office_changes (announce_intent);
  `,
  down: 'refused: which changes of office are under way would be lost',
};

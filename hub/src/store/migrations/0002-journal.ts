import type { Migration } from '../migrate.ts';

const appendOnly = (table: string) => `
    CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
    CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;

export const migration: Migration = {
  version: 2,
  name: 'journal',
  up: `
    CREATE TABLE currencies (
      id INTEGER PRIMARY KEY,
      code TEXT NOT NULL UNIQUE,
      decimals INTEGER NOT NULL,
      contract TEXT,
      token_id TEXT
    ) STRICT;
    INSERT INTO currencies (code, decimals) VALUES ('FUSD', 6), ('GRO', 6), ('SVC', 6);

    CREATE TABLE accounts (
      id INTEGER PRIMARY KEY,
      currency_id INTEGER NOT NULL REFERENCES currencies (id),
      owner TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('available', 'held', 'owed', 'clearing', 'issued', 'outside')),
      balance_micros INTEGER NOT NULL DEFAULT 0,
      UNIQUE (currency_id, owner, kind)
    ) STRICT;

    CREATE TABLE movements (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      at_ms INTEGER NOT NULL,
      currency_id INTEGER NOT NULL REFERENCES currencies (id),
      kind TEXT NOT NULL CHECK (kind IN ('deposit', 'hold', 'release', 'charge', 'reversal', 'foreign', 'redemption', 'owe')),
      subject_noun TEXT,
      subject_id TEXT,
      reason TEXT,
      reverses INTEGER UNIQUE REFERENCES movements (id)
    ) STRICT;
    CREATE INDEX movements_by_subject ON movements (subject_noun, subject_id);
    ${appendOnly('movements')}

    CREATE TABLE postings (
      movement_id INTEGER NOT NULL REFERENCES movements (id),
      account_id INTEGER NOT NULL REFERENCES accounts (id),
      amount_micros INTEGER NOT NULL CHECK (amount_micros <> 0),
      PRIMARY KEY (account_id, movement_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX postings_by_movement ON postings (movement_id);
    ${appendOnly('postings')}

    CREATE TABLE holds (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      currency_id INTEGER NOT NULL REFERENCES currencies (id),
      seat INTEGER NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      state TEXT NOT NULL CHECK (state IN ('held', 'released', 'charged', 'owed')),
      subject_noun TEXT NOT NULL,
      subject_id TEXT NOT NULL,
      begun_by INTEGER NOT NULL REFERENCES movements (id),
      ended_by INTEGER REFERENCES movements (id),
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX holds_by_seat ON holds (seat, state);
    CREATE INDEX holds_by_subject ON holds (subject_noun, subject_id);
  `,
  down: 'refused: the journal would be lost',
};

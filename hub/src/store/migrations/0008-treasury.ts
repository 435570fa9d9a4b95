import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 8,
  name: 'treasury',
  up: `
    CREATE TABLE deposits (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      seat INTEGER NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      reference TEXT NOT NULL UNIQUE,
      deposit_ref TEXT NOT NULL UNIQUE,
      movement_id TEXT NOT NULL,
      intent_id TEXT NOT NULL UNIQUE,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX deposits_by_seat ON deposits (seat);

    CREATE TABLE reserves (
      sequence INTEGER PRIMARY KEY,
      reserve_micros INTEGER NOT NULL CHECK (reserve_micros >= 0),
      document_hash TEXT NOT NULL,
      intent_id TEXT NOT NULL UNIQUE,
      at_ms INTEGER NOT NULL
    ) STRICT;
  `,
  down: 'refused: deposits would be lost',
};

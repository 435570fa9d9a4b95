import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 7,
  name: 'orders',
  up: `
    CREATE TABLE orders (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      title TEXT NOT NULL,
      title_es TEXT,
      supplier_id TEXT NOT NULL,
      good_id TEXT,
      unit TEXT NOT NULL,
      unit_price_micros INTEGER NOT NULL CHECK (unit_price_micros > 0),
      units_per_case INTEGER NOT NULL CHECK (units_per_case > 0),
      target_micros INTEGER NOT NULL CHECK (target_micros > 0),
      ceiling_micros INTEGER NOT NULL CHECK (ceiling_micros >= target_micros),
      executes TEXT NOT NULL CHECK (executes IN ('at-target', 'at-last-call')),
      deadline_at_ms INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'executing', 'awaiting-closing', 'settled', 'failed', 'cancelled')),
      reason TEXT,
      opened_by_seat INTEGER NOT NULL,
      subject TEXT NOT NULL UNIQUE,
      details_salt TEXT NOT NULL,
      terms TEXT NOT NULL,
      terms_hash TEXT NOT NULL,
      closing TEXT,
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX orders_by_state ON orders (state, deadline_at_ms);

    CREATE TABLE order_lines (
      id INTEGER PRIMARY KEY,
      order_id INTEGER NOT NULL REFERENCES orders (id),
      seat INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      units INTEGER NOT NULL CHECK (units > 0),
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      hold_id TEXT NOT NULL,
      intent_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('set-aside', 'left', 'charged', 'recorded', 'void')),
      reason TEXT,
      joined_at_ms INTEGER NOT NULL,
      UNIQUE (order_id, seat)
    ) STRICT;
    CREATE INDEX order_lines_by_seat ON order_lines (seat, state);
    CREATE INDEX order_lines_by_intent ON order_lines (intent_id);
  `,
  down: 'refused: orders hold money',
};

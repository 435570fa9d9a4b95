import type { Migration } from '../migrate.ts';

/** What the treasurer's desk keeps beside the journal: the bank's lines, the till, invoices, comparisons, reversals. */
export const migration: Migration = {
  version: 17,
  name: 'bank',
  up: `
    CREATE TABLE bank_mappings (
      id INTEGER PRIMARY KEY,
      bank TEXT NOT NULL COLLATE NOCASE UNIQUE,
      mapping TEXT NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE bank_statements (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      bank TEXT NOT NULL,
      format TEXT NOT NULL CHECK (format IN ('csv', 'ofx')),
      file_name TEXT NOT NULL,
      file_hash TEXT NOT NULL,
      line_count INTEGER NOT NULL,
      added_count INTEGER NOT NULL DEFAULT 0,
      first_on TEXT,
      last_on TEXT,
      balance_micros INTEGER,
      balance_on TEXT,
      is_whole INTEGER NOT NULL DEFAULT 0 CHECK (is_whole IN (0, 1)),
      at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE bank_lines (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      statement_id INTEGER NOT NULL REFERENCES bank_statements (id),
      bank TEXT NOT NULL,
      fingerprint TEXT NOT NULL UNIQUE,
      booked_on TEXT NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros <> 0),
      payee TEXT NOT NULL,
      memo TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'matched', 'booked', 'explained')),
      seat INTEGER,
      candidates TEXT NOT NULL DEFAULT '[]',
      note TEXT,
      cause TEXT,
      subject_id TEXT,
      bookings INTEGER NOT NULL DEFAULT 0,
      CHECK ((state = 'explained') = (cause IS NOT NULL))
    ) STRICT;
    CREATE INDEX bank_lines_by_state ON bank_lines (state, id);
    CREATE INDEX bank_lines_by_day ON bank_lines (bank, booked_on, amount_micros);
    CREATE INDEX bank_lines_by_subject ON bank_lines (subject_id);

    CREATE TABLE tills (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      opened_by_seat INTEGER NOT NULL,
      opened_at_ms INTEGER NOT NULL,
      float_micros INTEGER NOT NULL CHECK (float_micros >= 0),
      closed_by_seat INTEGER,
      closed_at_ms INTEGER,
      expected_micros INTEGER,
      counted_micros INTEGER CHECK (counted_micros >= 0),
      reason TEXT,
      CHECK ((closed_at_ms IS NULL) = (counted_micros IS NULL))
    ) STRICT;

    CREATE TABLE receipts (
      number INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('cash', 'money-order')),
      seat INTEGER NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      document TEXT,
      till_id INTEGER REFERENCES tills (id),
      deposit_id TEXT NOT NULL UNIQUE,
      by_seat INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      CHECK ((kind = 'cash') = (till_id IS NOT NULL)),
      CHECK ((kind = 'money-order') = (document IS NOT NULL))
    ) STRICT;
    CREATE UNIQUE INDEX receipts_by_document ON receipts (document) WHERE document IS NOT NULL;
    CREATE INDEX receipts_by_till ON receipts (till_id);

    CREATE TABLE carries (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('cash', 'money-order')),
      till_id INTEGER REFERENCES tills (id),
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      by_seat INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE invoices (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      supplier_id TEXT NOT NULL,
      order_id TEXT,
      number TEXT NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      issued_on TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      UNIQUE (supplier_id, number)
    ) STRICT;
    CREATE INDEX invoices_by_order ON invoices (order_id);

    CREATE TABLE comparisons (
      day TEXT PRIMARY KEY,
      at_ms INTEGER NOT NULL,
      drift_micros INTEGER,
      figures TEXT NOT NULL
    ) STRICT;

    CREATE TABLE reversals (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      movement_id TEXT NOT NULL,
      reason TEXT NOT NULL,
      asked_by_seat INTEGER NOT NULL,
      asked_at_ms INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('asked', 'done', 'refused')),
      decided_by_seat INTEGER,
      decided_at_ms INTEGER,
      follow_up TEXT,
      reversing_id TEXT,
      CHECK (decided_by_seat IS NULL OR decided_by_seat <> asked_by_seat OR state = 'refused')
    ) STRICT;
    CREATE UNIQUE INDEX reversals_once ON reversals (movement_id) WHERE state IN ('asked', 'done');
  `,
  down: 'refused: what the bank and the till said would be lost',
};

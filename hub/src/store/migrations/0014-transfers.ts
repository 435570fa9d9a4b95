import type { Migration } from '../migrate.ts';

/**
 * Money that goes from one seat to another, back to the bank, or from the co-op to a member after the fact, each with the
 * message that was signed for it. A redemption without a seat of a member is the co-op's own: a supplier was paid.
 * `notes` never leave the hub; with the salt they make the hash that the chain keeps.
 */
export const migration: Migration = {
  version: 14,
  name: 'transfers',
  up: `
    CREATE TABLE transfers (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      from_seat INTEGER NOT NULL REFERENCES members (seat),
      to_seat INTEGER NOT NULL REFERENCES members (seat),
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      note TEXT,
      salt TEXT NOT NULL,
      nonce INTEGER NOT NULL,
      hold_id TEXT NOT NULL,
      intent_id TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'recorded', 'void', 'cancelled')),
      reason TEXT,
      at_ms INTEGER NOT NULL,
      CHECK (from_seat <> to_seat),
      UNIQUE (from_seat, nonce)
    ) STRICT;
    CREATE INDEX transfers_by_sender ON transfers (from_seat, id);
    CREATE INDEX transfers_by_receiver ON transfers (to_seat, id);
    CREATE INDEX transfers_by_hold ON transfers (hold_id);

    CREATE TABLE redemptions (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      seat INTEGER NOT NULL,
      is_own INTEGER NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      redemption_ref TEXT NOT NULL UNIQUE,
      pay_to TEXT NOT NULL,
      hold_id TEXT,
      intent_id TEXT NOT NULL UNIQUE,
      end_intent_id TEXT UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('asked', 'pending', 'paying', 'paid', 'returning', 'returned', 'void', 'cancelled')),
      reason TEXT,
      bank_reference TEXT,
      requested_at_ms INTEGER,
      decided_by INTEGER,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX redemptions_by_seat ON redemptions (seat, id);
    CREATE INDEX redemptions_by_state ON redemptions (state, id);
    CREATE INDEX redemptions_by_hold ON redemptions (hold_id);
    CREATE INDEX redemptions_by_end ON redemptions (end_intent_id);
    CREATE UNIQUE INDEX redemptions_by_bank ON redemptions (bank_reference) WHERE bank_reference IS NOT NULL;

    CREATE TABLE corrections (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      to_seat INTEGER NOT NULL REFERENCES members (seat),
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      note TEXT NOT NULL,
      salt TEXT NOT NULL,
      nonce INTEGER NOT NULL UNIQUE,
      order_id TEXT,
      intent_id TEXT UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'recorded', 'void', 'refused')),
      reason TEXT,
      asked_by INTEGER NOT NULL,
      approved_by INTEGER,
      at_ms INTEGER NOT NULL,
      approved_at_ms INTEGER
    ) STRICT;
    CREATE INDEX corrections_by_seat ON corrections (to_seat, id);
    CREATE INDEX corrections_by_time ON corrections (at_ms);

    ALTER TABLE members ADD COLUMN issue_intent_id TEXT;
    ALTER TABLE members ADD COLUMN retire_intent_id TEXT;
    ALTER TABLE members ADD COLUMN retired_at_ms INTEGER;
    CREATE INDEX members_by_issue ON members (issue_intent_id);
  `,
  down: 'refused: money on its way would be lost',
};

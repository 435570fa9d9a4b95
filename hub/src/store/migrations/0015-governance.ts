import type { Migration } from '../migrate.ts';

/**
 * What the building decides. `terms` are what a proposal is bound to: as the building's numbers stood when it opened, and as
 * the chain took them down once it is recorded. `seat_locks` are a seat's words of the lock contract, oldest first.
 */
export const migration: Migration = {
  version: 15,
  name: 'governance',
  up: `
    CREATE TABLE proposals (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      hash TEXT NOT NULL UNIQUE,
      kind TEXT NOT NULL CHECK (kind IN ('text', 'spending', 'parameters')),
      title TEXT NOT NULL,
      title_es TEXT,
      text TEXT NOT NULL,
      text_salt TEXT NOT NULL,
      content TEXT NOT NULL,
      change TEXT,
      proposed_by_seat INTEGER NOT NULL,
      opens_at_ms INTEGER NOT NULL,
      closes_at_ms INTEGER NOT NULL,
      submission_end_ms INTEGER NOT NULL,
      season INTEGER NOT NULL,
      season_length_s INTEGER NOT NULL,
      terms TEXT NOT NULL,
      is_bound INTEGER NOT NULL DEFAULT 0,
      state TEXT NOT NULL CHECK (state IN ('open', 'passed', 'rejected', 'executed', 'void')),
      reason TEXT,
      counts TEXT,
      intent_id TEXT NOT NULL,
      execute_intent_id TEXT,
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX proposals_by_state ON proposals (state, closes_at_ms);
    CREATE INDEX proposals_by_season ON proposals (season, season_length_s);

    CREATE TABLE ballots (
      id INTEGER PRIMARY KEY,
      proposal_id INTEGER NOT NULL REFERENCES proposals (id),
      seat INTEGER NOT NULL,
      revision INTEGER NOT NULL CHECK (revision BETWEEN 1 AND 255),
      support TEXT NOT NULL CHECK (support IN ('against', 'for', 'abstain')),
      votes INTEGER NOT NULL CHECK (votes BETWEEN 1 AND 7),
      intent_id TEXT,
      state TEXT NOT NULL CHECK (state IN ('cast', 'recorded', 'void')),
      reason TEXT,
      cast_at_ms INTEGER NOT NULL,
      UNIQUE (proposal_id, seat)
    ) STRICT;
    CREATE INDEX ballots_by_seat ON ballots (seat);
    CREATE INDEX ballots_by_intent ON ballots (intent_id);

    CREATE TABLE seat_locks (
      seat INTEGER NOT NULL,
      since_s INTEGER NOT NULL,
      amount_micros INTEGER NOT NULL CHECK (amount_micros >= 0),
      until_s INTEGER NOT NULL,
      PRIMARY KEY (seat, since_s)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE lock_requests (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      seat INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('lock', 'withdraw')),
      amount_micros INTEGER NOT NULL CHECK (amount_micros >= 0),
      until_s INTEGER NOT NULL,
      intent_id TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'recorded', 'void')),
      reason TEXT,
      asked_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX lock_requests_by_seat ON lock_requests (seat, state);

    CREATE TABLE building_numbers (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL,
      least TEXT NOT NULL,
      most TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  down: 'refused: signed proposals and ballots would be lost',
};

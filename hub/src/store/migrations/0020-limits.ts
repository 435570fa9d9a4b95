import type { Migration } from '../migrate.ts';

/**
 * What may leave an account in a day, as the finalized token has it: an account's own limit (none: the token's default
 * counts), and the raise that is announced and waits.
 */
export const migration: Migration = {
  version: 20,
  name: 'limits',
  up: `
    CREATE TABLE daily_limits (
      account TEXT PRIMARY KEY,
      limit_micros INTEGER,
      raised_to_micros INTEGER,
      effective_at_ms INTEGER,
      apply_intent_id TEXT
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE default_daily_limit (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      limit_micros INTEGER NOT NULL
    ) STRICT;
  `,
  down: 'DROP TABLE default_daily_limit; DROP TABLE daily_limits;',
};

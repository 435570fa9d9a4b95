import type { Migration } from '../migrate.ts';

/**
 * What sending costs: the chain's price over time, an attempt's further versions (same nonce, other fees; each may land),
 * what each may cost at most and what was paid. `settle_now`: what was queued by then leaves without waiting.
 */
export const migration: Migration = {
  version: 12,
  name: 'fees',
  up: `
    CREATE TABLE fees (
      chain_id INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      base_wei INTEGER NOT NULL,
      tip_wei INTEGER NOT NULL,
      PRIMARY KEY (chain_id, at_ms)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE intents ADD COLUMN queued_at_ms INTEGER;
    ALTER TABLE intents ADD COLUMN urgent_at_ms INTEGER;
    UPDATE intents SET queued_at_ms = (SELECT MIN(s.at_ms) FROM intent_states s
      WHERE s.intent_id = intents.id AND s.state = 'queued') WHERE state IN ('queued', 'sent', 'landed');
    CREATE INDEX intents_by_validity ON intents (lane, valid_until_ms) WHERE state IN ('signed', 'queued');
    CREATE INDEX intents_waiting ON intents (lane, id, queued_at_ms, valid_until_ms, urgent_at_ms, not_before_ms,
      created_at_ms, seat) WHERE state = 'queued';
    CREATE INDEX intents_untried_by_seat ON intents (seat, lane, id, not_before_ms) WHERE state = 'queued' AND reason IS NULL;
    CREATE INDEX intent_after_by_after ON intent_after (after_id);

    ALTER TABLE attempts ADD COLUMN cost_wei TEXT NOT NULL DEFAULT '0';
    ALTER TABLE attempts ADD COLUMN paid_wei TEXT;
    ALTER TABLE attempts ADD COLUMN is_cancel INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE attempts ADD COLUMN version_at_ms INTEGER;
    ALTER TABLE attempts ADD COLUMN landed_locator TEXT;
    CREATE INDEX attempts_by_time ON attempts (carrier, created_at_ms);
    CREATE INDEX attempts_by_locator ON attempts (locator);
    CREATE INDEX attempts_by_sender ON attempts (carrier, sender, sender_nonce);

    CREATE TABLE attempt_versions (
      attempt_id INTEGER NOT NULL REFERENCES attempts (id),
      version INTEGER NOT NULL,
      payload TEXT NOT NULL,
      locator TEXT NOT NULL,
      cost_wei TEXT NOT NULL,
      is_cancel INTEGER NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (attempt_id, version)
    ) STRICT;
    CREATE INDEX attempt_versions_by_locator ON attempt_versions (locator);

    CREATE TABLE settle_now (
      carrier TEXT PRIMARY KEY,
      at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  down: 'refused: bytes that may still land, and what was paid for them, would be lost',
};

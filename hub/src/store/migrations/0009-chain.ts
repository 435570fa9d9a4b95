import type { Migration } from '../migrate.ts';

/**
 * What the watcher saw. `chain` is `<chain id>:<genesis hash>`, so that another chain begins from nothing.
 * A log is told by its transaction and its place among that transaction's logs of one contract: its block may change.
 */
export const migration: Migration = {
  version: 9,
  name: 'chain',
  up: `
    CREATE TABLE chain_log (
      id INTEGER PRIMARY KEY,
      chain TEXT NOT NULL,
      tx_hash TEXT NOT NULL,
      address TEXT NOT NULL,
      ordinal INTEGER NOT NULL,
      contract TEXT NOT NULL,
      event TEXT NOT NULL,
      topics TEXT NOT NULL,
      data TEXT NOT NULL,
      block_number INTEGER NOT NULL,
      block_hash TEXT NOT NULL,
      log_index INTEGER NOT NULL,
      is_foreign INTEGER NOT NULL DEFAULT 0,
      seen_at_ms INTEGER NOT NULL,
      gone_at_ms INTEGER,
      UNIQUE (chain, tx_hash, address, ordinal)
    ) STRICT;
    CREATE INDEX chain_log_by_block ON chain_log (chain, block_number, log_index);

    CREATE TABLE chain_headers (
      chain TEXT NOT NULL,
      number INTEGER NOT NULL,
      hash TEXT NOT NULL,
      parent_hash TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (chain, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE chain_cursors (
      chain TEXT PRIMARY KEY,
      next_block INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  down: 'refused: which foreign movements were booked would be lost, and they would be booked again',
};

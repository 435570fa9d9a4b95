import type { Migration } from '../migrate.ts';

/**
 * What the chain's log comes to: made from `chain_log` and from state reads, and made again by `stoop chain rebuild`.
 * `token` is FUSD, GRO or a lot's number; amounts are decimal, since a token's may exceed 64 bits.
 */
export const migration: Migration = {
  version: 18,
  name: 'projections',
  up: `
    CREATE TABLE projected_transfers (
      id INTEGER PRIMARY KEY,
      chain TEXT NOT NULL,
      token TEXT NOT NULL,
      from_address TEXT NOT NULL,
      to_address TEXT NOT NULL,
      amount TEXT NOT NULL,
      kind TEXT NOT NULL,
      about TEXT,
      tx_hash TEXT,
      block_number INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX projected_transfers_from ON projected_transfers (chain, from_address);
    CREATE INDEX projected_transfers_to ON projected_transfers (chain, to_address);
    CREATE TABLE projected_balances (
      chain TEXT NOT NULL,
      token TEXT NOT NULL,
      address TEXT NOT NULL,
      amount TEXT NOT NULL,
      PRIMARY KEY (chain, token, address)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE projected_ballots (
      chain TEXT NOT NULL,
      proposal TEXT NOT NULL,
      seat INTEGER NOT NULL,
      word INTEGER NOT NULL,
      PRIMARY KEY (chain, proposal, seat)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE projected_locks (
      chain TEXT NOT NULL,
      seat INTEGER NOT NULL,
      amount TEXT NOT NULL,
      until_s INTEGER NOT NULL,
      PRIMARY KEY (chain, seat)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE projected_lots (
      chain TEXT NOT NULL,
      lot TEXT NOT NULL,
      certified_grams INTEGER NOT NULL,
      minted_grams INTEGER NOT NULL,
      consumed_grams INTEGER NOT NULL,
      is_recalled INTEGER NOT NULL,
      PRIMARY KEY (chain, lot)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE projection_cursors (
      chain TEXT PRIMARY KEY,
      block_number INTEGER NOT NULL,
      log_count INTEGER NOT NULL,
      unread_to INTEGER
    ) STRICT, WITHOUT ROWID;
  `,
  down: `
    DROP TABLE projected_transfers;
    DROP TABLE projected_balances;
    DROP TABLE projected_ballots;
    DROP TABLE projected_locks;
    DROP TABLE projected_lots;
    DROP TABLE projection_cursors;
  `,
};

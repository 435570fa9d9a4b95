import type { Migration } from '../migrate.ts';

/**
 * Whose nonces an attempt's is one of: a restored hub may have another relayer key, which begins with nonces of its own.
 * Empty for attempts from before: only those that may still land count for everybody.
 */
export const migration: Migration = {
  version: 11,
  name: 'attempt-senders',
  up: `ALTER TABLE attempts ADD COLUMN sender TEXT NOT NULL DEFAULT '';`,
  down: 'ALTER TABLE attempts DROP COLUMN sender;',
};

import type { Migration } from '../../src/store/migrate.ts';

/** What the example lane keeps: the weighed lots that a registry outside is to know. */
export const migration: Migration = {
  version: 901,
  name: 'certificates',
  up: `
    CREATE TABLE certificates (
      id INTEGER PRIMARY KEY,
      lot TEXT NOT NULL,
      grams INTEGER NOT NULL CHECK (grams > 0),
      intent_id TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL DEFAULT 'here' CHECK (state IN ('here', 'registered', 'void'))
    ) STRICT;
  `,
  down: 'DROP TABLE certificates;',
};

import type { Migration } from '../migrate.ts';

export const migration: Migration = {
  version: 6,
  name: 'suppliers',
  up: `
    CREATE TABLE suppliers (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE,
      name_es TEXT
    ) STRICT;

    CREATE TABLE goods (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
      title TEXT NOT NULL,
      title_es TEXT,
      picture TEXT,
      unit TEXT NOT NULL,
      unit_price_micros INTEGER NOT NULL CHECK (unit_price_micros > 0),
      units_per_case INTEGER NOT NULL CHECK (units_per_case > 0),
      origin TEXT,
      allergens TEXT,
      UNIQUE (supplier_id, title)
    ) STRICT;
  `,
  down: 'DROP TABLE goods; DROP TABLE suppliers;',
};

import type { Migration } from '../migrate.ts';

/**
 * What a supplier asks and offers. A row of `good_editions` holds from one edition of its supplier's list until another;
 * an edition is the price file that made it, 0 is by hand. `goods` is what holds now: applying a price file, or undoing
 * it, moves one number of the supplier.
 */
export const migration: Migration = {
  version: 21,
  name: 'catalogue',
  up: `
    ALTER TABLE suppliers ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE suppliers ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired'));
    ALTER TABLE suppliers ADD COLUMN maker_seat INTEGER;
    ALTER TABLE suppliers ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';
    ALTER TABLE suppliers ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE suppliers ADD COLUMN goods_revision INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE good_editions (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL,
      supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
      from_edition INTEGER NOT NULL DEFAULT 0,
      until_edition INTEGER NOT NULL DEFAULT 9007199254740991 CHECK (until_edition > from_edition),
      revision INTEGER NOT NULL DEFAULT 1,
      title TEXT NOT NULL,
      title_es TEXT,
      sku TEXT,
      gtin TEXT,
      category TEXT,
      picture TEXT,
      unit TEXT NOT NULL,
      unit_price_micros INTEGER NOT NULL CHECK (unit_price_micros > 0),
      units_per_case INTEGER NOT NULL CHECK (units_per_case > 0),
      origin TEXT,
      allergens TEXT,
      diets TEXT,
      status TEXT NOT NULL DEFAULT 'on-sale' CHECK (status IN ('on-sale', 'out', 'retired')),
      details TEXT NOT NULL DEFAULT '{}',
      found_by TEXT NOT NULL,
      difference TEXT CHECK (difference IN ('new', 'price', 'changed', 'missing')),
      before_micros INTEGER,
      moved_permille INTEGER,
      is_stopped INTEGER NOT NULL DEFAULT 0 CHECK (is_stopped IN (0, 1)),
      file_row INTEGER,
      UNIQUE (public_id, from_edition)
    ) STRICT;
    INSERT INTO good_editions (id, public_id, supplier_id, title, title_es, picture, unit, unit_price_micros, units_per_case,
        origin, allergens, found_by)
      SELECT id, public_id, supplier_id, title, title_es, picture, unit, unit_price_micros, units_per_case, origin, allergens,
        lower(title || ' ' || coalesce(title_es, '')) FROM goods;
    DROP TABLE goods;
    CREATE UNIQUE INDEX good_editions_by_sku ON good_editions (supplier_id, sku, from_edition) WHERE sku IS NOT NULL;
    CREATE INDEX good_editions_by_title ON good_editions (title, public_id, status, from_edition, until_edition, found_by);
    CREATE INDEX good_editions_by_supplier
      ON good_editions (supplier_id, title, public_id, status, from_edition, until_edition, found_by);
    CREATE INDEX good_editions_counted ON good_editions (supplier_id, from_edition, until_edition, status);
    CREATE INDEX good_editions_by_edition ON good_editions (from_edition, difference, id) WHERE from_edition > 0;
    CREATE INDEX good_editions_stopped ON good_editions (from_edition) WHERE is_stopped = 1;
    CREATE INDEX good_editions_until ON good_editions (supplier_id, until_edition) WHERE until_edition < 9007199254740991;
    CREATE INDEX good_editions_by_gtin ON good_editions (gtin) WHERE gtin IS NOT NULL;

    CREATE VIEW goods AS
      SELECT g.* FROM good_editions g JOIN suppliers s ON s.id = g.supplier_id
      WHERE +g.from_edition <= s.edition AND +g.until_edition > s.edition;

    CREATE TABLE price_mappings (
      id INTEGER PRIMARY KEY,
      supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
      format TEXT NOT NULL,
      mapping TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      UNIQUE (supplier_id, format)
    ) STRICT;

    CREATE TABLE price_files (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      supplier_id INTEGER NOT NULL REFERENCES suppliers (id),
      format TEXT NOT NULL,
      file_name TEXT NOT NULL,
      file_hash TEXT NOT NULL,
      is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)),
      state TEXT NOT NULL CHECK (state IN ('reading', 'refused', 'ready', 'applied', 'undone', 'discarded')),
      row_count INTEGER NOT NULL DEFAULT 0,
      unchanged_count INTEGER NOT NULL DEFAULT 0,
      to_stage_count INTEGER NOT NULL DEFAULT 0,
      staged_count INTEGER NOT NULL DEFAULT 0,
      problems TEXT NOT NULL DEFAULT '[]',
      problem_count INTEGER NOT NULL DEFAULT 0,
      differences TEXT NOT NULL DEFAULT '{}',
      before_edition INTEGER NOT NULL,
      goods_revision INTEGER NOT NULL,
      by_seat INTEGER,
      at_ms INTEGER NOT NULL,
      decided_at_ms INTEGER
    ) STRICT;
    CREATE INDEX price_files_by_supplier ON price_files (supplier_id, id);
  `,
  down: 'refused: prices and the suppliers’ terms would be lost',
};

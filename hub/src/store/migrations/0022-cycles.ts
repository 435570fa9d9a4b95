import type { Migration } from '../migrate.ts';

/**
 * Cycles: a pickup day with several suppliers. A cycle's order of one supplier is a row of `orders` whose goods are claims,
 * so the columns of a simple order's one good become optional, and a line keeps what was signed beside what is set aside.
 */
export const migration: Migration = {
  version: 22,
  name: 'cycles',
  up: `
    CREATE TABLE cycles (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      title TEXT NOT NULL,
      title_es TEXT,
      coordinator_seat INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN
        ('draft', 'open', 'last-call', 'closed', 'ordered', 'received', 'picked-up', 'settled', 'cancelled')),
      last_call_at_ms INTEGER NOT NULL,
      closes_at_ms INTEGER NOT NULL CHECK (closes_at_ms >= last_call_at_ms),
      pickup_from_ms INTEGER NOT NULL CHECK (pickup_from_ms >= closes_at_ms),
      pickup_to_ms INTEGER NOT NULL CHECK (pickup_to_ms >= pickup_from_ms),
      policy TEXT NOT NULL CHECK (policy IN ('first-come', 'pro-rata', 'least-served')),
      sets_aside TEXT NOT NULL CHECK (sets_aside IN ('at-commit', 'at-last-call')),
      credit_limit_micros INTEGER NOT NULL CHECK (credit_limit_micros >= 0),
      if_missed TEXT NOT NULL CHECK (if_missed IN ('extend', 'cancel', 'send-anyway')),
      markup_basis_points INTEGER NOT NULL CHECK (markup_basis_points BETWEEN 0 AND 10000),
      extended INTEGER NOT NULL DEFAULT 0,
      last_order_at_ms INTEGER,
      fill_id INTEGER,
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX cycles_by_state ON cycles (state, closes_at_ms);

    CREATE TABLE cycle_steps (
      id INTEGER PRIMARY KEY,
      cycle_id INTEGER NOT NULL REFERENCES cycles (id),
      from_state TEXT,
      to_state TEXT NOT NULL,
      by_seat INTEGER,
      reason TEXT,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX cycle_steps_by_cycle ON cycle_steps (cycle_id, id);

    CREATE TABLE cycle_suppliers (
      cycle_id INTEGER NOT NULL REFERENCES cycles (id),
      supplier_id TEXT NOT NULL,
      minimum_micros INTEGER NOT NULL CHECK (minimum_micros >= 0),
      PRIMARY KEY (cycle_id, supplier_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cycle_articles (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      cycle_id INTEGER NOT NULL REFERENCES cycles (id),
      supplier_id TEXT NOT NULL,
      good_id TEXT NOT NULL,
      title TEXT NOT NULL,
      title_es TEXT,
      picture TEXT,
      unit TEXT NOT NULL,
      units_per_case INTEGER NOT NULL CHECK (units_per_case > 0),
      tiers TEXT NOT NULL,
      deposit_micros INTEGER NOT NULL CHECK (deposit_micros >= 0),
      tax_ppm INTEGER NOT NULL CHECK (tax_ppm BETWEEN 0 AND 1000000),
      min_cases INTEGER NOT NULL CHECK (min_cases >= 0),
      max_cases INTEGER CHECK (max_cases >= min_cases),
      stock_max_units INTEGER NOT NULL CHECK (stock_max_units >= 0),
      UNIQUE (cycle_id, good_id)
    ) STRICT;

    CREATE TABLE baskets (
      cycle_id INTEGER NOT NULL REFERENCES cycles (id),
      seat INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      PRIMARY KEY (cycle_id, seat)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE claims (
      id INTEGER PRIMARY KEY,
      cycle_id INTEGER NOT NULL REFERENCES cycles (id),
      article_id INTEGER NOT NULL REFERENCES cycle_articles (id),
      seat INTEGER NOT NULL,
      at_least INTEGER NOT NULL CHECK (at_least >= 0),
      want INTEGER NOT NULL CHECK (want >= at_least),
      up_to INTEGER NOT NULL CHECK (up_to >= want),
      is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
      reason TEXT,
      at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX claims_by_cycle ON claims (cycle_id, id);
    CREATE UNIQUE INDEX claims_current ON claims (article_id, seat) WHERE is_current = 1;
    CREATE INDEX claims_of_seat ON claims (cycle_id, seat) WHERE is_current = 1;

    CREATE TABLE fills (
      id INTEGER PRIMARY KEY,
      cycle_id INTEGER NOT NULL REFERENCES cycles (id),
      cycle_revision INTEGER NOT NULL,
      at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE fill_suppliers (
      fill_id INTEGER NOT NULL REFERENCES fills (id),
      supplier_id TEXT NOT NULL,
      goods_micros INTEGER NOT NULL,
      owed_micros INTEGER NOT NULL,
      stock_micros INTEGER NOT NULL,
      rounding_micros INTEGER NOT NULL,
      is_missed INTEGER NOT NULL,
      is_sent INTEGER NOT NULL,
      PRIMARY KEY (fill_id, supplier_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE fill_articles (
      fill_id INTEGER NOT NULL REFERENCES fills (id),
      article_id INTEGER NOT NULL REFERENCES cycle_articles (id),
      cases INTEGER NOT NULL,
      units INTEGER NOT NULL,
      unit_price_micros INTEGER NOT NULL,
      to_stock INTEGER NOT NULL,
      is_missed INTEGER NOT NULL,
      PRIMARY KEY (fill_id, article_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE fill_shares (
      fill_id INTEGER NOT NULL REFERENCES fills (id),
      seat INTEGER NOT NULL,
      article_id INTEGER NOT NULL REFERENCES cycle_articles (id),
      at_least INTEGER NOT NULL,
      want INTEGER NOT NULL,
      up_to INTEGER NOT NULL,
      units INTEGER NOT NULL,
      why TEXT NOT NULL,
      amount_micros INTEGER NOT NULL,
      PRIMARY KEY (fill_id, seat, article_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE fill_dues (
      fill_id INTEGER NOT NULL REFERENCES fills (id),
      supplier_id TEXT NOT NULL,
      seat INTEGER NOT NULL,
      amount_micros INTEGER NOT NULL,
      PRIMARY KEY (fill_id, supplier_id, seat)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE spends_taken (
      tx_hash TEXT NOT NULL,
      log_index INTEGER NOT NULL,
      address TEXT NOT NULL,
      amount_micros INTEGER NOT NULL,
      subject TEXT,
      PRIMARY KEY (tx_hash, log_index)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX spends_taken_by_subject ON spends_taken (subject, address) WHERE subject IS NOT NULL;

    CREATE TABLE new_orders (
      id INTEGER PRIMARY KEY,
      public_id TEXT NOT NULL UNIQUE,
      revision INTEGER NOT NULL DEFAULT 1,
      kind TEXT NOT NULL CHECK (kind IN ('simple', 'cycle')),
      cycle_id INTEGER REFERENCES cycles (id),
      title TEXT NOT NULL,
      title_es TEXT,
      supplier_id TEXT NOT NULL,
      good_id TEXT,
      unit TEXT,
      unit_price_micros INTEGER CHECK (unit_price_micros > 0),
      units_per_case INTEGER CHECK (units_per_case > 0),
      target_micros INTEGER NOT NULL CHECK (target_micros > 0),
      ceiling_micros INTEGER NOT NULL CHECK (ceiling_micros >= target_micros),
      executes TEXT NOT NULL CHECK (executes IN ('at-target', 'at-last-call')),
      deadline_at_ms INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'executing', 'awaiting-closing', 'settled', 'failed', 'cancelled')),
      reason TEXT,
      opened_by_seat INTEGER NOT NULL,
      subject TEXT NOT NULL UNIQUE,
      details_salt TEXT NOT NULL,
      terms TEXT NOT NULL,
      terms_hash TEXT NOT NULL,
      closing TEXT,
      created_at_ms INTEGER NOT NULL,
      CHECK ((kind = 'cycle') = (cycle_id IS NOT NULL)),
      CHECK (kind = 'cycle' OR (unit IS NOT NULL AND unit_price_micros IS NOT NULL AND units_per_case IS NOT NULL))
    ) STRICT;
    INSERT INTO new_orders (id, public_id, revision, kind, title, title_es, supplier_id, good_id, unit, unit_price_micros,
      units_per_case, target_micros, ceiling_micros, executes, deadline_at_ms, state, reason, opened_by_seat, subject,
      details_salt, terms, terms_hash, closing, created_at_ms)
    SELECT id, public_id, revision, 'simple', title, title_es, supplier_id, good_id, unit, unit_price_micros,
      units_per_case, target_micros, ceiling_micros, executes, deadline_at_ms, state, reason, opened_by_seat, subject,
      details_salt, terms, terms_hash, closing, created_at_ms FROM orders;

    CREATE TABLE new_order_lines (
      id INTEGER PRIMARY KEY,
      order_id INTEGER NOT NULL REFERENCES new_orders (id),
      seat INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      units INTEGER CHECK (units > 0),
      amount_micros INTEGER NOT NULL CHECK (amount_micros > 0),
      max_micros INTEGER NOT NULL CHECK (max_micros >= amount_micros),
      hold_id TEXT,
      intent_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('promised', 'set-aside', 'left', 'charged', 'recorded', 'void')),
      reason TEXT,
      joined_at_ms INTEGER NOT NULL,
      UNIQUE (order_id, seat)
    ) STRICT;
    INSERT INTO new_order_lines (id, order_id, seat, revision, units, amount_micros, max_micros, hold_id, intent_id, state,
      reason, joined_at_ms)
    SELECT id, order_id, seat, revision, units, amount_micros, amount_micros, hold_id, intent_id, state, reason, joined_at_ms
      FROM order_lines;

    DROP TABLE order_lines;
    DROP TABLE orders;
    ALTER TABLE new_orders RENAME TO orders;
    ALTER TABLE new_order_lines RENAME TO order_lines;
    CREATE INDEX orders_by_state ON orders (state, deadline_at_ms);
    CREATE INDEX orders_by_cycle ON orders (cycle_id, supplier_id) WHERE cycle_id IS NOT NULL;
    CREATE INDEX order_lines_by_seat ON order_lines (seat, state);
    CREATE INDEX order_lines_by_intent ON order_lines (intent_id);
    CREATE INDEX order_lines_by_hold ON order_lines (hold_id);
  `,
  down: 'refused: cycles hold money',
};

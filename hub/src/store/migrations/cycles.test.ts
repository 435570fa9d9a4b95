import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openWriter } from '../connection.ts';
import { migrateUp } from '../migrate.ts';
import { migrations } from './index.ts';

describe('the store of a building that has orders', () => {
  it('takes cycles in and leaves orders and lines as they were', () => {
    const { version: own } = migrations.find(({ name }) => name === 'cycles')!;
    const dir = mkdtempSync(join(tmpdir(), 'stoop-'));
    const db = openWriter(join(dir, 'stoop.db'));
    try {
      const [before, after] = [
        migrations.filter(({ version }) => version < own),
        migrations.filter(({ version }) => version >= own),
      ];
      migrateUp(db, before);
      db.exec(`
        INSERT INTO orders (id, public_id, revision, title, supplier_id, unit, unit_price_micros, units_per_case,
          target_micros, ceiling_micros, executes, deadline_at_ms, state, opened_by_seat, subject, details_salt, terms,
          terms_hash, created_at_ms)
        VALUES (7, 'o', 3, 'Rice', 's', 'bag', 2000000, 6, 12000000, 24000000, 'at-target', 9, 'open', 1, '0x1', '0x2', '{}',
          '0x3', 5);
        INSERT INTO order_lines (id, order_id, seat, revision, units, amount_micros, hold_id, intent_id, state, joined_at_ms)
        VALUES (8, 7, 2, 4, 3, 6000000, 'h', 'i', 'set-aside', 6);`);
      const orders = db.prepare('SELECT * FROM orders').all();
      const lines = db.prepare('SELECT * FROM order_lines').all();
      migrateUp(db, after);
      assert.deepEqual(
        db.prepare('SELECT * FROM orders').all(),
        orders.map((row) => ({ ...(row as object), kind: 'simple', cycle_id: null })),
      );
      assert.deepEqual(
        db.prepare('SELECT * FROM order_lines').all(),
        lines.map((row) => ({ ...(row as object), max_micros: 6_000_000 })),
      );
      assert.deepEqual(db.pragma('foreign_key_check'), []);
      assert.throws(() => db.exec(`DELETE FROM orders`), /FOREIGN KEY/);
    } finally {
      db.close();
      rmSync(dir, { recursive: true });
    }
  });
});

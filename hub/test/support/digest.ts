import { createHash } from 'node:crypto';
import type { Store } from '../../src/platform/ports/index.ts';

/** What may move while nothing of the building changes: who looked in, wrong PINs, how far the chain was read. */
const passing = new Set(['audit', 'pin_locks', 'chain_log', 'chain_headers', 'chain_cursors', 'sqlite_sequence']);
const passingColumns = new Set(['sessions.last_seen_at_ms', 'sessions.expires_at_ms', 'devices.last_seen_at_ms']);

/** One hash per table of `stoop.db` over all of its rows, people, money and everything else. */
export function digestOfTables(store: Pick<Store, 'read'>): Record<string, string> {
  return store.read((reader) => {
    const tables = reader
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .all<{ name: string }>()
      .map(({ name }) => name)
      .filter((name) => !passing.has(name));
    return Object.fromEntries(
      tables.map((table) => {
        const columns = reader
          .prepare(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`)
          .all<{ name: string }>()
          .map(({ name }) => name)
          .filter((name) => !passingColumns.has(`${table}.${name}`));
        const hash = createHash('sha256');
        const order = columns.map((_, index) => index + 1).join(', ');
        const rows = reader.prepare(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order}`).all<object>();
        for (const row of rows) hash.update(JSON.stringify(Object.values(row)));
        return [table, `${rows.length} rows, ${hash.digest('hex').slice(0, 16)}`];
      }),
    );
  });
}

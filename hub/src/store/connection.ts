import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Reader, Statement } from '../platform/ports/index.ts';

export type Connection = Database.Database;

/** A writing connection: WAL, every commit synced before it is acknowledged. */
export function openWriter(path: string): Connection {
  const db = new Database(path);
  // People's data: for the hub's user alone. The log and the index beside it take over the mode.
  chmodSync(path, 0o600);
  // busy_timeout comes first: switching to WAL may itself meet a lock.
  db.pragma('busy_timeout = 5000');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('journal_size_limit = 16777216');
  db.pragma('temp_store = MEMORY');
  db.pragma('trusted_schema = OFF');
  return db;
}

export function openReader(path: string): Connection {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  db.pragma('busy_timeout = 5000');
  db.pragma('temp_store = MEMORY');
  db.pragma('trusted_schema = OFF');
  return db;
}

/** Takes a copy out of WAL mode: one file without companions, readable from read-only media too. */
export function makeStandalone(path: string): void {
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

/** Statements prepared once per connection and text; named parameters (`@name`). */
export function createReader(db: Connection): Reader {
  const cache = new Map<string, Statement>();
  return {
    prepare(sql) {
      let statement = cache.get(sql);
      if (!statement) {
        const prepared = db.prepare(sql);
        statement = {
          get: <Row>(params: object = {}) => prepared.get(params) as Row | undefined,
          all: <Row>(params: object = {}) => prepared.all(params) as Row[],
          run: (params: object = {}) => {
            const { changes, lastInsertRowid } = prepared.run(params);
            return { changes, lastInsertRowid: Number(lastInsertRowid) };
          },
        };
        cache.set(sql, statement);
      }
      return statement;
    },
  };
}

/** `ok`, or what SQLite found wrong, at most ten lines. */
export function quickCheck(db: Connection): string[] {
  const rows = db.pragma('quick_check(10)') as { quick_check: string }[];
  return rows.map((row) => row.quick_check).filter((line) => line !== 'ok');
}

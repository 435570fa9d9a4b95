import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { createReader, openReader } from '../store/index.ts';

/** Whatever a table of the store calls a name, label or alias; undefined when there is a store that cannot be read. */
export function namesIn(path: string): string[] | undefined {
  if (!existsSync(path)) return [];
  let db: ReturnType<typeof openReader> | undefined;
  try {
    db = openReader(path);
    const reader = createReader(db);
    const columns = reader
      .prepare(
        `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND c.type = 'TEXT' AND (c.name LIKE '%name' OR c.name LIKE '%alias' OR c.name LIKE '%label')`,
      )
      .all<{ table: string; column: string }>()
      .filter(({ table }) => table !== 'facts');
    const found = columns.flatMap(({ table, column }) =>
      reader
        .prepare(`SELECT DISTINCT "${column}" AS value FROM "${table}" WHERE "${column}" IS NOT NULL LIMIT 20000`)
        .all<{ value: string }>(),
    );
    const facts = columns.length > 0 ? reader.prepare('SELECT value FROM facts').all<{ value: string }>() : [];
    return [...found, ...facts].map(({ value }) => value);
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

/** This machine's own secrets and those in addresses, in the forms in which they could stand in a text. */
export function secretsIn({ dataDir, chain, webhooks }: Config): string[] {
  const files = ['hub-secret', 'relayer-key', 'claim-code'].flatMap((name) => {
    try {
      const bytes = readFileSync(join(dataDir, name));
      return [
        bytes.toString('hex'),
        bytes.toString('base64'),
        bytes.toString('base64url'),
        bytes.toString('utf8').trim(),
      ];
    } catch {
      return [];
    }
  });
  const inUrls = [...chain.rpcUrls, ...webhooks.map(({ url }) => url)]
    .map((url) => new URL(url))
    .flatMap((url) => [...url.pathname.split('/'), ...url.searchParams.values(), url.username, url.password]);
  return [...files, ...inUrls].filter((secret) => secret.length >= 4);
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createReader, openWriter } from './connection.ts';
import { copyDatabase } from './index.ts';

/** Moves money between two accounts as fast as it can, from another process: the sum must never differ. */
const busyWriter = `
  const { openWriter } = await import(process.argv[1]);
  const db = openWriter(process.argv[2]);
  const move = db.prepare('UPDATE account SET micros = micros + CASE id WHEN 1 THEN -1 ELSE 1 END');
  const note = db.prepare('INSERT INTO note (text) VALUES (hex(randomblob(500)))');
  const both = db.transaction(() => { move.run(); note.run(); });
  db.pragma('synchronous = OFF');
  both();
  process.stdout.write('moving');
  const go = () => { for (let i = 0; i < 50; i++) both(); setImmediate(go); };
  go();
`;

describe('a copy of a database that is in use', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stoop-copy-'));
    path = join(dir, 'stoop.db');
    const db = openWriter(path);
    db.exec(`CREATE TABLE account (id INTEGER PRIMARY KEY, micros INTEGER); CREATE TABLE note (text TEXT);
      INSERT INTO account VALUES (1, 500000), (2, 500000); PRAGMA user_version = 3`);
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000)
      INSERT INTO note SELECT hex(randomblob(500)) FROM n`);
    db.close();
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const sumOf = (file: string) => {
    const db = openWriter(file);
    const { sum, first } = createReader(db)
      .prepare('SELECT SUM(micros) AS sum, MIN(micros) AS first FROM account')
      .get<{ sum: number; first: number }>()!;
    db.close();
    return { sum, first };
  };

  it('is of one moment, and is done although another process never stops writing', async () => {
    const connection = new URL('./connection.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', busyWriter, connection, path]);
    await once(child.stdout, 'data');
    const copy = join(dir, 'out/copy.db');
    await copyDatabase(path, copy);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { sum, first } = sumOf(copy);
    assert.equal(sum, 1_000_000);
    assert.ok(first < 500_000, 'it was taken while money moved');
    assert.ok(first > sumOf(path).first, 'and money went on moving afterwards');
    assert.deepEqual(
      readdirSync(join(dir, 'out')).filter((name) => name.includes('partial')),
      [],
    );
  });

  it('holds what a killed hub had committed', async () => {
    const db = openWriter(path);
    db.exec('UPDATE account SET micros = 250000 WHERE id = 1');
    // Not closed: the change lies in the write-ahead log alone.
    await copyDatabase(path, join(dir, 'copy.db'));
    db.close();
    assert.equal(sumOf(join(dir, 'copy.db')).first, 250_000);
  });
});

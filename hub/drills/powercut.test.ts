import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import Database from 'better-sqlite3';
import { restoreShadow, shadowEnv } from './powercut.ts';

/** What the written program may use; it says `done` and then waits to be killed. */
const prelude = `
  import fs from 'node:fs';
  import { open, writeFile, copyFile, rename } from 'node:fs/promises';
  const root = process.env.POWERCUT_ROOT;
  const at = (name) => root + '/' + name;
  const synced = (name, text, flags = 'w') => {
    const fd = fs.openSync(at(name), flags);
    fs.writeSync(fd, text); fs.fsyncSync(fd); fs.closeSync(fd);
  };
  const syncFolder = (name = '') => { const fd = fs.openSync(at(name)); fs.fsyncSync(fd); fs.closeSync(fd); };
`;

describe('a power cut', () => {
  let folder = '';
  let root = '';
  let shadow = '';
  const children = new Set<ChildProcess>();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'powercut-'));
    root = join(folder, 'root');
    shadow = join(folder, 'shadow');
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** Runs a program under the library until it says done (or a line for `until`), kills it, restores. */
  async function cut(program: string, until: (line: string) => boolean = (line) => line === 'done'): Promise<string[]> {
    const env = { ...process.env, ...(await shadowEnv({ root, shadow })) };
    const child = spawn(process.execPath, ['--input-type=module', '-e', `${prelude}${program}`], {
      cwd: import.meta.dirname,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.add(child);
    const exited = once(child, 'exit');
    const lines: string[] = [];
    let rest = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop() ?? '';
        lines.push(...parts);
        if (parts.some(until)) resolve();
      });
      exited.then(() => reject(new Error('the program ended by itself')));
    });
    child.kill('SIGKILL');
    await exited;
    children.delete(child);
    restoreShadow({ root, shadow });
    return lines;
  }
  const hold = "console.log('done'); setInterval(() => {}, 1000);";
  const read = (name: string) => readFileSync(join(root, name), 'utf8');

  test('leaves what was synced, file and entry', async () => {
    await cut(`synced('a', 'hello'); syncFolder(); ${hold}`);
    assert.equal(read('a'), 'hello');
  });

  test('takes what was only written', async () => {
    await cut(
      `synced('a', 'one'); syncFolder(); fs.appendFileSync(at('a'), ' two'); fs.writeFileSync(at('b'), 'x'); ${hold}`,
    );
    assert.equal(read('a'), 'one');
    assert.deepEqual(readdirSync(root), ['a']);
  });

  test('takes a synced file whose folder was not', async () => {
    await cut(`synced('a', 'hello'); ${hold}`);
    assert.deepEqual(readdirSync(root), []);
  });

  test('leaves an empty file where only the entry was synced', async () => {
    await cut(`fs.writeFileSync(at('a'), 'hello'); syncFolder(); ${hold}`);
    assert.equal(read('a'), '');
  });

  test('undoes a rename whose folder was not synced, and keeps one whose was', async () => {
    const replace = "synced('a', 'old'); syncFolder(); synced('a.next', 'new'); fs.renameSync(at('a.next'), at('a'));";
    await cut(`${replace} ${hold}`);
    assert.equal(read('a'), 'old');
    assert.deepEqual(readdirSync(root), ['a']);
    await cut(`${replace} syncFolder(); ${hold}`);
    assert.equal(read('a'), 'new');
    assert.deepEqual(readdirSync(root), ['a']);
  });

  test('brings back what was removed without a sync, though its inode number was used again', async () => {
    await cut(`synced('a', 'first'); syncFolder(); fs.unlinkSync(at('a'));
      for (let i = 0; i < 50; i++) synced('b' + i, 'second'); ${hold}`);
    assert.equal(read('a'), 'first');
    assert.deepEqual(readdirSync(root), ['a']);
  });

  test('keeps folders by their own syncs', async () => {
    await cut(`fs.mkdirSync(at('in')); syncFolder(); synced('in/a', 'x'); fs.mkdirSync(at('in/deep'));
      fs.mkdirSync(at('kept')); synced('kept/a', 'y'); syncFolder('kept'); syncFolder(); ${hold}`);
    assert.deepEqual(readdirSync(join(root, 'in')), []);
    assert.equal(read('kept/a'), 'y');
  });

  test('follows overwriting, cutting and growing', async () => {
    await cut(`synced('a', 'x'.repeat(10000)); syncFolder();
      const fd = fs.openSync(at('a'), 'r+');
      fs.writeSync(fd, 'HEAD', 0); fs.writeSync(fd, 'MID', 5000); fs.fdatasyncSync(fd);
      fs.writeSync(fd, 'LOST', 100);
      synced('b', 'y'.repeat(9000)); synced('b', 'short'); syncFolder();
      const b = fs.openSync(at('b'), 'r+'); fs.ftruncateSync(b, 2); fs.ftruncateSync(b, 6); fs.fsyncSync(b);
      fs.ftruncateSync(b, 1); ${hold}`);
    const expected = `HEAD${'x'.repeat(4996)}MID${'x'.repeat(4997)}`;
    assert.equal(read('a'), expected);
    assert.equal(read('b'), 'sh\0\0\0\0');
  });

  test('follows appending, vectors, synchronous files, copies and files opened only for writing', async () => {
    await cut(`synced('a', 'one ', 'a'); synced('a', 'two ', 'a'); fs.appendFileSync(at('a'), 'three');
      const v = fs.openSync(at('v'), 'w'); fs.writevSync(v, [Buffer.from('ve'), Buffer.from('ctor')]);
      fs.writevSync(v, [Buffer.from('V'), Buffer.from('E')], 0); fs.fsyncSync(v);
      const s = fs.openSync(at('s'), fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_SYNC); fs.writeSync(s, 'sync');
      fs.copyFileSync(at('a'), at('c')); const c = fs.openSync(at('c'), 'r+'); fs.fsyncSync(c);
      fs.writeFileSync(at('f'), 'flushed', { flush: true });
      const h = await open(at('h'), 'w'); await h.writeFile('handle'); await h.sync(); await h.write(' lost');
      syncFolder(); ${hold}`);
    assert.equal(read('a'), 'one two ');
    assert.equal(read('v'), 'VEctor');
    assert.equal(read('s'), 'sync');
    assert.equal(read('c'), 'one two three');
    assert.equal(read('f'), 'flushed');
    assert.equal(read('h'), 'handle');
  });

  test('counts what was there before as synced, with its modes', async () => {
    mkdirSync(join(root, 'old'), { recursive: true });
    writeFileSync(join(root, 'old/secret'), 'kept', { mode: 0o600 });
    await cut(`fs.writeFileSync(at('old/secret'), 'gone'); fs.writeFileSync(at('old/new'), ''); ${hold}`);
    assert.equal(read('old/secret'), 'kept');
    assert.equal(statSync(join(root, 'old/secret')).mode & 0o777, 0o600);
    assert.ok(!existsSync(join(root, 'old/new')));
  });

  test('from several threads at once loses nothing that was acknowledged', async () => {
    const lines = await cut(
      `const all = Array.from({ length: 8 }, async (_, i) => {
        const file = await open(at('t' + i), 'a'); syncFolder();
        for (let n = 0; ; n++) { await file.write(n + '\\n'); await file.datasync(); console.log(i + ' ' + n); }
      }); await Promise.all(all);`,
      (line) => line === '3 60',
    );
    const highest = new Map<string, number>();
    for (const line of lines) {
      const [thread = '', number] = line.split(' ');
      highest.set(thread, Number(number));
    }
    assert.equal(highest.size, 8);
    for (const [thread, number] of highest) {
      const kept = read(`t${thread}`).trimEnd().split('\n').map(Number);
      assert.deepEqual(
        kept,
        kept.map((_, index) => index),
      );
      assert.ok(kept.length > number, `t${thread} kept ${kept.length} lines, ${number + 1} were acknowledged`);
    }
  });

  const sqlite = (synchronous: string) => `
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(at('db')); db.pragma('journal_mode = WAL'); db.pragma('synchronous = ${synchronous}');
    db.pragma('wal_autocheckpoint = 20');
    db.exec('CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, pad TEXT) STRICT');
    const insert = db.prepare("INSERT INTO t (pad) VALUES (?)");
    for (;;) console.log(String(insert.run('x'.repeat(3000)).lastInsertRowid));`;

  test('SQLite with synchronous FULL keeps every acknowledged row, cut after cut, and stays sound', async () => {
    for (const until of [5, 47, 130]) {
      const lines = await cut(sqlite('FULL'), (line) => Number(line) >= until);
      const db = new Database(join(root, 'db'));
      const { rows } = db.prepare('SELECT count(*) AS rows FROM t').get() as { rows: number };
      assert.deepEqual(db.pragma('integrity_check'), [{ integrity_check: 'ok' }]);
      db.close();
      assert.ok(rows >= Number(lines.at(-1)), `${rows} rows, ${lines.at(-1)} acknowledged`);
    }
  });

  test('SQLite with synchronous OFF loses acknowledged rows: the drill can fail', async () => {
    await cut(`${sqlite('FULL').replace('for (;;)', 'for (let i = 0; i < 3; i++)')} ${hold}`);
    const lines = await cut(sqlite('OFF'), (line) => Number(line) >= 60);
    const db = new Database(join(root, 'db'));
    const { rows } = db.prepare('SELECT count(*) AS rows FROM t').get() as { rows: number };
    db.close();
    assert.ok(rows < Number(lines.at(-1)), `${rows} rows, ${lines.at(-1)} acknowledged`);
  });
});

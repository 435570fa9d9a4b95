import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openReader, openWriter, unseal } from '../store/index.ts';
import { privateKeyOf } from './recovery-paper.ts';
import { type CliHouse, createCliHouse } from './testing/cli-house.ts';

describe('stoop backup and restore', () => {
  let house: CliHouse;
  let stick: string;
  let keyFile: string;
  let paper: { file: string; recoveryCode: string; fingerprint: string };

  const json = async (...args: string[]) => {
    const said = await house.stoop(...args, '--json');
    return { ...said, value: JSON.parse(said.out || said.err) };
  };
  const inData = (name: string) => join(house.dataDir, name);
  const restore = (file: string, ...more: string[]) => json('restore', file, '--key-file', keyFile, ...more);
  const names = async () => {
    await house.startHub();
    const { items } = (await json('members')).value;
    await house.stopHub();
    return items.map(({ name }: { name: string }) => name);
  };
  const damage = (file: string, at: number) => {
    const bytes = readFileSync(file);
    bytes[at]! ^= 1;
    const path = join(house.dir, 'damaged');
    writeFileSync(path, bytes);
    return path;
  };

  before(async () => {
    house = createCliHouse();
    stick = join(house.dir, 'stick');
    keyFile = join(house.dir, 'paper');
    mkdirSync(stick);
    const [http = ''] = await house.startHub();
    const { code } = (await json('claim')).value;
    const reply = await fetch(`${http}/api/claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), origin: http },
      body: JSON.stringify({ code, buildingName: 'Elm', name: 'Zenobia Quill', dwelling: '7C', pin: '482913' }),
    });
    assert.equal(reply.status, 200);
  });
  after(() => house.dispose());

  it('without a key copies to the data folder and lets nothing leave it', async () => {
    const said = await house.stoop('backup');
    assert.equal(said.code, 0);
    assert.match(said.out, /not sealed/);
    assert.match(said.out, /only one copy exists/);
    const refused = await house.stoop('backup', '--to', stick);
    assert.equal(refused.code, 78);
    assert.match(refused.err, /--new-recovery-key/);
    assert.deepEqual(readdirSync(stick), []);
  });

  it('makes a key, shows it once and keeps only its public half', async () => {
    const { value, code } = await json('backup', '--new-recovery-key', '--all', '--to', stick);
    assert.equal(code, 0);
    paper = value;
    assert.match(paper.recoveryCode, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
    writeFileSync(keyFile, `${paper.recoveryCode.toLowerCase()}\n`);
    const everything = readdirSync(house.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    for (const form of [paper.recoveryCode, paper.recoveryCode.replaceAll('-', '')])
      assert.ok(everything.every((content) => !content.includes(form)));
    const again = (await json('backup', '--to', stick)).value;
    assert.equal(again.fingerprint, paper.fingerprint);
    assert.equal(again.recoveryCode, undefined);
    assert.equal(statSync(again.file).mode & 0o777, 0o600);
  });

  it('holds people and measurements, and no key of the machine', async () => {
    const out = join(house.dir, 'opened');
    mkdirSync(out);
    writeFileSync(inData('relayer-key'), '7f'.repeat(32));
    const { file } = (await json('backup', '--all')).value;
    await unseal(file, { privateKey: privateKeyOf(paper.recoveryCode) }, out);
    assert.deepEqual(readdirSync(out).sort(), ['stoop.db', 'telemetry.db']);
    const content = ['stoop.db', 'telemetry.db'].map((name) => readFileSync(join(out, name)));
    assert.ok(content[0]!.includes('Zenobia Quill'));
    for (const name of ['hub-secret', 'relayer-key']) {
      const secret = readFileSync(inData(name));
      assert.ok(
        content.every((bytes) => !bytes.includes(secret) && !bytes.includes(secret.toString('hex'))),
        name,
      );
    }
    assert.ok(content.every((bytes) => !bytes.includes('PRIVATE KEY')));
    assert.ok(!readFileSync(file).includes('Zenobia'));
    assert.deepEqual(
      readdirSync(inData('backups')).filter((name) => name.startsWith('.')),
      [],
      'no scratch is left',
    );
  });

  it('counts as elsewhere only on another disk', async () => {
    const { findings } = (await json('doctor')).value;
    const { level, found } = findings.find(({ check }: { check: string }) => check === 'backup elsewhere');
    assert.equal(level, 'warn');
    assert.match(found, /only one copy exists/);
  });

  it('touches nothing when the file is damaged, not one, of another key or mistyped', async () => {
    await house.stopHub();
    const before = readFileSync(inData('stoop.db'));
    const size = statSync(paper.file).size;
    assert.equal((await restore(damage(paper.file, size - 20_000), '--replace')).code, 65);
    assert.equal((await restore(damage(paper.file, 60), '--replace')).code, 65);
    const plain = readdirSync(inData('backups')).find((name) => name.endsWith('.db'))!;
    const noise = damage(join(inData('backups'), plain), 3);
    assert.equal((await restore(noise, '--replace')).code, 65);
    assert.equal((await restore(join(house.dir, 'nothing'), '--replace')).code, 66);

    writeFileSync(keyFile, '0000-0000-0000-0000-0000-0000-0000');
    const wrong = await restore(paper.file, '--replace');
    assert.equal(wrong.code, 77);
    assert.match(wrong.value.error.message, new RegExp(paper.fingerprint));
    writeFileSync(
      keyFile,
      paper.recoveryCode.replace(/.$/, (sign) => (sign === 'A' ? 'B' : 'A')),
    );
    assert.equal((await restore(paper.file, '--replace')).value.error.code, 'wrong_recovery_code');
    assert.equal((await json('restore', paper.file, '--replace')).code, 64);
    writeFileSync(keyFile, paper.recoveryCode);

    const occupied = await restore(paper.file);
    assert.equal(occupied.code, 73);
    assert.match(occupied.value.error.message, /--replace/);
    assert.deepEqual(readFileSync(inData('stoop.db')), before);
    assert.equal(existsSync(inData('catching-up')), false);
    assert.deepEqual(
      readdirSync(house.dataDir).filter((name) => name.startsWith('.restoring') || name.startsWith('before')),
      [],
    );
  });

  it('refuses a backup of a newer hub', async () => {
    const path = join(house.dir, 'newer.db');
    const plain = readdirSync(inData('backups')).find((name) => name.endsWith('.db'))!;
    writeFileSync(path, readFileSync(join(inData('backups'), plain)));
    const db = openWriter(path);
    db.pragma('user_version = 999');
    db.pragma('journal_mode = DELETE');
    db.close();
    const { code, value } = await restore(path, '--replace');
    assert.equal(code, 65);
    assert.match(value.error.message, /version 999/);
  });

  it('refuses books that do not balance', async () => {
    const path = join(house.dir, 'unbalanced.db');
    const plain = readdirSync(inData('backups')).find((name) => name.endsWith('.db'))!;
    writeFileSync(path, readFileSync(join(inData('backups'), plain)));
    const db = openWriter(path);
    db.exec(
      `INSERT INTO accounts (owner, kind, currency_id, balance_micros) SELECT 'seat:9', 'available', id, 5 FROM currencies LIMIT 1`,
    );
    db.pragma('journal_mode = DELETE');
    db.close();
    const { code, value } = await restore(path, '--replace');
    assert.equal(code, 65);
    assert.match(value.error.message, /seat:9/);
  });

  it('brings back what was, keeps what is aside, and the hub starts on it', async () => {
    const db = openWriter(inData('stoop.db'));
    db.exec("UPDATE members SET name = 'Somebody Else'");
    db.close();
    const { value, code } = await restore(paper.file, '--replace');
    assert.equal(code, 0);
    assert.deepEqual(value.databases, ['stoop.db', 'telemetry.db']);
    assert.equal(value.hasHubSecret, true);
    assert.deepEqual(await names(), ['Zenobia Quill']);
    const aside = openReader(join(value.asideAt, 'stoop.db'));
    assert.deepEqual(aside.prepare('SELECT name FROM members').all(), [{ name: 'Somebody Else' }]);
    aside.close();
  });

  it('founds a lost machine anew, and says what a new machine lacks', async () => {
    const dataDir = join(house.dir, 'new-machine');
    const { value, code } = await restore(paper.file, '--data', dataDir);
    assert.equal(code, 0);
    assert.equal(value.asideAt, undefined);
    assert.equal(value.hasHubSecret, false);
    const words = await house.stoop('restore', paper.file, '--key-file', keyFile, '--data', `${dataDir}-2`);
    assert.match(words.out, /recovery codes/);
  });

  it('keeps a plain copy’s measurements beside it', async () => {
    const dataDir = join(house.dir, 'plain');
    await house.startHub('--data', dataDir);
    const { file } = (await json('backup', '--all', '--data', dataDir)).value;
    await house.stopHub();
    const { value } = await json('restore', file, '--replace', '--data', dataDir);
    assert.deepEqual(value.databases, ['stoop.db', 'telemetry.db']);
  });

  it('lets a new key replace the old without losing what the old one sealed', async () => {
    const said = await house.stoop('backup', '--new-recovery-key');
    assert.match(said.out, new RegExp(`still need the former key, ${paper.fingerprint}`));
    assert.equal((await restore(paper.file, '--replace')).code, 0);
  });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../platform/errors.ts';
import { isSealed, recipientOf, recoveryPrivateKey, seal, unseal } from './index.ts';

const facts = { madeAtMs: 1_700_000_000_000, hubVersion: '0.1.0', schemaVersion: 9 };

describe('a sealed backup', () => {
  let dir: string;
  let path: string;
  const privateKey = recoveryPrivateKey(Buffer.from('the paper in the drawer of the board'));
  const recipient = recipientOf(privateKey);

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stoop-sealed-'));
    path = join(dir, 'a.sealed');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const file = (name: string, content: Uint8Array) => {
    writeFileSync(join(dir, name), content);
    return { name, path: join(dir, name) };
  };
  const folder = () => mkdtempSync(join(dir, 'out-'));
  const isDamaged = (error: unknown) => isStoopError(error, 'backup_damaged');

  it('gives every byte back to the key on paper, whatever the sizes', async () => {
    for (const sizes of [
      [1, 0],
      [65_535, 65_537],
      [65_536, 3 * 65_536],
      [200_000, 1],
    ] as const) {
      const contents = sizes.map((size) => randomBytes(size));
      const files = contents.map((content, index) => file(index === 0 ? 'stoop.db' : 'telemetry.db', content));
      await seal(path, recipient, files, facts);
      assert.equal(await isSealed(path), true);
      const out = folder();
      const header = await unseal(path, { privateKey }, out);
      assert.deepEqual(
        header.files,
        sizes.map((bytes, index) => ({ name: files[index]!.name, bytes })),
      );
      for (const [index, { name }] of files.entries()) assert.deepEqual(readFileSync(join(out, name)), contents[index]);
    }
  });

  it('shows nothing of its content and leaves nothing half done', async () => {
    const content = Buffer.from('Ana Rivera, apartment 4B '.repeat(5000));
    await seal(path, recipient, [file('stoop.db', content)], facts);
    assert.equal(readFileSync(path).includes('Rivera'), false);
    assert.equal(readdirSync(dir).filter((name) => name.endsWith('.partial')).length, 0);
    await assert.rejects(seal(join(dir, 'nowhere/a.sealed'), recipient, [file('stoop.db', content)], facts));
  });

  it('stays shut for another key and says which one it needs', async () => {
    await seal(path, recipient, [file('stoop.db', randomBytes(100))], facts);
    const other = recoveryPrivateKey(Buffer.from('another paper'));
    await assert.rejects(
      unseal(path, { privateKey: other }, folder()),
      (error) => isStoopError(error, 'wrong_recovery_key') && error.message.includes(recipient.fingerprint),
    );
  });

  it('notices every kind of damage: a bit anywhere, a cut, an addition, exchanged parts', async () => {
    await seal(path, recipient, [file('stoop.db', randomBytes(150_000))], facts);
    const whole = readFileSync(path);
    const headerEnd = whole.indexOf('}]}') + 3;
    const part = 65_536 + 16;
    const changed = (index: number) => Buffer.from(whole).fill(whole[index]! ^ 1, index, index + 1);
    const fill = Buffer.from(whole);
    whole.copy(fill, headerEnd, headerEnd + part, headerEnd + 2 * part);
    whole.copy(fill, headerEnd + part, headerEnd, headerEnd + part);
    const damages: [string, Buffer][] = [
      ['no backup at all', Buffer.from('something else entirely, and long enough')],
      ['empty', Buffer.alloc(0)],
      ['the magic', changed(0)],
      ['the header', changed(whole.indexOf('1700000000000') + 3)],
      ['the first part', changed(headerEnd + 5)],
      ['the last byte', changed(whole.length - 1)],
      ['cut within a part', whole.subarray(0, -1000)],
      ['cut between parts', whole.subarray(0, headerEnd + part)],
      ['something at the end', Buffer.concat([whole, Buffer.from([0])])],
      ['exchanged parts', fill],
    ];
    for (const [what, bytes] of damages) {
      writeFileSync(path, bytes);
      await assert.rejects(unseal(path, { privateKey }, folder()), isDamaged, what);
    }
    writeFileSync(path, whole);
    await unseal(path, { privateKey }, folder());
  });

  it('writes only where it is told, whatever its list of files says', async () => {
    mkdirSync(join(dir, 'inner'));
    await seal(path, recipient, [{ name: '../escaped.db', path: file('stoop.db', randomBytes(9)).path }], facts);
    await assert.rejects(unseal(path, { privateKey }, join(dir, 'inner')), isDamaged);
    assert.equal(readdirSync(dir).includes('escaped.db'), false);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { judge, natives } from './check-natives.ts';
import { compareVersions, readElf } from './elf.ts';

describe('native files', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'natives-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The header of an ELF file without anything in it. */
  function plant(path: string, machine: number) {
    const header = Buffer.alloc(64);
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    header.writeUInt16LE(machine, 0x12);
    header.writeUInt16LE(56, 0x36);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), header);
  }
  const x64 = 62;
  const arm64 = 183;

  test('need the versions that readelf names too', () => {
    const listed = execFileSync('readelf', ['-V', process.execPath], { encoding: 'utf8' });
    const highest = (prefix: string) =>
      [...listed.matchAll(new RegExp(`Name: ${prefix}_([\\d.]+)`, 'g'))]
        .map((match) => match[1]!)
        .sort(compareVersions)
        .at(-1);
    const elf = readElf(process.execPath);
    assert.ok(highest('GLIBC'));
    assert.equal(elf?.glibc, highest('GLIBC'));
    assert.equal(elf?.glibcxx, highest('GLIBCXX'));
    assert.equal(elf?.machine, process.arch === 'arm64' ? 'aarch64' : 'x86-64');
  });

  test('are told from other files', () => {
    writeFileSync(join(folder, 'short'), '\x7fELF');
    writeFileSync(join(folder, 'text.node'), 'not an ELF file, however long it may be');
    assert.equal(readElf(join(folder, 'short')), undefined);
    assert.equal(readElf(join(folder, 'text.node')), undefined);
  });

  test('order versions by number', () => {
    assert.deepEqual(['2.4', '2.35', '2.17', '2.2.5'].sort(compareVersions), ['2.2.5', '2.4', '2.17', '2.35']);
  });

  test('of another CPU are wrong without a twin, and dormant beside one', () => {
    plant('a/prebuilds/linux-x64.node', x64);
    plant('a/prebuilds/linux-arm64.node', arm64);
    plant('a/prebuilds/linuxmusl-x64.node', x64);
    plant('b/lib-x86_64.so', x64);
    plant('b/lib-aarch64.so', arm64);
    plant('c/build/addon.node', x64);
    plant('d/bin/tool', x64);
    const paths = (list: readonly { path: string }[]) => list.map((native) => native.path).sort();
    const verdict = judge(natives(folder), 'arm64');
    assert.deepEqual(paths(verdict.own), ['a/prebuilds/linux-arm64.node', 'b/lib-aarch64.so']);
    assert.deepEqual(paths(verdict.dormant), [
      'a/prebuilds/linux-x64.node',
      'a/prebuilds/linuxmusl-x64.node',
      'b/lib-x86_64.so',
    ]);
    assert.deepEqual(paths(verdict.wrong), ['c/build/addon.node', 'd/bin/tool']);
    assert.deepEqual(paths(judge(natives(folder), 'x64').wrong), []);
  });
});

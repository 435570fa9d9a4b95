import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { missing } from './is-installed.ts';

describe('what is installed', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'installed-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const one = { version: '1.0.0', integrity: 'sha512-a' };
  const other = process.arch === 'x64' ? 'arm64' : 'x64';
  const lock = {
    '': { name: 'x' },
    hub: { name: 'hub' },
    'node_modules/a': one,
    'node_modules/here': { ...one, optional: true, os: ['linux'], cpu: [process.arch] },
    'node_modules/there': { ...one, optional: true, os: ['linux'], cpu: [other] },
    'node_modules/musl': { ...one, optional: true, os: ['linux'], cpu: [process.arch], libc: ['musl'] },
    'node_modules/wasm': { ...one, optional: true },
  };
  const here = { 'node_modules/a': one, 'node_modules/here': lock['node_modules/here'] };

  function plant(installed: Record<string, object>) {
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: lock }));
    for (const path of Object.keys(installed)) mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }

  test('is complete without what other machines need', () => {
    plant(here);
    assert.deepEqual(missing(root), []);
  });

  test('lacks what is not there, has another version or lost its folder', () => {
    plant({ 'node_modules/a': { ...one, version: '1.0.1' } });
    assert.deepEqual(missing(root), ['node_modules/a', 'node_modules/here']);
    plant(here);
    rmSync(join(root, 'node_modules/here'), { recursive: true });
    assert.deepEqual(missing(root), ['node_modules/here']);
  });

  test('is nothing before the first install', () => {
    writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: lock }));
    assert.equal(missing(root).length, 1);
  });
});

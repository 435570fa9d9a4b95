import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../platform/errors.ts';
import { lockData } from './index.ts';

const holder = `
  const { lockData } = await import(process.argv[1]);
  lockData(process.argv[2], 'a drill');
  process.stdout.write('held');
  setInterval(() => {}, 1000);
`;

describe('the lock of a data folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stoop-lock-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is one holder’s until released, also within one process', () => {
    const first = lockData(dir, 'the hub');
    assert.throws(
      () => lockData(dir, 'a restore'),
      (error) => isStoopError(error, 'data_in_use') && /the hub, process \d+/.test(error.message),
    );
    first.release();
    lockData(dir, 'a restore').release();
  });

  it('keeps other processes out, and is free at once when its holder is killed', async () => {
    const module = new URL('./index.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', holder, module, dir]);
    await once(child.stdout, 'data');
    assert.throws(
      () => lockData(dir, 'a restore'),
      (error) => isStoopError(error, 'data_in_use') && error.message.includes(`a drill, process ${child.pid}`),
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockData(dir, 'a restore').release();
  });
});

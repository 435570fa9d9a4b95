import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preload } from './preload.ts';

const settled = () => new Promise(setImmediate);

test('what is one touch away is fetched one by one, in idle time only, past what fails', async () => {
  const idle: (() => void)[] = [];
  const done: string[] = [];
  const load = (name: string) => async () => {
    done.push(name);
    if (name === 'broken') throw new Error('away');
  };
  preload(['orders', 'broken', 'garden'].map(load), (run) => idle.push(run), new AbortController().signal);
  await settled();
  assert.deepEqual([done, idle.length], [[], 1]);
  for (const expected of [['orders'], ['orders', 'broken'], ['orders', 'broken', 'garden']]) {
    idle.shift()!();
    await settled();
    assert.deepEqual(done, expected);
  }
  assert.equal(idle.length, 0);
});

test('nothing is fetched any more once the page is gone', async () => {
  const stopping = new AbortController();
  const idle: (() => void)[] = [];
  const done: string[] = [];
  preload([async () => done.push('orders')], (run) => idle.push(run), stopping.signal);
  stopping.abort();
  idle.shift()!();
  await settled();
  assert.deepEqual(done, []);
});

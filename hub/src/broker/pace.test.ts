import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createPace } from './pace.ts';

it('lets a burst through at once, then one message per interval, and forgives after a pause', () => {
  let nowMs = 1_000;
  const pace = createPace(10, 3, () => nowMs);
  assert.deepEqual([pace(), pace(), pace()], [0, 0, 0]);
  assert.deepEqual([pace(), pace()], [100, 200]);
  nowMs += 1_000;
  assert.deepEqual([pace(), pace(), pace(), pace()], [0, 0, 0, 100]);
});

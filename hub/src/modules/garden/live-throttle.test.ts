import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { createLiveThrottle } from './live-throttle.ts';

it('lets the first and the last of a burst through, each metric for itself', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const told: string[] = [];
    const throttle = createLiveThrottle(250, ({ id }) => told.push(id));
    for (let n = 0; n < 10; n++) throttle.touch('reading', 'a/ph');
    throttle.touch('reading', 'b/ph');
    assert.deepEqual(told, ['a/ph', 'b/ph']);
    mock.timers.tick(250);
    assert.deepEqual(told, ['a/ph', 'b/ph', 'a/ph']);
    mock.timers.tick(1_000);
    throttle.touch('reading', 'a/ph');
    assert.deepEqual(told, ['a/ph', 'b/ph', 'a/ph', 'a/ph']);
    throttle.touch('reading', 'a/ph');
    throttle.stop();
    mock.timers.tick(1_000);
    assert.equal(told.length, 4);
  } finally {
    mock.timers.reset();
  }
});

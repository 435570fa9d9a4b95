import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIdleWatch } from './idle-watch.ts';

/** A watch on a clock that the test moves. */
function watched() {
  let nowMs = 0;
  let nextId = 1;
  const timers = new Map<number, { atMs: number; run: () => void }>();
  const seen: string[] = [];
  const watch = createIdleWatch({
    setTimer(run, ms) {
      timers.set(nextId, { atMs: nowMs + ms, run });
      return nextId++;
    },
    clearTimer: (id) => void timers.delete(id),
    idleMs: 60_000,
    answerMs: 20_000,
    onIdle: () => seen.push('idle'),
    onGone: () => seen.push('gone'),
    onBack: () => seen.push('back'),
  });
  function pass(ms: number): void {
    const untilMs = nowMs + ms;
    for (;;) {
      const due = [...timers].filter(([, timer]) => timer.atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (!due) break;
      timers.delete(due[0]);
      nowMs = due[1].atMs;
      due[1].run();
    }
    nowMs = untilMs;
  }
  return { watch, pass, seen, timers };
}

test('it asks after 60 s and gives up 20 s later', () => {
  const { pass, seen } = watched();
  pass(59_999);
  assert.deepEqual(seen, []);
  pass(1);
  assert.deepEqual(seen, ['idle']);
  pass(19_999);
  assert.deepEqual(seen, ['idle']);
  pass(1);
  assert.deepEqual(seen, ['idle', 'gone']);
});

test('every touch starts the minute anew', () => {
  const { watch, pass, seen } = watched();
  for (let i = 0; i < 10; i++) {
    pass(59_000);
    watch.touch();
  }
  assert.deepEqual(seen, []);
});

test('an answer in time keeps everything', () => {
  const { watch, pass, seen } = watched();
  pass(75_000);
  watch.touch();
  assert.deepEqual(seen, ['idle', 'back']);
  pass(59_999);
  assert.deepEqual(seen, ['idle', 'back']);
});

test('after it gave up it is quiet until somebody touches', () => {
  const { watch, pass, seen } = watched();
  pass(1_000_000);
  assert.deepEqual(seen, ['idle', 'gone']);
  watch.touch();
  pass(80_000);
  assert.deepEqual(seen, ['idle', 'gone', 'idle', 'gone']);
});

test('stopped means stopped, and no timer stays behind', () => {
  const { watch, pass, seen, timers } = watched();
  pass(61_000);
  watch.stop();
  watch.touch();
  pass(100_000);
  assert.deepEqual(seen, ['idle']);
  assert.equal(timers.size, 0);
});

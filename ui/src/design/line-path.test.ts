import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandPath, linePath, rangeOf, scaleOf, ticksOf } from './line-path.ts';

const frame = { width: 100, height: 50, margin: 5 };

test('values fill the frame, larger ones higher', () => {
  const { x, y } = scaleOf([0, 10], [20, 30], frame);
  assert.deepEqual([x(0), x(10), y(20), y(30)], [5, 95, 45, 5]);
});

test('a flat course and a single point lie in the middle', () => {
  const { x, y } = scaleOf([7], [3, 3], frame);
  assert.deepEqual([x(7), y(3)], [50, 25]);
});

test('a path goes through its points and a band closes', () => {
  assert.equal(
    linePath([
      [0, 1],
      [2.26, 3],
    ]),
    'M0 1L2.3 3',
  );
  assert.equal(linePath([]), '');
  assert.equal(
    bandPath(
      [
        [0, 0],
        [1, 0],
      ],
      [
        [0, 2],
        [1, 2],
      ],
    ),
    'M0 0L1 0L1 2L0 2Z',
  );
  assert.equal(bandPath([], []), '');
});

test('steps are round and inside the range', () => {
  assert.deepEqual(ticksOf(0, 10), [0, 5, 10]);
  assert.deepEqual(ticksOf(6.02, 6.21), [6.05, 6.1, 6.15, 6.2]);
  assert.deepEqual(ticksOf(-3, 3), [-2, 0, 2]);
  assert.deepEqual(ticksOf(4, 4), [4]);
});

test('a range of a hundred thousand values is found', () => {
  assert.deepEqual(rangeOf(Array.from({ length: 100_000 }, (_, index) => index - 5)), [-5, 99_994]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { courseOf } from './finding.ts';

const course = (...means: number[]) =>
  courseOf(means.map((mean, index) => [index * 60_000, mean - 0.5, mean, mean + 0.5]));

test('a course that ends higher than it began rose', () => {
  assert.equal(course(20, 20, 21, 22, 23, 23)?.kind, 'rising');
  assert.equal(course(20, 20, 21, 22, 23, 23)?.change, 3);
});

test('a course that ends lower fell', () => {
  assert.equal(course(6.5, 6.4, 6.2, 6.1)?.kind, 'falling');
});

test('a swing that comes back, and a flat line, are steady', () => {
  assert.equal(course(20, 25, 30, 25, 20)?.kind, 'steady');
  assert.equal(course(4, 4, 4)?.kind, 'steady');
});

test('it tells over how long, and nothing from fewer than two points', () => {
  assert.equal(course(1, 2, 3)?.spanMs, 120_000);
  assert.equal(course(1), undefined);
  assert.equal(course(), undefined);
});

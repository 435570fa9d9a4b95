import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { caseProgress } from './case-progress.ts';

test('a case of six with four taken, one of them mine', () => {
  const progress = caseProgress({ committedUnits: 4, unitsPerCase: 6, unitsToTarget: 2, myUnits: 1 });
  assert.deepEqual(progress.shapes, ['taken', 'taken', 'taken', 'mine', 'missing', 'missing']);
  assert.deepEqual([progress.caseNumber, progress.caseCount, progress.missingUnits], [1, 1, 2]);
});

test('the second case starts when the first is full and more are needed', () => {
  const progress = caseProgress({ committedUnits: 6, unitsPerCase: 6, unitsToTarget: 6 });
  assert.deepEqual([progress.caseNumber, progress.caseCount, progress.filledUnits], [2, 2, 0]);
  assert.equal(progress.isFull, false);
});

test('a target that is reached leaves the last case full', () => {
  const progress = caseProgress({ committedUnits: 12, unitsPerCase: 6, unitsToTarget: 0 });
  assert.deepEqual([progress.caseNumber, progress.caseCount, progress.isFull], [2, 2, true]);
});

test('nobody has joined yet', () => {
  const progress = caseProgress({ committedUnits: 0, unitsPerCase: 6, unitsToTarget: 6 });
  assert.deepEqual(progress.shapes, Array(6).fill('missing'));
});

test('tolerated units are hatched at the end of the missing ones', () => {
  const progress = caseProgress({ committedUnits: 3, unitsPerCase: 6, unitsToTarget: 3, toleranceUnits: 2 });
  assert.deepEqual(progress.shapes.slice(3), ['missing', 'tolerated', 'tolerated']);
});

test('24 units are counted, 25 are a bar', () => {
  assert.equal(caseProgress({ committedUnits: 1, unitsPerCase: 24, unitsToTarget: 23 }).shapes.length, 24);
  const bar = caseProgress({ committedUnits: 5, unitsPerCase: 25, unitsToTarget: 20, myUnits: 5 });
  assert.deepEqual([bar.shapes.length, bar.filledShare, bar.mineShare], [0, 0.2, 0.2]);
});

test('whatever comes in, the case is whole: filled and missing make its size, and shapes say the same', () => {
  const units = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(
      units,
      fc.integer({ min: 1, max: 60 }),
      units,
      units,
      units,
      (committed, size, toTarget, mine, tolerance) => {
        const progress = caseProgress({
          committedUnits: committed,
          unitsPerCase: size,
          unitsToTarget: toTarget,
          myUnits: mine,
          toleranceUnits: tolerance,
        });
        assert.equal(progress.filledUnits + progress.missingUnits, size);
        assert(progress.caseNumber >= 1 && progress.caseNumber <= progress.caseCount);
        assert(
          progress.mineShare <= progress.filledShare && progress.filledShare + progress.toleratedShare <= 1 + 1e-9,
        );
        if (size <= 24) {
          const filled = progress.shapes.filter((shape) => shape === 'taken' || shape === 'mine').length;
          assert.deepEqual([progress.shapes.length, filled], [size, progress.filledUnits]);
        }
      },
    ),
  );
});

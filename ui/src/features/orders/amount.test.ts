import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amountOf } from './amount.ts';

const order = { unitPriceMicros: 2_100_000, nextTier: { unitPriceMicros: 1_900_000, unitsMissing: 2 } };

test('without enough units for the next price it costs what it costs now', () => {
  assert.deepEqual(amountOf(order, 1), { atMostMicros: 2_100_000, probablyMicros: 2_100_000, comesBackMicros: 0 });
});

test('whoever brings the order to the next price gets the difference back', () => {
  assert.deepEqual(amountOf(order, 3), {
    atMostMicros: 6_300_000,
    probablyMicros: 5_700_000,
    comesBackMicros: 600_000,
  });
});

test('only units on top of those already taken count for the next price', () => {
  assert.equal(amountOf(order, 3, 2).comesBackMicros, 0);
  assert.equal(amountOf(order, 4, 2).comesBackMicros, 800_000);
});

test('an order with one price costs that price', () => {
  assert.deepEqual(amountOf({ unitPriceMicros: 4_800_000 }, 2), {
    atMostMicros: 9_600_000,
    probablyMicros: 9_600_000,
    comesBackMicros: 0,
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lockUntil, longerThan, parseGro } from './lock-form.ts';

const dayMs = 86_400_000;

describe('a lock’s form', () => {
  it('reads GRO to the millionth', () => {
    assert.equal(parseGro('12', false), 12_000_000);
    assert.equal(parseGro('0,5', false), 500_000);
    assert.equal(parseGro('0.000001', false), 1);
    for (const written of ['', 'ten', '-1', '1.0000001', '1e3']) assert.equal(parseGro(written, true), undefined);
    assert.equal(parseGro('0', false), undefined);
    assert.equal(parseGro('0', true), 0);
  });

  it('ends so many days from now, or as it did, and only later than before', () => {
    assert.equal(lockUntil('30', 1000, undefined), 1000 + 30 * dayMs);
    assert.equal(lockUntil('keep', 1000, 5000), 5000);
    assert.deepEqual(longerThan(0, undefined), ['30', '91', '182', '365', '728']);
    assert.deepEqual(longerThan(0, 182 * dayMs), ['365', '728']);
  });
});

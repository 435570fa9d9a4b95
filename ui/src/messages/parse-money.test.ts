import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoney } from './parse-money.ts';

test('an amount is read as people write it', () => {
  assert.equal(parseMoney('25'), 25_000_000);
  assert.equal(parseMoney('25.5'), 25_500_000);
  assert.equal(parseMoney(' $25.05 '), 25_050_000);
  assert.equal(parseMoney('25,50'), 25_500_000);
  assert.equal(parseMoney('1,234.50'), 1_234_500_000);
  assert.equal(parseMoney('12,345'), 12_345_000_000);
});

test('what is no amount above zero with at most two decimals is refused', () => {
  for (const written of ['', '0', '0.00', '-5', '1.234', 'ten', '1e3', '1.2.3', '99999999999999']) {
    assert.equal(parseMoney(written), undefined, written);
  }
});

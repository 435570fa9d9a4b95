import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromUnit, unitOf } from './number-words.ts';

describe('the building’s numbers in words', () => {
  it('have a unit that people know', () => {
    assert.deepEqual(
      ['gro.perGram', 'lock.cap', 'spending.perMonth', 'vote.quorum', 'vote.text.delay', 'vote.leastFor'].map(unitOf),
      ['gro', 'gro', 'money', 'share', 'days', 'count'],
    );
    assert.equal(unitOf('orders.markup'), 'share');
    assert.equal(unitOf('produce.gramsPerDay'), 'grams');
  });

  it('are read from what somebody writes', () => {
    assert.equal(fromUnit('orders.markup', '4.5'), 450);
    assert.equal(fromUnit('orders.markup', '4,5'), 450);
    assert.equal(fromUnit('spending.perMonth', '1000'), 1_000_000_000);
    assert.equal(fromUnit('vote.text.delay', '2'), 172_800);
    assert.equal(fromUnit('gro.perGram', '0.0015'), 1500);
    assert.equal(fromUnit('vote.leastFor', '5'), 5);
  });

  it('are none when they are something else, or too fine', () => {
    for (const written of ['', 'five', '-1', '1e3', '1.2.3', ' '])
      assert.equal(fromUnit('orders.markup', written), undefined);
    assert.equal(fromUnit('orders.markup', '4.555'), undefined);
    assert.equal(fromUnit('vote.leastFor', '5.5'), undefined);
  });
});

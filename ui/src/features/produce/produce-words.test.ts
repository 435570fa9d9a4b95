import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dayBefore, parseGrams } from './produce-words.ts';

describe('grams as people write them', () => {
  it('are whole, more than none and no more than there are', () => {
    assert.equal(parseGrams('250'), 250);
    assert.equal(parseGrams(' 1,250 '), 1250);
    assert.equal(parseGrams('1.250'), 1250);
    assert.equal(parseGrams('300', 300), 300);
    for (const written of ['', '0', '-5', '1.5', '2,5', 'a lot', '1e3', '1000001', '12345678'])
      assert.equal(parseGrams(written), undefined, written);
    assert.equal(parseGrams('301', 300), undefined);
  });

  it('were harvested on a day of the calendar', () => {
    const noon = new Date(2026, 2, 1, 12).getTime();
    assert.deepEqual(
      [0, 1, 2].map((days) => dayBefore(noon, days)),
      ['2026-03-01', '2026-02-28', '2026-02-27'],
    );
  });
});

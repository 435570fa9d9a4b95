import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Support } from './governance.schema.ts';
import { countOf, hasPassed, quorumOf, type Terms } from './tally.ts';

const terms: Terms = {
  residents: 24,
  threshold: 5000,
  quorum: 3000,
  leastFor: 5,
  delayS: 86_400,
  lockCapMicros: 500_000_000,
};
const of = (support: Support, ...votes: number[]) => votes.map((each) => ({ support, votes: each }));

describe('a tally', () => {
  it('counts votes by support, and every seat once', () => {
    const ballots = [...of('for', 3, 5), ...of('against', 2), ...of('abstain', 4, 1)];
    assert.deepEqual(countOf(ballots), { for: 8, against: 2, abstain: 5, headsFor: 2, heads: 5 });
    assert.deepEqual(countOf([]), { for: 0, against: 0, abstain: 0, headsFor: 0, heads: 0 });
  });

  it('asks for 30 % of the seats, rounded up', () => {
    assert.equal(quorumOf(terms), 8);
    assert.equal(quorumOf({ ...terms, residents: 20 }), 6);
    assert.equal(quorumOf({ ...terms, residents: 21 }), 7);
  });

  it('passes only with more For than Against, enough seats and enough of them For', () => {
    const passes = (ballots: ReturnType<typeof of>, change: Partial<Terms> = {}) =>
      hasPassed(countOf(ballots), { ...terms, ...change });
    const quorum = of('abstain', 1, 1, 1);
    assert.equal(passes([...of('for', 1, 1, 1, 1, 1), ...quorum]), true);
    assert.equal(passes([...of('for', 1, 1, 1, 1, 1), ...quorum.slice(1)]), false);
    assert.equal(passes([...of('for', 7, 7, 7, 7), ...quorum, ...of('abstain', 1)]), false);
    assert.equal(passes([...of('for', 1, 1, 1, 1, 1), ...of('against', 5), ...of('abstain', 1, 1)]), false);
    assert.equal(passes([...of('for', 1, 1, 1, 1, 2), ...of('against', 5), ...of('abstain', 1, 1)]), true);
    // Six of ten is 60 %, and of five seats all must be For.
    const sixOfTen = [...of('for', 2, 1, 1, 1, 1), ...of('against', 4), ...of('abstain', 1, 1)];
    assert.equal(passes(sixOfTen, { threshold: 6000 }), true);
    assert.equal(passes(sixOfTen, { threshold: 6001 }), false);
    assert.equal(passes(of('for', 1, 1, 1), { residents: 3 }), true);
    assert.equal(passes(of('for', 1, 1), { residents: 3 }), false);
  });
});

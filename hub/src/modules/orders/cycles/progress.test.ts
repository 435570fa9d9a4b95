import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fillCases } from '../case-fill/case-fill.ts';
import { isHarmless } from './last-call.ts';
import { type CaseArticle, fillArticle, progressOf } from './progress.ts';

const article = (more: Partial<CaseArticle> = {}): CaseArticle => ({
  unitsPerCase: 6,
  tiers: [
    { fromUnits: 0, unitPriceMicros: 2_150_000 },
    { fromUnits: 12, unitPriceMicros: 1_900_000 },
  ],
  minCases: 0,
  stockMaxUnits: 0,
  ...more,
});

const articleArb = fc
  .record({
    unitsPerCase: fc.integer({ min: 1, max: 8 }),
    minCases: fc.nat(2),
    stockMaxUnits: fc.nat(3),
    from: fc.integer({ min: 2, max: 30 }),
  })
  .map(({ from, ...rest }) =>
    article({
      ...rest,
      tiers: [
        { fromUnits: 0, unitPriceMicros: 2_150_000 },
        { fromUnits: from, unitPriceMicros: 1_900_000 },
      ],
    }),
  );

const claimOf = (place: number, want: number, more: number) => ({
  seat: place,
  atLeast: 0,
  want,
  upTo: want + more,
  rows: [{ place, want, more }],
});

describe('how far an article is', () => {
  it('says what two more bags would do', () => {
    const { cases, unitPriceMicros, missing, next } = progressOf(article(), { want: 10, more: 0 });
    assert.deepEqual([cases, unitPriceMicros, missing], [1, 2_150_000, 2]);
    assert.deepEqual(next, { missing: 2, unitPriceMicros: 1_900_000 });
  });

  it('counts no tier that the supplier’s stock does not reach', () => {
    assert.equal(progressOf(article({ maxCases: 1 }), { want: 6, more: 0 }).next, undefined);
  });

  it('names the smallest number of units that brings the next price', () => {
    fc.assert(
      fc.property(articleArb, fc.nat(40), fc.nat(12), (one, want, more) => {
        const { next, unitPriceMicros } = progressOf(one, { want, more });
        const priceWith = (added: number) =>
          fillCases(fillArticle(one), [claimOf(1, want + added, more)], 'first-come').unitPriceMicros;
        if (!next) return assert.equal(unitPriceMicros, 1_900_000);
        assert.ok(next.missing > 0);
        assert.equal(priceWith(next.missing), next.unitPriceMicros);
        assert.notEqual(priceWith(next.missing - 1), next.unitPriceMicros);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('last call', () => {
  const none = { atLeast: 0, want: 0, upTo: 0 };
  it('takes more tolerance, what fills a case, and tolerance turned into want', () => {
    const others = { want: 9, more: 0 };
    assert.equal(isHarmless(article(), others, none, { atLeast: 0, want: 0, upTo: 2 }), true);
    assert.equal(isHarmless(article(), others, none, { atLeast: 0, want: 3, upTo: 3 }), true);
    assert.equal(isHarmless(article(), others, none, { atLeast: 0, want: 1, upTo: 1 }), true);
    const tolerant = { atLeast: 0, want: 1, upTo: 3 };
    assert.equal(isHarmless(article(), others, tolerant, { atLeast: 0, want: 3, upTo: 3 }), true);
  });

  it('refuses less, another case that nobody fills, and a greater least', () => {
    const others = { want: 9, more: 0 };
    const mine = { atLeast: 0, want: 3, upTo: 3 };
    assert.equal(isHarmless(article(), others, mine, none), false);
    assert.equal(isHarmless(article(), others, mine, { atLeast: 0, want: 4, upTo: 4 }), false);
    assert.equal(isHarmless(article(), others, mine, { atLeast: 3, want: 3, upTo: 3 }), false);
    assert.equal(isHarmless(article(), others, { ...mine, upTo: 5 }, mine), false);
  });

  it('never takes from anybody else what they want, by “first come”', () => {
    const wish = fc.tuple(fc.nat(9), fc.nat(9)).map(([want, more]) => ({ atLeast: 0, want, upTo: want + more }));
    let harmless = 0;
    fc.assert(
      fc.property(
        articleArb,
        fc.array(wish, { minLength: 1, maxLength: 5 }),
        wish,
        wish,
        (one, others, before, after) => {
          const pool = {
            want: others.reduce((sum, { want }) => sum + want, 0),
            more: others.reduce((sum, { want, upTo }) => sum + upTo - want, 0),
          };
          if (!isHarmless(one, pool, before, after)) return;
          harmless++;
          const rest = others.map(({ want, upTo }, index) => claimOf(index + 10, want, upTo - want));
          // Mine is the newest of all, before and after: what I raise never takes an earlier place.
          const filled = (mine: typeof before) => {
            const all = [...rest, claimOf(99, mine.want, mine.upTo - mine.want)];
            const { cases, shares } = fillCases(fillArticle(one), all, 'first-come');
            return { cases, given: rest.map(({ want }, index) => Math.min(want, shares[index]!.units)) };
          };
          const [then, now] = [filled(before), filled(after)];
          assert.ok(now.cases >= then.cases);
          for (const [index, units] of then.given.entries()) assert.ok(now.given[index]! >= units);
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(harmless > 100, `${harmless} changes were harmless`);
  });
});

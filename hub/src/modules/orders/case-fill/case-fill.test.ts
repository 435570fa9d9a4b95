import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Article, fillCases, shareReceived } from './case-fill.ts';
import type { Claim, Policy } from './claim.ts';
import { rowsOf } from './claim-rows.ts';

const policies: readonly Policy[] = ['first-come', 'pro-rata', 'least-served'];
const flat = (unitPriceMicros: number) => [{ fromUnits: 0, unitPriceMicros }];
const ofCase = (unitsPerCase: number, more: Partial<Article> = {}): Article => ({
  unitsPerCase,
  tiers: flat(2_000_000),
  ...more,
});

/** A member who asked once, at that place. */
const claim = (place: number, want: number, more = 0, atLeast = 0, rest: Partial<Claim> = {}): Claim => ({
  seat: place,
  atLeast,
  want,
  upTo: want + more,
  rows: [{ place, want, more }],
  ...rest,
});

const claimArb = (most: number) =>
  fc
    .tuple(fc.nat(most), fc.nat(most), fc.nat(most), fc.integer({ min: 0, max: 100 }))
    .map(([a, b, c, served]) => ({ numbers: [a, b, c].sort((one, other) => one - other), served }));
const claimsArb = (members: number, most: number) =>
  fc
    .array(claimArb(most), { minLength: 1, maxLength: members })
    .map((all) =>
      all.map(({ numbers: [atLeast, want, upTo], served }, index) =>
        claim(index + 1, want!, upTo! - want!, atLeast, { servedShare: served / 100 }),
      ),
    );
const articleArb = (mostPerCase: number) =>
  fc.record({
    unitsPerCase: fc.integer({ min: 1, max: mostPerCase }),
    stockMax: fc.oneof(fc.constant(0), fc.nat(mostPerCase)),
    leastUnits: fc.oneof(fc.constant(0), fc.nat(2 * mostPerCase)),
    mostUnits: fc.option(fc.nat(5 * mostPerCase), { nil: undefined }),
    tiers: fc.constant([
      { fromUnits: 0, unitPriceMicros: 2_150_000 },
      { fromUnits: 12, unitPriceMicros: 1_900_000 },
    ]),
  });

const given = (filling: { shares: readonly { units: number }[] }) => filling.shares.map(({ units }) => units);
const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);

/** Foodsoft's rule for whole cases, from its description: never one of tolerance alone, and tolerance fills at most one. */
const foodsoftCases = (wanted: number, tolerated: number, unitsPerCase: number): number => {
  const whole = Math.floor(wanted / unitsPerCase);
  const left = wanted % unitsPerCase;
  return left > 0 && left + tolerated >= unitsPerCase ? whole + 1 : whole;
};

describe('case fill by “first come”', () => {
  it('orders as many cases as Foodsoft does', () => {
    for (let unitsPerCase = 1; unitsPerCase <= 12; unitsPerCase++)
      for (let wanted = 0; wanted <= 60; wanted++)
        for (let tolerated = 0; tolerated <= 20; tolerated++) {
          const { cases } = fillCases(ofCase(unitsPerCase), [claim(1, wanted, tolerated)], 'first-come');
          assert.equal(
            cases,
            foodsoftCases(wanted, tolerated, unitsPerCase),
            `${wanted}+${tolerated} of ${unitsPerCase}`,
          );
        }
  });

  it('gives what Foodsoft’s own test gives: a changed wish keeps its early part', () => {
    const first = claim(1, 4, 1, 0, {
      rows: rowsOf([
        { place: 1, want: 2, more: 3 },
        { place: 3, want: 4, more: 1 },
      ]),
    });
    assert.deepEqual(first.rows, [
      { place: 1, want: 2, more: 1 },
      { place: 3, want: 2, more: 0 },
    ]);
    const filling = fillCases(ofCase(5), [first, claim(2, 2)], 'first-come');
    assert.deepEqual([filling.cases, given(filling)], [1, [3, 2]]);
  });

  it('shares out the worked example, also when less arrives', () => {
    const three = [claim(1, 5, 2), claim(2, 4), claim(3, 6, 3)];
    const short = fillCases(ofCase(12), three, 'first-come');
    assert.deepEqual([short.cases, short.missing, given(short)], [1, 4, [5, 4, 3]]);
    assert.deepEqual(
      short.shares.map(({ why }) => why),
      ['all', 'all', 'part'],
    );
    const four = [...three, claim(4, 4)];
    const filled = fillCases(ofCase(12), four, 'first-come');
    assert.deepEqual([filled.cases, filled.missing, given(filled)], [2, 0, [7, 4, 9, 4]]);
    for (const [units, shares] of [
      [23, [7, 4, 8, 4]],
      [20, [6, 4, 6, 4]],
      [18, [5, 4, 6, 3]],
    ] as const)
      assert.deepEqual(given(shareReceived(ofCase(12), four, units, 'first-come')), shares, `${units} arrived`);
  });

  it('never gives anybody less of what they want because somebody tolerates more, nor whoever does less at all', () => {
    const cases = fc.tuple(
      claimsArb(8, 15),
      fc.nat(7),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
    );
    fc.assert(
      fc.property(cases, ([drawn, at, more, unitsPerCase]) => {
        const claims = drawn.map((each) => ({ ...each, atLeast: 0 }));
        const who = at % claims.length;
        const [row] = claims[who]!.rows;
        const raised = claims.map((each, index) =>
          index === who ? { ...each, upTo: each.upTo + more, rows: [{ ...row!, more: row!.more + more }] } : each,
        );
        const before = given(fillCases(ofCase(unitsPerCase), claims, 'first-come'));
        const after = given(fillCases(ofCase(unitsPerCase), raised, 'first-come'));
        assert.ok(after[who]! >= before[who]!);
        for (const [index, { want }] of claims.entries())
          assert.ok(Math.min(after[index]!, want) >= Math.min(before[index]!, want));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('case fill', () => {
  it('keeps to what everybody asked for and to what the supplier sends, and charges nobody more than they signed', () => {
    const cases = fc.tuple(articleArb(24), claimsArb(12, 30), fc.constantFrom(...policies));
    fc.assert(
      fc.property(cases, ([article, claims, policy]) => {
        const filling = fillCases(article, claims, policy);
        assert.equal(filling.units, filling.cases * article.unitsPerCase);
        assert.equal(sum(given(filling)) + filling.toStock, filling.units);
        assert.ok(filling.toStock <= article.stockMax);
        assert.ok(filling.units === 0 || filling.units >= article.leastUnits);
        assert.ok(filling.units <= (article.mostUnits ?? Number.POSITIVE_INFINITY));
        for (const [index, { units, amountMicros, why }] of filling.shares.entries()) {
          const { atLeast, want, upTo } = claims[index]!;
          assert.ok(units <= upTo);
          assert.ok(units === 0 || units >= atLeast);
          assert.equal(why === 'left-out', units < atLeast);
          assert.equal(why === 'all-and-more', units > want);
          assert.ok(amountMicros <= upTo * 2_150_000);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it('gives away all that came, be it short or too much, as far as people take it', () => {
    const cases = fc.tuple(claimsArb(10, 20), fc.nat(200), fc.constantFrom(...policies));
    fc.assert(
      fc.property(cases, ([claims, units, policy]) => {
        const filling = shareReceived(ofCase(6), claims, units, policy);
        assert.equal(sum(given(filling)) + filling.toStock, units);
        for (const [index, share] of filling.shares.entries())
          assert.ok(share.units === 0 || share.units >= claims[index]!.atLeast);
        const staying = claims.filter((_, index) => filling.shares[index]!.why !== 'left-out');
        assert.equal(filling.toStock, Math.max(0, units - sum(staying.map(({ upTo }) => upTo))));
      }),
      { numRuns: 2000 },
    );
  });

  it('does not ask in which order claims stand in the list', () => {
    const cases = fc.tuple(articleArb(12), claimsArb(6, 12), fc.constantFrom(...policies), fc.nat());
    fc.assert(
      fc.property(cases, ([article, claims, policy, seed]) => {
        const turned = claims.map((_, index) => claims[(index + seed) % claims.length]!).reverse();
        const bySeat = (filling: ReturnType<typeof fillCases>) =>
          filling.shares.map(({ seat, units }) => [seat, units]).sort(([one], [other]) => one! - other!);
        assert.deepEqual(bySeat(fillCases(article, turned, policy)), bySeat(fillCases(article, claims, policy)));
      }),
      { numRuns: 2000 },
    );
  });

  it('shares in proportion by largest remainder, and serves who got least lately first', () => {
    const claims = [
      claim(1, 3, 0, 0, { servedShare: 1 }),
      claim(2, 6, 0, 0, { servedShare: 0.5 }),
      claim(3, 3, 0, 0, { servedShare: 0 }),
    ];
    // 8 of 12: 2, 4, 2. 7 of 12: 1.75, 3.5, 1.75.
    assert.deepEqual(given(shareReceived(ofCase(1), claims, 8, 'pro-rata')), [2, 4, 2]);
    assert.deepEqual(given(shareReceived(ofCase(1), claims, 7, 'pro-rata')), [2, 3, 2]);
    assert.deepEqual(given(shareReceived(ofCase(1), claims, 8, 'least-served')), [0, 5, 3]);
  });

  it('spreads tolerated units by what they cost, other articles’ counted in', () => {
    const claims = [claim(1, 2, 3), claim(2, 2, 3), claim(3, 2, 3)];
    assert.deepEqual(given(fillCases(ofCase(9), claims, 'pro-rata')), [3, 3, 3]);
    const one = claims.map((each, index) => (index === 0 ? { ...each, borneMicros: 4_000_000 } : each));
    assert.deepEqual(given(fillCases(ofCase(9), one, 'pro-rata')), [2, 4, 3]);
  });

  it('charges everybody the price that all together reach', () => {
    const tiers = [
      { fromUnits: 0, unitPriceMicros: 2_150_000 },
      { fromUnits: 12, unitPriceMicros: 1_900_000 },
    ];
    const ten = fillCases(ofCase(1, { tiers }), [claim(1, 5), claim(2, 6)], 'first-come');
    assert.deepEqual(
      ten.shares.map(({ amountMicros }) => amountMicros),
      [10_750_000, 12_900_000],
    );
    const twelve = fillCases(ofCase(12, { tiers }), [claim(1, 5, 1), claim(2, 6)], 'first-come');
    assert.deepEqual(
      twelve.shares.map(({ amountMicros }) => amountMicros),
      [11_400_000, 11_400_000],
    );
  });
});

describe('case fill for a few', () => {
  /** Every number of cases with everything that could be given to everybody, judged by the aims one after the other. */
  function bestOfAll(article: Article, claims: readonly Claim[]): number[] {
    const { unitsPerCase, stockMax = 0, leastUnits = 0, mostUnits = Number.POSITIVE_INFINITY } = article;
    let best: number[] | undefined;
    const most = sum(claims.map(({ upTo }) => upTo)) + stockMax;
    for (let units = 0; units <= most; units += unitsPerCase) {
      if (units > mostUnits || (units > 0 && units < leastUnits)) continue;
      const tryAll = (index: number, parts: readonly number[]): void => {
        const taken = sum(parts);
        if (taken > units) return;
        if (index === claims.length) {
          if (units - taken > stockMax) return;
          const missed = claims.map(({ want }, at) => Math.max(0, want - parts[at]!));
          const wanted = claims.map(({ want }, at) => Math.min(want, parts[at]!));
          const out = claims.map(({ atLeast }, at) => (parts[at]! < atLeast ? 1 : 0));
          // The earliest claim is the first: whoever is left out, it is rather a later one.
          const aims = [sum(out), sum(missed), units - sum(wanted), units - taken, ...out];
          if (!best || isLess(aims, best)) best = aims;
          return;
        }
        const { atLeast, upTo } = claims[index]!;
        tryAll(index + 1, [...parts, 0]);
        for (let part = Math.max(1, atLeast); part <= upTo; part++) tryAll(index + 1, [...parts, part]);
      };
      tryAll(0, []);
    }
    return best!;
  }
  const isLess = (one: readonly number[], other: readonly number[]): boolean => {
    const at = one.findIndex((part, index) => part !== other[index]);
    return at >= 0 && one[at]! < other[at]!;
  };

  it('agrees with trying everything, on every aim', () => {
    const cases = fc.tuple(articleArb(6), claimsArb(4, 6), fc.constantFrom(...policies));
    fc.assert(
      fc.property(cases, ([article, claims, policy]) => {
        const filling = fillCases(article, claims, policy);
        const parts = given(filling);
        const wanted = claims.map(({ want }, at) => Math.min(want, parts[at]!));
        const out = claims.map(({ atLeast }, at) => (parts[at]! < atLeast ? 1 : 0));
        const unmet = sum(claims.map(({ want }, at) => want - wanted[at]!));
        assert.deepEqual(
          [sum(out), unmet, filling.units - sum(wanted), filling.toStock, ...out],
          bestOfAll(article, claims),
        );
      }),
      { numRuns: 4000 },
    );
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Credits, costOf, creditsFor, mostVotes, multiplierOf } from './quadratic.ts';

const dayS = 86_400;
const gro = 1_000_000;
const nowS = 1_800_000_000;

describe('quadratic votes', () => {
  it('cost their square', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(costOf), [1, 4, 9, 16, 25, 36, 49]);
  });

  it('take 100 credits a season, and a quarter of them on one proposal', () => {
    const nothing = creditsFor(10_000, []);
    assert.deepEqual(nothing, { season: 100, left: 100, here: 25 });
    assert.equal(mostVotes(nothing), 5);
    const spent = creditsFor(10_000, [
      { credits: 25, multiplier: 10_000 },
      { credits: 25, multiplier: 10_000 },
      { credits: 25, multiplier: 10_000 },
      { credits: 16, multiplier: 10_000 },
    ]);
    assert.deepEqual(spent, { season: 100, left: 9, here: 25 });
    assert.equal(mostVotes(spent), 3);
    assert.equal(mostVotes({ season: 100, left: 0, here: 25 }), 0);
  });

  it('keep what a ballot has, whatever came since', () => {
    assert.equal(mostVotes({ season: 100, left: 0, here: 25 }, 4), 4);
  });

  it('become up to twice as many by what is locked for how long', () => {
    const cap = 500 * gro;
    const of = (amount: number, days: number) =>
      multiplierOf({ amountMicros: amount * gro, untilS: nowS + days * dayS }, nowS, cap);
    assert.equal(of(500, 730), 20_000);
    assert.equal(of(5000, 730), 20_000);
    assert.equal(of(250, 730), 15_000);
    assert.equal(of(500, 365), 15_000);
    // 100 of 500 GRO for 100 of 730 days: 10,000 × 0.2 × 100 / 730 = 273.97…
    assert.equal(of(100, 100), 10_273);
    assert.equal(of(500, 0), 10_000);
    assert.equal(of(500, -1), 10_000);
    assert.equal(multiplierOf(undefined, nowS, cap), 10_000);
    assert.equal(multiplierOf({ amountMicros: gro, untilS: nowS + dayS }, nowS, 0), 10_000);
    assert.deepEqual(creditsFor(20_000, []), { season: 200, left: 200, here: 50 });
    assert.equal(mostVotes(creditsFor(20_000, [])), 7);
  });

  /** The governor's own check of one ballot (`Voting._creditReason`), in its own figures. */
  function contractTakes(multiplier: number, spentBefore: number, olderCost: number, cost: number): boolean {
    if (cost <= olderCost) return true;
    const spent = spentBefore - olderCost + cost;
    if (cost <= 25 && spent <= 100) return true;
    return cost * 400 <= multiplier && spent * 100 <= multiplier;
  }

  it('never exceed what the governor takes, whatever is cast and changed, and in whichever order it is brought', () => {
    const proposals = 6;
    const multipliers = fc.array(fc.integer({ min: 10_000, max: 20_000 }), {
      minLength: proposals,
      maxLength: proposals,
    });
    const casts = fc.array(fc.record({ on: fc.nat(proposals - 1), votes: fc.integer({ min: 1, max: 7 }) }), {
      maxLength: 40,
    });
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: proposals, maxLength: proposals });
    fc.assert(
      fc.property(multipliers, casts, orders, (of, wishes, order) => {
        const ballots = new Map<number, number>();
        const creditsOn = (on: number): Credits =>
          creditsFor(
            of[on]!,
            [...ballots]
              .filter(([other]) => other !== on)
              .map(([other, votes]) => ({ credits: votes * votes, multiplier: of[other]! })),
          );
        for (const { on, votes } of wishes) {
          const most = mostVotes(creditsOn(on), ballots.get(on) ?? 0);
          if (votes <= most) ballots.set(on, votes);
        }
        let spent = 0;
        for (const on of order) {
          const votes = ballots.get(on);
          if (votes === undefined) continue;
          assert.ok(contractTakes(of[on]!, spent, 0, votes * votes), `${votes} votes on ${on} after ${spent}`);
          spent += votes * votes;
        }
        assert.ok(spent * 100 <= Math.max(...of));
      }),
      { numRuns: 500 },
    );
  });

  it('leave nothing unused that the governor would take of a single proposal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 20_000 }), (multiplier) => {
        const most = mostVotes(creditsFor(multiplier, []));
        const takes = [1, 2, 3, 4, 5, 6, 7].filter((votes) => contractTakes(multiplier, 0, 0, votes * votes));
        assert.equal(most, takes.at(-1));
      }),
    );
  });
});

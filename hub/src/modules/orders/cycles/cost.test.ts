import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Charges, costOf, coveringMicros, inWholeCents } from './cost.ts';

const cent = 10_000;
const plain: Charges = { depositMicros: 0, taxPpm: 0, markupBasisPoints: 0 };
/** In dollars, as a person would reckon it. */
const dollars = (amount: number) => Math.round(amount * 1_000_000);

describe('what things cost', () => {
  it('is price, mark-up, tax on both, and the deposit on top, rounded once', () => {
    // 3 jars at $2.15 and 5 %, taxed with New York’s 8.875 %, 10 ¢ deposit: 6.45 · 1.05 · 1.08875 + 0.30 = 7.67356.
    const charges = { depositMicros: dollars(0.1), taxPpm: 88_750, markupBasisPoints: 500 };
    assert.equal(coveringMicros(costOf(3, dollars(2.15), charges), 'items'), dollars(7.68));
    assert.deepEqual(inWholeCents([costOf(3, dollars(2.15), charges)]).micros, [dollars(7.67)]);
    assert.equal(coveringMicros(costOf(3, dollars(2.15), plain), 'items'), dollars(6.45));
  });

  it('splits a case of a dollar among three to the cent, the largest remainder first', () => {
    const third = costOf(1, 333_333, plain);
    const { micros, roundingMicros } = inWholeCents([third, third, costOf(1, 333_334, plain)]);
    assert.deepEqual(micros, [33 * cent, 33 * cent, 34 * cent]);
    assert.equal(roundingMicros, 0);
  });

  it('never asks a cent more than the covering hold, and adds up to the nearest cent', () => {
    const charge = fc.record({
      units: fc.nat(40),
      price: fc.integer({ min: 1, max: 9_999_999 }),
      depositMicros: fc.nat(500_000),
      taxPpm: fc.nat(200_000),
      markupBasisPoints: fc.nat(3000),
    });
    fc.assert(
      fc.property(fc.array(charge, { minLength: 1, maxLength: 30 }), (all) => {
        const costs = all.map(({ units, price, ...charges }) => costOf(units, price, charges));
        const { micros, roundingMicros } = inWholeCents(costs);
        const exact = costs.reduce((sum, cost) => sum + cost, 0n);
        const total = micros.reduce((sum, part) => sum + part, 0);
        assert.ok(Math.abs(roundingMicros) <= cent / 2);
        const difference = BigInt(total) * 10_000_000_000n - exact;
        assert.equal(roundingMicros, Number(difference / 10_000_000_000n));
        for (const [index, cost] of costs.entries()) {
          assert.equal(micros[index]! % cent, 0);
          assert.ok(micros[index]! <= coveringMicros(cost, 'items'));
        }
      }),
    );
  });
});

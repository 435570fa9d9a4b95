import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bumped, feesAt, gasLimitFor, isCheapHour, isPoor, isRich, type PricePoint } from './gas.ts';

const hourMs = 3_600_000;
const wei = fc.bigInt({ min: 0n, max: 10n ** 15n });
const prices = fc.record({ baseWei: wei, tipWei: wei });

describe('gas', () => {
  it('asks for a quarter more than was estimated, rounded up', () => {
    assert.deepEqual([0n, 1n, 4n, 21_000n].map(gasLimitFor), [0n, 2n, 5n, 26_250n]);
  });

  it('offers twice the base fee and the tip', () => {
    const fees = feesAt({ baseWei: 100n, tipWei: 7n });
    assert.deepEqual(fees, { maxFeePerGas: 207n, maxPriorityFeePerGas: 7n });
    assert.equal(isPoor(fees, { baseWei: 200n, tipWei: 7n }), false);
    assert.equal(isPoor(fees, { baseWei: 201n, tipWei: 7n }), true);
    assert.equal(isPoor(fees, { baseWei: 1n, tipWei: 8n }), true);
    assert.equal(isRich({ ...fees, maxFeePerGas: 828n }, { baseWei: 100n, tipWei: 7n }), true);
    assert.equal(isRich({ ...fees, maxFeePerGas: 827n }, { baseWei: 100n, tipWei: 7n }), false);
  });

  it('replaces with at least a quarter more of both fees and with what is asked now, never a tip above the whole', () => {
    fc.assert(
      fc.property(prices, prices, (before, now) => {
        const old = feesAt(before);
        const next = bumped(old, now);
        assert.ok(next.maxFeePerGas * 4n > old.maxFeePerGas * 5n);
        assert.ok(next.maxPriorityFeePerGas * 4n > old.maxPriorityFeePerGas * 5n);
        assert.equal(isPoor(next, now), false);
        assert.ok(next.maxPriorityFeePerGas <= next.maxFeePerGas);
      }),
    );
  });
});

describe('a cheap hour', () => {
  const nowMs = 20 * 24 * hourMs;
  /** Seven days, a sample an hour: dear by day, cheap in the eight hours after midnight (UTC). */
  const week: PricePoint[] = Array.from({ length: 7 * 24 }, (_, index) => {
    const atMs = nowMs - (7 * 24 - 1 - index) * hourMs;
    return { atMs, baseWei: Math.floor(atMs / hourMs) % 24 < 8 ? 100 : 1000, tipWei: 0 };
  });
  const at = (baseWei: bigint) => ({ baseWei, tipWei: 0n });
  const noon = nowMs + 12 * hourMs;

  it('is one at or below the 30th percentile of the last seven days', () => {
    const steps = Array.from({ length: 100 }, (_, index) => ({
      atMs: nowMs - (100 - index) * hourMs,
      baseWei: index + 1,
      tipWei: 0,
    }));
    const latestMs = nowMs + 24 * hourMs;
    assert.equal(isCheapHour(steps, at(30n), nowMs, latestMs), true);
    assert.equal(isCheapHour(steps, at(31n), nowMs, latestMs), false);
  });

  it('is every hour in which waiting gains nothing, as far as the days before tell', () => {
    const midnight = nowMs + 24 * hourMs;
    assert.equal(isCheapHour(week, at(900n), noon, noon + 6 * hourMs), true, 'the hours to come are dear as well');
    assert.equal(isCheapHour(week, at(900n), noon, midnight + hourMs), false, 'the night is in reach');
    assert.equal(isCheapHour(week, at(1100n), noon, noon + 6 * hourMs), false);
    assert.equal(isCheapHour(week, at(1100n), noon, noon + 59 * 60_000), true, 'its hour is the last');
  });

  it('is every hour while there is less than a day of history, and old or coming prices do not count', () => {
    assert.equal(isCheapHour([], at(5n), nowMs, nowMs + hourMs), true);
    assert.equal(isCheapHour(week.slice(-20), at(5000n), nowMs, nowMs + 6 * hourMs), true);
    const old = week.map((point) => ({ ...point, atMs: point.atMs - 8 * 24 * hourMs }));
    assert.equal(isCheapHour(old, at(5000n), nowMs, nowMs + 6 * hourMs), true);
    const coming = week.map((point) => ({ ...point, atMs: point.atMs + 8 * 24 * hourMs }));
    assert.equal(isCheapHour(coming, at(5000n), nowMs, nowMs + 6 * hourMs), true);
  });

  it('stays one when the price falls', () => {
    const history = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 24, maxLength: 168 });
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 0, max: 12_000 }),
        fc.integer({ min: 0, max: 12_000 }),
        fc.integer({ min: 0, max: 48 }),
        (bases, a, b, hours) => {
          const points = bases.map((baseWei, index) => ({
            atMs: nowMs - (bases.length - index) * hourMs,
            baseWei,
            tipWei: 0,
          }));
          const cheap = (price: number) => isCheapHour(points, at(BigInt(price)), nowMs, nowMs + hours * hourMs);
          if (cheap(Math.max(a, b))) assert.equal(cheap(Math.min(a, b)), true);
        },
      ),
    );
  });
});

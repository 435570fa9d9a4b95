import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBreaker } from './breaker.ts';

describe('the breaker of an endpoint', () => {
  function breakerAt(): { breaker: ReturnType<typeof createBreaker>; pass: (ms: number) => void } {
    let atMs = 1_000_000;
    const breaker = createBreaker({ monotonicMs: () => atMs });
    return {
      breaker,
      pass: (ms) => {
        atMs += ms;
      },
    };
  }

  it('stays closed through two failures and opens at the third', () => {
    const { breaker } = breakerAt();
    breaker.failed();
    breaker.failed();
    assert.deepEqual([breaker.state(), breaker.pauseLeftMs()], ['closed', 0]);
    breaker.failed();
    assert.deepEqual([breaker.state(), breaker.pauseLeftMs()], ['open', 5_000]);
  });

  it('counts failures in a row only', () => {
    const { breaker } = breakerAt();
    for (let round = 0; round < 5; round++) {
      breaker.failed();
      breaker.failed();
      breaker.succeeded();
    }
    assert.equal(breaker.state(), 'closed');
  });

  it('opens at once when nobody listens there, and lets one question through after the pause', () => {
    const { breaker, pass } = breakerAt();
    breaker.failed({ atOnce: true });
    pass(4_999);
    assert.equal(breaker.state(), 'open');
    pass(1);
    assert.deepEqual([breaker.state(), breaker.pauseLeftMs()], ['half-open', 0]);
    breaker.succeeded();
    assert.equal(breaker.state(), 'closed');
  });

  it('pauses twice as long after each trial that fails, up to five minutes', () => {
    const { breaker, pass } = breakerAt();
    const pauses: number[] = [];
    breaker.failed({ atOnce: true });
    for (let trial = 0; trial < 8; trial++) {
      pauses.push(breaker.pauseLeftMs() / 1000);
      pass(breaker.pauseLeftMs());
      breaker.failed();
    }
    assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('does not begin small again for one that comes and goes', () => {
    const { breaker, pass } = breakerAt();
    breaker.failed({ atOnce: true });
    pass(5_000);
    breaker.succeeded();
    pass(1_000);
    breaker.succeeded();
    breaker.failed({ atOnce: true });
    assert.equal(breaker.pauseLeftMs(), 10_000);
    pass(10_000);
    breaker.succeeded();
    pass(10_000);
    breaker.succeeded();
    breaker.failed({ atOnce: true });
    assert.equal(breaker.pauseLeftMs(), 5_000);
  });

  it('leaves an endpoint alone for as long as it asks, within the longest pause', () => {
    const { breaker, pass } = breakerAt();
    breaker.failed({ pauseMs: 60_000 });
    assert.deepEqual([breaker.state(), breaker.pauseLeftMs(), breaker.wishLeftMs()], ['open', 60_000, 60_000]);
    pass(60_000);
    assert.equal(breaker.wishLeftMs(), 0);
    breaker.failed({ pauseMs: 86_400_000 });
    assert.equal(breaker.pauseLeftMs(), 300_000);
  });

  it('never pauses longer than five minutes, and is closed after a success, whatever came before', () => {
    const step = fc.oneof(
      fc.constant('ok' as const),
      fc.record({ atOnce: fc.boolean(), pauseMs: fc.nat(10_000_000) }),
      fc.nat(400_000),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { breaker, pass } = breakerAt();
        for (const one of steps) {
          if (one === 'ok') breaker.succeeded();
          else if (typeof one === 'number') pass(one);
          else breaker.failed(one);
          assert.ok(breaker.pauseLeftMs() >= 0 && breaker.pauseLeftMs() <= 300_000);
          assert.equal(breaker.state() === 'open', breaker.pauseLeftMs() > 0);
        }
        breaker.succeeded();
        assert.equal(breaker.state(), 'closed');
      }),
    );
  });
});

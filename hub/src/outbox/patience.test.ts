import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { latestOf, mayLeave, type Queue, waitOf } from './patience.ts';

const hourMs = 3_600_000;
const policy = { batchMax: 10, longestWaitMs: 6 * hourMs };
const always = () => true;
const never = () => false;

describe('the patience of a lane', () => {
  const queue = (more: Partial<Queue> = {}): Queue => ({
    count: 3,
    oldestQueuedAtMs: 0,
    latestMs: 6 * hourMs,
    ...more,
  });

  it('lets a full batch leave at once, at whatever hour', () => {
    assert.equal(mayLeave(queue({ count: 10 }), policy, 1, never), true);
    assert.equal(mayLeave(queue({ count: 9 }), policy, 1, always), false);
  });

  it('waits half of its time for company and the other half for a cheap hour', () => {
    assert.equal(mayLeave(queue(), policy, 3 * hourMs - 1, always), false);
    assert.equal(mayLeave(queue(), policy, 3 * hourMs, always), true);
    assert.equal(mayLeave(queue(), policy, 6 * hourMs - 1, never), false);
    assert.equal(mayLeave(queue(), policy, 6 * hourMs, never), true);
  });

  it('is pressed by the earliest of its wait, two hours before its validity ends, and its own urgency', () => {
    const item = { queuedAtMs: 0, validUntilMs: 100 * hourMs };
    assert.equal(latestOf(item, 6 * hourMs), 6 * hourMs);
    assert.equal(latestOf({ ...item, validUntilMs: 5 * hourMs }, 6 * hourMs), 3 * hourMs);
    assert.equal(latestOf({ ...item, urgentAtMs: hourMs }, 6 * hourMs), hourMs);
  });

  it('does not wait at all in a building without patience, nor longer when the clock goes back', () => {
    assert.equal(waitOf(policy, 0), 0);
    assert.equal(mayLeave(queue({ latestMs: 0 }), policy, 0, never), true);
    assert.equal(mayLeave(queue({ oldestQueuedAtMs: 1000 }), policy, 999, never), true);
    assert.equal(mayLeave(queue({ count: 0 }), policy, 999, always), false);
  });

  it('never keeps an item past its longest wait, its urgency or its validity, however dear the hour', () => {
    const times = fc.record({
      queuedAtMs: fc.integer({ min: 0, max: 1e9 }),
      validForMs: fc.integer({ min: 0, max: 1e9 }),
      urgentInMs: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(times, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 0, max: 24 }),
        (items, waitHours) => {
          const waitMs = waitHours * hourMs;
          const timings = items.map(({ queuedAtMs, validForMs, urgentInMs }) => ({
            queuedAtMs,
            validUntilMs: queuedAtMs + validForMs,
            urgentAtMs: urgentInMs === undefined ? undefined : queuedAtMs + urgentInMs,
          }));
          const found: Queue = {
            count: timings.length,
            oldestQueuedAtMs: Math.min(...timings.map((timing) => timing.queuedAtMs)),
            latestMs: Math.min(...timings.map((timing) => latestOf(timing, waitMs))),
          };
          for (const { queuedAtMs, validUntilMs, urgentAtMs } of timings) {
            assert.equal(mayLeave(found, policy, queuedAtMs + waitMs, never), true);
            assert.equal(mayLeave(found, policy, validUntilMs - 2 * hourMs, never), true);
            if (urgentAtMs !== undefined) assert.equal(mayLeave(found, policy, urgentAtMs, never), true);
          }
        },
      ),
    );
  });
});

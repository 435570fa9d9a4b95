import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timely } from './examination.ts';

const hour = 3_600_000;
const nowMs = Date.UTC(2026, 10, 21, 12);
const staleAfterMs = 600_000;
const look = (headAheadMs: number, serverAheadMs?: number) =>
  timely({ number: 1, hash: '0x01', atMs: nowMs + headAheadMs }, serverAheadMs, nowMs, staleAfterMs);

describe('whose clock is the odd one', () => {
  it('finds nothing odd while the newest block is young', () => {
    for (const ahead of [0, -30_000, -600_000, 120_000]) assert.deepEqual(look(ahead, 0), { verdict: 'good' });
  });

  it('takes a head that is old by every clock for an endpoint that stands still', () => {
    assert.deepEqual(look(-601_000, 0), { verdict: 'stale', reason: 'its newest block is 601 s old' });
    assert.equal(look(-hour).verdict, 'stale');
    assert.equal(look(-hour, 90_000).verdict, 'stale');
  });

  it('blames the hub when chain and web server agree that it is ahead', () => {
    assert.deepEqual(look(-hour - 30_000, -hour), { verdict: 'good', hubClockAheadMs: hour });
  });

  it('does not blame the hub when the web server is behind too, but not as far as the chain', () => {
    assert.equal(look(-3 * hour, -hour).verdict, 'stale');
  });

  it('blames the hub when the chain is ahead of it and the web server says nothing or agrees', () => {
    assert.deepEqual(look(40 * 24 * hour), { verdict: 'good', hubClockAheadMs: -40 * 24 * hour });
    assert.deepEqual(look(hour, hour + 5_000), { verdict: 'good', hubClockAheadMs: -hour });
  });

  it('blames the endpoint when its web server sides with the hub against blocks from the future', () => {
    assert.deepEqual(look(hour, 1_000), {
      verdict: 'clock',
      reason: 'its newest block is dated 3600 s in the future',
    });
  });
});

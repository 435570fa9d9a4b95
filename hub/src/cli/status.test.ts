import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndpointState, LineState } from '../platform/ports/index.ts';
import { lineWords } from './status.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const hour = 3_600_000;
const endpoint = (name: string, more: Partial<EndpointState> = {}): EndpointState => ({
  name,
  isServing: false,
  breaker: 'closed',
  verdict: 'good',
  ...more,
});
const said = (line: Omit<LineState, 'isOnline'>, isOnline = true) =>
  lineWords({ isOnline, nowMs, line: { isOnline, ...line } });

describe('the line to the chain in stoop status', () => {
  it('is one line while all is well', () => {
    assert.deepEqual(said({ endpoints: [endpoint('a.example', { isServing: true })] }), ['Chain:    connected']);
  });

  it('says through which of several, and what is wrong with the others', () => {
    const away = { verdict: 'away', breaker: 'open', reason: 'connect ECONNREFUSED', pauseLeftMs: 40_000 } as const;
    const endpoints = [endpoint('a.example', away), endpoint('b.example', { isServing: true })];
    assert.deepEqual(said({ endpoints }), [
      'Chain:    connected through b.example (2 of 2)',
      'Endpoint: a.example: away, connect ECONNREFUSED, asked again in 40 seconds',
    ]);
  });

  it('says since when the line is missing, and whether it is missing or stands still', () => {
    const rest = 'everything goes on here and is recorded later';
    const offlineSinceMs = nowMs - 3 * hour;
    assert.deepEqual(said({ offlineSinceMs, endpoints: [] }, false), [`Chain:    away for 3 hours; ${rest}`]);
    assert.deepEqual(said({ offlineSinceMs, offlineBecause: 'stale', endpoints: [] }, false), [
      `Chain:    stands still for 3 hours; ${rest}`,
    ]);
  });

  it('says plainly when the hub’s own clock is the odd one', () => {
    assert.equal(
      said({ hubClockAheadMs: -2 * hour, endpoints: [] })[1],
      'Clock:    the hub’s clock is 2 hours behind the chain’s and the endpoint’s',
    );
  });
});

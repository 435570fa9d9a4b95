import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '../../config/index.ts';
import type { EndpointState, LineState } from '../../platform/ports/index.ts';
import { chainLine } from './chain-line.ts';
import type { Patient } from './check.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const endpoint = (name: string, more: Partial<EndpointState>): EndpointState => ({
  name,
  isServing: false,
  breaker: 'closed',
  ...more,
});

describe('what the doctor says of the line as the running hub sees it', () => {
  async function foundOf(line: Partial<LineState>): Promise<string[]> {
    const config = loadConfig({ env: { STOOP_CHAIN_RPC_URLS: 'http://127.0.0.1:9/' }, cwd: '/' });
    const hub = { isOnline: true, line: { isOnline: true, endpoints: [], ...line } };
    const findings = await chainLine({ context: { config }, dataDir: '/', hub } as unknown as Patient);
    return findings.map(({ check, level, found }) => `${check} ${level}: ${found}`);
  }

  it('names who serves, who stands by, who is left alone and who is put aside', async () => {
    const found = await foundOf({
      endpoints: [
        endpoint('a.example', { verdict: 'away', breaker: 'open', reason: 'status 502' }),
        endpoint('b.example', { verdict: 'good', isServing: true }),
        endpoint('c.example', { verdict: 'good' }),
        endpoint('d.example', { verdict: 'wrong', reason: 'its id is 1, this building settles on 314' }),
      ],
    });
    assert.deepEqual(found.slice(-4), [
      'endpoint warn: a.example: away, status 502',
      'endpoint ok: b.example: serves',
      'endpoint ok: c.example: stands by',
      'endpoint warn: d.example: wrong, its id is 1, this building settles on 314',
    ]);
  });

  it('says when finality stands still, and is silent while it is minutes behind', async () => {
    const behind = (ms: number) => foundOf({ headAtMs: nowMs, finalizedAtMs: nowMs - ms });
    assert.ok((await behind(7.5 * 3_600_000)).includes('finality warn: final is 7 hours behind the newest block'));
    assert.deepEqual(
      (await behind(600_000)).filter((line) => line.startsWith('finality')),
      [],
    );
  });

  it('says by how much the hub’s own clock is off', async () => {
    assert.ok(
      (await foundOf({ hubClockAheadMs: 86_400_000 })).includes(
        'clock warn: the hub’s clock is 1 day ahead of the chain’s and the endpoint’s',
      ),
    );
  });
});

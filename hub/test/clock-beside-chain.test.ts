import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEmbeddedChain, type EmbeddedChain } from '../src/chain/index.ts';
import { type LyingProxy, startLyingProxy } from '../src/chain/test/lying-proxy.ts';
import { systemClock } from '../src/platform/clock.ts';
import { silentLog } from '../src/platform/log.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { copyOfFoundedBuilding } from './support/founded.ts';
import { createMovableClock } from './support/movable-clock.ts';

const dayMs = 86_400_000;

describe('a hub whose clock is a day ahead of its chain’s and of the endpoint’s', () => {
  let chain: EmbeddedChain;
  let line: LyingProxy;
  let house: TestHub;

  before(async () => {
    const dir = await copyOfFoundedBuilding();
    chain = createEmbeddedChain({ dataDir: join(dir, 'chain'), chainId: 31999, clock: systemClock, log: silentLog });
    await chain.start(new AbortController().signal);
    await chain.whenUp();
    line = await startLyingProxy(() => chain.endpoint()!.url);
    // The simulator mines on demand; a chain that moves has a young head.
    line.lie('eth_getBlockByNumber', async (request, pass) => {
      const block = (await pass()) as object;
      const timestamp = `0x${Math.floor(Date.now() / 1000).toString(16)}`;
      return request.params[0] === 'latest' ? { ...block, timestamp } : block;
    });
    house = await createTestHub({
      dir,
      clock: createMovableClock(dayMs),
      config: (config) => ({
        ...config,
        chain: { ...config.chain, isEmbedded: false, rpcUrls: [line.url], staleAfterMs: 600_000 },
      }),
    });
  });
  after(async () => {
    await house.dispose();
    await line.close();
    await chain.stop();
  });

  it('settles on, and does not trust its own time until somebody has confirmed it', async () => {
    await house.until(() => house.hub.state().isOnline && house.hub.state().waitingCount === 0);
    assert.equal(house.hub.state().isClockTrusted, false);
    assert.deepEqual(house.hub.faults(), [], 'nothing red: it is the clock');
    const treasurer = await house.phone(house.personWith('treasurer'));
    const { body } = await treasurer.get<{ hubClockAheadMs: number }>('/api/line');
    assert.ok(Math.abs(body.hubClockAheadMs - dayMs) < 60_000, `${body.hubClockAheadMs}`);

    const coordinator = await house.phone(house.personWith('coordinator'));
    assert.equal((await coordinator.post('/api/clock/confirm', {})).status, 204);
    await house.hub.building!.chain.poll();
    assert.equal(house.hub.state().isClockTrusted, true, 'a person’s word outweighs the chain’s');
  });
});

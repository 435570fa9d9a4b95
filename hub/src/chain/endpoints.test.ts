import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { NodeError } from '../../test/support/rpc-endpoint.ts';
import type { Hex } from '../platform/ports/index.ts';
import { attemptOf, emit, type Hub, startHub, startTestChain, type TestChain } from './test/fixture.ts';
import { cut, type LyingProxy, startLyingProxy } from './test/lying-proxy.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;
const count = { contract: 'FoodUSD', fn: 'count', args: [] };

describe('several endpoints in order', () => {
  let test: TestChain;
  let first: LyingProxy;
  let second: LyingProxy;
  let hub: Hub | undefined;
  let atMs = 0;
  /** The hub's clocks, moved by hand: pauses end when the test says so. */
  const clock = { nowMs: () => Date.now() + atMs, monotonicMs: () => atMs };

  before(async () => {
    test = await startTestChain();
    first = await startLyingProxy(() => test.url);
    second = await startLyingProxy(() => test.url);
  });
  afterEach(async () => {
    await hub?.stop();
    hub = undefined;
    for (const one of [first, second]) {
      one.honest();
      await one.setUp(true);
    }
  });
  after(async () => {
    await first.close();
    await second.close();
    await test.stop();
  });

  async function looked(options: Parameters<typeof startHub>[1] = {}): Promise<Hub> {
    hub = await startHub(test, { urls: [first.url, second.url], clock, ...options });
    await hub.chain.poll();
    first.asked.length = 0;
    second.asked.length = 0;
    return hub;
  }
  const hostOf = (proxy: LyingProxy) => new URL(proxy.url).host;
  const serving = () => hub!.chain.state().endpoints.find((one) => one.isServing)?.name;
  const stateOf = (proxy: LyingProxy) => hub!.chain.state().endpoints.find(({ name }) => name === hostOf(proxy))!;

  it('lets the first serve and looks at the second once, so that a wrong one would be named', async () => {
    await looked();
    assert.equal(serving(), hostOf(first));
    assert.deepEqual([stateOf(second).verdict, stateOf(second).isServing], ['good', false]);
    await hub!.chain.poll();
    assert.deepEqual(second.asked, [], 'left in peace for five minutes');
    atMs += 300_000;
    await hub!.chain.poll();
    assert.ok(second.asked.length > 0);
  });

  it('goes over to the second within a call when the first cannot be reached, and back when it answers again', async () => {
    const { chain } = await looked();
    await first.setUp(false);
    assert.equal(await chain.reads.read<bigint>(count, 'latest'), 0n);
    assert.deepEqual([serving(), chain.state().isOnline], [hostOf(second), true]);
    assert.deepEqual([stateOf(first).verdict, stateOf(first).breaker], ['away', 'open']);
    await first.setUp(true);
    await chain.poll();
    assert.equal(serving(), hostOf(second), 'not before the pause is over');
    atMs += 5_000;
    assert.equal(stateOf(first).breaker, 'half-open');
    await chain.poll();
    assert.deepEqual([serving(), stateOf(first).breaker], [hostOf(first), 'closed']);
  });

  it('reads on from the second when the first stays silent, or answers 429, 502 or a gateway’s page', async () => {
    const { chain } = await looked();
    first.lie('eth_call', () => Promise.reject(cut));
    assert.equal(await chain.reads.read<bigint>(count, 'latest'), 0n);
    for (const status of [429, 502, 200]) {
      const server = await pageServer(status, status === 429 ? { 'retry-after': '120' } : {});
      const other = await startHub(test, { urls: [server.url, second.url], clock });
      await other.chain.poll();
      const [state] = other.chain.state().endpoints;
      assert.equal(await other.chain.reads.read<bigint>(count, 'latest'), 0n);
      assert.deepEqual([state!.verdict, state!.isServing], ['away', false]);
      if (status === 429) assert.equal(state!.pauseLeftMs, 120_000);
      await other.stop();
      server.close();
    }
  });

  it('leaves an endpoint alone for as long as it asked, though it is the only one', async () => {
    let asked = 0;
    const server = await pageServer(429, { 'retry-after': '120' }, () => `${++asked}`);
    hub = await startHub(test, { urls: [server.url], clock });
    for (let look = 0; look < 4; look++) await hub.chain.poll();
    assert.deepEqual([asked, hub.chain.state().isOnline, hub.chain.state().offlineBecause], [1, false, 'line']);
    atMs += 120_000;
    await hub.chain.poll();
    assert.equal(asked, 2);
    server.close();
  });

  it('takes an answer to another question for none', async () => {
    const server = await pageServer(200, {}, () => JSON.stringify({ jsonrpc: '2.0', id: 9_999, result: '0x7cff' }));
    hub = await startHub(test, { urls: [server.url, second.url], clock });
    await hub.chain.poll();
    assert.match(hub.chain.state().endpoints[0]!.reason!, /another question/);
    assert.equal(serving(), hostOf(second));
    server.close();
  });

  it('sends the same bytes to the second when the first may have taken them, and they count once', async () => {
    const { chain } = await looked();
    const before = await chain.reads.read<bigint>(count, 'finalized');
    for (const isTaken of [true, false]) {
      await chain.poll();
      const attempt = attemptOf(await chain.carrier.prepare(emit(ann, bob, 5), { highestNonce: -1 }));
      first.asked.length = 0;
      second.asked.length = 0;
      first.lie('eth_sendRawTransaction', async (_, pass) => {
        if (isTaken) await pass().catch(() => {});
        throw cut;
      });
      await chain.carrier.perform(attempt);
      first.honest();
      const raw = [first, second].map((one) => one.asked.filter(({ method }) => method === 'eth_sendRawTransaction'));
      assert.deepEqual(raw[0]!.at(0)?.params, [attempt.payload]);
      assert.deepEqual(raw[1]!.at(0)?.params, [attempt.payload]);
      assert.equal((await chain.carrier.probe(attempt)).outcome, 'final');
    }
    assert.equal(await chain.reads.read<bigint>(count, 'finalized'), before + 2n);
    assert.deepEqual(chain.state().isOnline, true);
  });

  it('does not hide behind the second that the first may have taken the bytes', async () => {
    const { chain } = await looked();
    const attempt = attemptOf(await chain.carrier.prepare(emit(ann, bob, 5), { highestNonce: -1 }));
    first.lie('eth_sendRawTransaction', () => Promise.reject(cut));
    await second.setUp(false);
    await chain.carrier.perform(attempt);
    assert.equal(chain.state().isOnline, true, 'nobody knows whether it was sent: that is no missing line');
    assert.equal((await chain.carrier.probe(attempt)).outcome, 'unknown');
  });

  it('puts an endpoint of another chain aside and names it, and the other serves', async () => {
    first.lie('eth_chainId', async () => '0x1');
    const { chain } = await looked();
    assert.deepEqual([chain.state().isOnline, chain.state().fault, serving()], [true, undefined, hostOf(second)]);
    assert.deepEqual(
      [stateOf(first).verdict, stateOf(first).reason],
      ['wrong', 'its id is 1, this building settles on 31999'],
    );
    await chain.reads.read(count, 'latest');
    assert.ok(!first.asked.some(({ method }) => method === 'eth_call'));
  });

  it('is a fault that names each when all of them are wrong, and none when one of them is only away', async () => {
    first.lie('eth_chainId', async () => '0x1');
    second.lie('eth_getBlockByNumber', async (request, pass) => {
      const block = (await pass()) as object;
      return request.params[0] === '0x0' ? { ...block, hash: `0x${'cd'.repeat(32)}` } : block;
    });
    const { chain } = await looked();
    assert.equal(chain.state().fault?.code, 'chain_mismatch');
    assert.ok(chain.state().fault!.message.includes(`${hostOf(first)}: its id is 1`));
    assert.ok(chain.state().fault!.message.includes(`${hostOf(second)}: it begins with block 0xcd`));
    await hub!.stop();
    await second.setUp(false);
    await looked();
    assert.deepEqual([hub!.chain.state().isOnline, hub!.chain.state().fault], [false, undefined]);
  });

  it('leaves an endpoint whose head stands still, and is offline without a fault when all stand still', async () => {
    await test.rpc('evm_mine');
    const old = async (request: { params: unknown[] }, pass: () => Promise<unknown>) => {
      const block = (await pass()) as object;
      return request.params[0] === 'latest' ? { ...block, timestamp: '0x65000000' } : block;
    };
    first.lie('eth_getBlockByNumber', old);
    atMs = 0;
    const { chain } = await looked({ staleAfterMs: 600_000 });
    assert.deepEqual([serving(), stateOf(first).verdict], [hostOf(second), 'stale']);
    second.lie('eth_getBlockByNumber', old);
    await chain.poll();
    const { isOnline, fault, offlineBecause } = chain.state();
    assert.deepEqual(
      { isOnline, fault, offlineBecause },
      { isOnline: false, fault: undefined, offlineBecause: 'stale' },
    );
    assert.match((await chain.carrier.unavailable())!, /newest block is old/);
    second.honest();
    atMs += 300_000;
    await test.rpc('evm_mine');
    await chain.poll();
    assert.equal(chain.state().isOnline, true);
  });

  it('says that the hub’s clock is the odd one when the chain is ahead of it, and goes on', async () => {
    await test.rpc('evm_mine');
    const behind = { nowMs: () => Date.now() - 86_400_000, monotonicMs: () => 0 };
    hub = await startHub(test, { urls: [second.url], clock: behind, staleAfterMs: 600_000 });
    await hub.chain.poll();
    const { isOnline, hubClockAheadMs } = hub.chain.state();
    assert.equal(isOnline, true);
    assert.ok(Math.abs(hubClockAheadMs! + 86_400_000) < 60_000, `${hubClockAheadMs}`);
  });

  it('does not take an endpoint for the present that shows less as final than was seen', async () => {
    const { chain } = await looked();
    await test.rpc('evm_mine');
    await chain.poll();
    const final = chain.state().finalizedNumber!;
    second.lie('eth_getBlockByNumber', (request, pass) => {
      if (request.params[0] === 'finalized') request.params[0] = `0x${(final - 1).toString(16)}`;
      return pass();
    });
    await first.setUp(false);
    await assert.rejects(chain.reads.read(count, 'finalized'), { code: 'chain_offline' });
    await chain.poll();
    assert.deepEqual([chain.state().isOnline, chain.state().offlineBecause], [false, 'behind']);
    assert.equal(chain.state().finalizedNumber, final);
    second.honest();
    await chain.poll();
    assert.deepEqual([chain.state().isOnline, serving()], [true, hostOf(second)]);
  });

  it('believes what all show after ten minutes when one had said too much', async () => {
    first.lie('eth_getBlockByNumber', async (_, pass) => ({ ...((await pass()) as object), number: '0x1388' }));
    const { chain } = await looked({ urls: [first.url] });
    assert.equal(chain.state().finalizedNumber, 5000);
    first.honest();
    await chain.poll();
    assert.equal(chain.state().offlineBecause, 'behind');
    atMs += 600_001;
    await chain.poll();
    await chain.poll();
    assert.deepEqual([chain.state().isOnline, chain.state().finalizedNumber! < 1000], [true, true]);
  });

  it('asks the others for what an endpoint refuses to look back at', async () => {
    const { chain } = await looked();
    const attempt = attemptOf(await chain.carrier.prepare(emit(ann, bob, 7), { highestNonce: -1 }));
    await chain.carrier.perform(attempt);
    const refuse = () => Promise.reject(new NodeError(1, 'lookbacks of more than 24h0m0s are disallowed'));
    first.lie('eth_getLogs', refuse);
    await chain.poll();
    assert.deepEqual([chain.state().stuck, hub!.foreign.at(-1)?.txHash], [undefined, attempt.locator]);
    second.lie('eth_getLogs', refuse);
    await test.rpc('evm_mine');
    await chain.poll();
    assert.match(String(chain.state().stuck?.details.reason), /lookbacks/);
  });

  it('says since when the line is missing, and is silent about it while it is there', async () => {
    const { chain } = await looked();
    const seenAtMs = chain.state().lastSeenAtMs!;
    assert.equal(chain.state().offlineSinceMs, undefined);
    await first.setUp(false);
    await second.setUp(false);
    atMs += 3_600_000;
    await chain.poll();
    await chain.poll();
    assert.deepEqual([chain.state().offlineSinceMs, chain.state().offlineBecause], [seenAtMs, 'line']);
    await first.setUp(true);
    atMs += 300_000;
    await chain.poll();
    assert.deepEqual([chain.state().isOnline, chain.state().offlineSinceMs], [true, undefined]);
  });
});

async function pageServer(status: number, headers: Record<string, string>, body = () => '<html>One moment</html>') {
  const server: Server = createServer((_, response) => response.writeHead(status, headers).end(body()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { NodeError } from '../../test/support/rpc-endpoint.ts';
import type { Hex } from '../platform/ports/index.ts';
import type { Deployment } from './deployment.ts';
import { emit, type Hub, startHub, startTestChain, type TestChain } from './test/fixture.ts';
import { type LyingProxy, startLyingProxy } from './test/lying-proxy.ts';

const nobody: Hex = `0x${'99'.repeat(20)}`;

describe('the connection to the chain', () => {
  let test: TestChain;
  let proxy: LyingProxy;
  let hub: Hub | undefined;

  before(async () => {
    test = await startTestChain();
    proxy = await startLyingProxy(() => test.url);
  });

  afterEach(async () => {
    await hub?.stop();
    hub = undefined;
    proxy.honest();
  });

  after(async () => {
    await proxy.close();
    await test.stop();
  });

  /** A hub that has looked once, and how often it was told of a change. */
  async function looked(change: Partial<Deployment> = {}): Promise<{ hub: Hub; told: string[] }> {
    const told: string[] = [];
    const deployment = { ...test.deployment, ...change };
    const started = await startHub(test, {
      url: () => proxy.url,
      deployment: () => deployment,
      onChange: ({ isOnline, fault }) => void told.push(fault?.code ?? (isOnline ? 'online' : 'offline')),
    });
    hub = started;
    await started.chain.poll();
    return { hub: started, told };
  }

  it('is online when chain id, genesis and code are right, and knows how far the chain is', async () => {
    const { hub, told } = await looked();
    const head = Number(await test.rpc<Hex>('eth_blockNumber'));
    const { isOnline, fault, headNumber, finalizedNumber, headAtMs, lastSeenAtMs } = hub.chain.state();
    assert.deepEqual(
      { isOnline, fault, headNumber, finalizedNumber },
      { isOnline: true, fault: undefined, headNumber: head, finalizedNumber: head },
    );
    assert.ok(headAtMs! > Date.UTC(2020, 0) && lastSeenAtMs! >= headAtMs! - 60_000);
    assert.equal(hub.chain.reads.isOnline(), true);
    assert.deepEqual(told, ['online']);
  });

  for (const [what, change, says] of [
    ['another chain id', { chainId: 1 }, 'The chain is another one: its id is 31999, this building settles on 1.'],
    ['another genesis', { genesisHash: `0x${'ab'.repeat(32)}` }, /^The chain is another one: it begins with block 0x/],
    ['missing code', { contracts: { FoodUSD: nobody } }, `The chain is another one: there is no FoodUSD at ${nobody}.`],
  ] as const) {
    it(`stops settling with a fault on ${what}`, async () => {
      const { hub, told } = await looked(change);
      const { carrier, reads } = hub.chain;
      const { fault, isOnline } = hub.chain.state();
      assert.equal(isOnline, false);
      assert.equal(fault?.code, 'chain_mismatch');
      if (typeof says === 'string') assert.equal(fault.message, says);
      else assert.match(fault.message, says);
      assert.equal(await carrier.unavailable(), fault.message);
      await assert.rejects(carrier.prepare(emit(nobody, nobody, 1), { highestNonce: -1 }), { code: 'chain_mismatch' });
      await assert.rejects(reads.read({ contract: 'FoodUSD', fn: 'count', args: [] }, 'latest'), {
        code: 'chain_mismatch',
      });
      await hub.chain.poll();
      assert.deepEqual(told, ['chain_mismatch'], 'told once, not at every look');
    });
  }

  it('notices at the next look that the endpoint has become another chain, and that it is the right one again', async () => {
    const { hub, told } = await looked();
    proxy.lie('eth_getBlockByNumber', async (request, pass) => {
      const block = (await pass()) as object;
      return request.params[0] === '0x0' ? { ...block, hash: `0x${'cd'.repeat(32)}` } : block;
    });
    await hub.chain.poll();
    assert.equal(hub.chain.state().fault?.code, 'chain_mismatch');
    proxy.honest();
    await hub.chain.poll();
    assert.equal(hub.chain.state().fault, undefined);
    assert.deepEqual(told, ['online', 'chain_mismatch', 'online']);
  });

  it('takes a missing line for offline, without a fault, and comes back by itself', async () => {
    const { hub, told } = await looked();
    const { headNumber } = hub.chain.state();
    await proxy.setUp(false);
    await hub.chain.poll();
    const away = hub.chain.state();
    assert.deepEqual([away.isOnline, away.fault, away.headNumber], [false, undefined, headNumber]);
    await assert.rejects(hub.chain.reads.read({ contract: 'FoodUSD', fn: 'count', args: [] }, 'latest'), {
      code: 'chain_offline',
    });
    await proxy.setUp(true);
    await hub.chain.poll();
    assert.equal(hub.chain.state().isOnline, true);
    assert.deepEqual(told, ['online', 'offline', 'online']);
  });

  it('is a fault that names the call when a lane calls what the contracts do not have', async () => {
    hub = await startHub(test, { calls: () => [{ contract: 'FoodUSD', fn: 'mintAll' }] });
    await hub.chain.poll();
    assert.equal(await hub.chain.carrier.unavailable(), 'FoodUSD.mintAll: is not in the ABI');
  });

  it('looks for the code again when the line comes back', async () => {
    const { hub } = await looked();
    proxy.lie('eth_getCode', () => Promise.resolve('0x'));
    await proxy.setUp(false);
    await hub.chain.poll();
    await proxy.setUp(true);
    await hub.chain.poll();
    assert.equal(hub.chain.state().fault?.code, 'chain_mismatch');
  });

  it('asks no more than eight things at once, and answers them all', async () => {
    const { hub } = await looked();
    let open = 0;
    let most = 0;
    proxy.lie('eth_call', async (_, pass) => {
      most = Math.max(most, ++open);
      const answer = await pass();
      open -= 1;
      return answer;
    });
    const call = { contract: 'FoodUSD', fn: 'count', args: [] };
    const answers = await Promise.all(Array.from({ length: 100 }, () => hub.chain.reads.read(call, 'finalized')));
    assert.deepEqual(new Set(answers), new Set([0n]));
    assert.equal(answers.length, 100);
    assert.ok(most > 1 && most <= 8, `${most} at once`);
  });

  it('takes a captive portal for a missing line', async () => {
    const portal = createServer((_, response) => response.end('<html>Please pay for the Wi-Fi</html>'));
    portal.listen(0, '127.0.0.1');
    await once(portal, 'listening');
    hub = await startHub(test, { url: () => `http://127.0.0.1:${(portal.address() as AddressInfo).port}` });
    await hub.chain.poll();
    assert.deepEqual([hub.chain.state().isOnline, hub.chain.state().fault], [false, undefined]);
    portal.closeAllConnections();
    portal.close();
  });

  it('relies on chain id and code where a gateway does not show block 0', async () => {
    proxy.lie('eth_getBlockByNumber', (request, pass) => {
      if (request.params[0] === '0x0')
        return Promise.reject(new NodeError(1, 'lookbacks of more than 24h0m0s are disallowed'));
      return pass();
    });
    const { hub } = await looked();
    assert.equal(hub.chain.state().isOnline, true);
  });

  it('finds nothing final on a node that cannot say what is', async () => {
    proxy.lie('eth_getBlockByNumber', (request, pass) => {
      if (request.params[0] === 'finalized') return Promise.reject(new NodeError(-39001, 'finalized block not found'));
      return pass();
    });
    const { hub } = await looked();
    assert.deepEqual([hub.chain.state().isOnline, hub.chain.state().finalizedNumber], [true, undefined]);
  });

  it('waits without a fault for an endpoint and for contracts to come', async () => {
    let url: string | undefined;
    let deployment: Deployment | undefined;
    hub = await startHub(test, { url: () => url, deployment: () => deployment });
    await hub.chain.poll();
    assert.equal(hub.chain.state().waitingFor, 'endpoint');
    url = proxy.url;
    await hub.chain.poll();
    assert.equal(hub.chain.state().waitingFor, 'deployment');
    assert.equal(await hub.chain.carrier.unavailable(), 'This building has no contracts on a chain yet.');
    deployment = test.deployment;
    await hub.chain.poll();
    assert.deepEqual([hub.chain.state().waitingFor, await hub.chain.carrier.unavailable()], [undefined, undefined]);
  });

  it('starts without waiting for the chain, and stops at once while the endpoint is silent', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    hub = await startHub(test, {
      url: () => `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      timeoutMs: 10_000,
    });
    const asked = once(silent, 'request');
    await hub.chain.start(new AbortController().signal);
    await asked;
    const before = performance.now();
    await hub.chain.stop();
    assert.ok(performance.now() - before < 1000);
    silent.closeAllConnections();
    silent.close();
  });
});

describe('the room’s weight', () => {
  it('does not load ethers before it is used', () => {
    const index = fileURLToPath(new URL('index.ts', import.meta.url));
    const script = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve: (name, context, next) => { const found = next(name, context); seen.push(found.url); return found; } });
      const { createChain, createRelayerKey } = await import(${JSON.stringify(index)});
      createChain({ rpcUrls: ['http://127.0.0.1:9'], deployment: () => undefined, relayerKey: createRelayerKey('/nowhere'), clock: { monotonicMs: () => 0 }, log: {} });
      process.stdout.write(JSON.stringify({ isWatching: seen.some((url) => url.endsWith('carrier.ts')), ethers: seen.filter((url) => url.includes('/ethers/')) }));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    });
    assert.deepEqual(stdout && JSON.parse(stdout), { isWatching: true, ethers: [] }, stderr);
  });
});

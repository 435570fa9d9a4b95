import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Hex } from '../platform/ports/index.ts';
import { attemptOf, emit, type Hub, startHub, startTestChain, type TestChain, tempFolder } from './test/fixture.ts';
import { cut, type LyingProxy, Refusal, startLyingProxy } from './test/lying-proxy.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;

describe('the watcher', () => {
  let test: TestChain;
  let proxy: LyingProxy;
  let path: string;
  let hubs: Hub[] = [];

  before(async () => {
    test = await startTestChain();
    proxy = await startLyingProxy(() => test.url);
  });

  beforeEach(() => {
    path = join(tempFolder(), 'stoop.db');
    proxy.asked.length = 0;
  });

  afterEach(async () => {
    for (const hub of hubs) await hub.stop();
    hubs = [];
    proxy.honest();
  });

  after(async () => {
    await proxy.close();
    await test.stop();
  });

  type Options = Parameters<typeof startHub>[1];

  /** A hub on the same database each time, as after a restart; it begins to watch at the present block. */
  async function open(options: Options = {}, deployedAtBlock = 0): Promise<Hub> {
    for (const hub of hubs) await hub.stop();
    const deployment = { ...test.deployment, deployedAtBlock: deployedAtBlock || test.deployment.deployedAtBlock };
    const hub = await startHub(test, { url: () => proxy.url, path, deployment: () => deployment, ...options });
    hubs = [hub];
    return hub;
  }

  const height = async () => Number(await test.rpc<Hex>('eth_blockNumber'));

  /** A transfer on chain that no outbox knows; answers its transaction. */
  async function move(hub: Hub, from: Hex, to: Hex, value: number): Promise<string> {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(from, to, value), { highestNonce: -1 }));
    await hub.chain.carrier.perform(attempt);
    return attempt.locator;
  }

  const kept = (hub: Hub) =>
    hub.store.read((reader) =>
      reader
        .prepare(
          'SELECT tx_hash AS txHash, block_number AS blockNumber, gone_at_ms IS NOT NULL AS isGone FROM chain_log ORDER BY id',
        )
        .all<{ txHash: string; blockNumber: number; isGone: number }>(),
    );

  it('hands on a movement that no intent explains, with its place and time, and keeps log and header', async () => {
    const from = (await height()) + 1;
    const hub = await open({}, from);
    await hub.chain.poll();
    const txHash = await move(hub, ann, bob, 2_500_000);
    await hub.chain.poll();
    const block = await test.rpc<{ number: Hex; hash: Hex; parentHash: Hex; timestamp: Hex }>('eth_getBlockByNumber', [
      'latest',
      false,
    ]);
    const atMs = Number(block.timestamp) * 1000;
    const place = { txHash, logIndex: 0, blockNumber: Number(block.number), atMs };
    assert.deepEqual(hub.foreign, [{ from: ann, to: bob, amountMicros: 2_500_000, ...place }]);
    assert.deepEqual(hub.events, [
      {
        contract: 'FoodUSD',
        name: 'Transfer',
        args: { from: ann, to: bob, value: 2_500_000n },
        blockHash: block.hash,
        ...place,
      },
    ]);
    const header = hub.store.read((reader) => reader.prepare('SELECT * FROM chain_headers').all());
    const chain = `31999:${test.deployment.genesisHash}`;
    assert.deepEqual(header, [
      { chain, number: Number(block.number), hash: block.hash, parent_hash: block.parentHash, at_ms: atMs },
    ]);
  });

  it('keeps a movement that an intent explains and hands nothing on', async () => {
    const asked: string[] = [];
    const explains = (_: unknown, { txHash }: { txHash: string }) => asked.push(txHash) > 0;
    const hub = await open({ sightings: { explains } }, (await height()) + 1);
    await hub.chain.poll();
    const txHash = await move(hub, ann, bob, 1);
    await hub.chain.poll();
    assert.deepEqual([asked, hub.foreign, kept(hub).length], [[txHash], [], 1]);
  });

  it('hands each on once, however often it reads the same blocks and however often the hub starts', async () => {
    const first = await open({}, (await height()) + 1);
    await first.chain.poll();
    await move(first, ann, bob, 1);
    await first.chain.poll();
    await test.rpc('evm_mine');
    await first.chain.poll();
    await move(first, bob, ann, 2);
    await first.chain.poll();
    assert.deepEqual(
      first.foreign.map(({ amountMicros }) => Number(amountMicros)),
      [1, 2],
    );

    const second = await open({}, (await height()) - 2);
    await second.chain.poll();
    await test.rpc('evm_mine');
    await second.chain.poll();
    assert.deepEqual([second.foreign, second.events, kept(second).length], [[], [], 2]);
    const ranges = proxy.asked.filter(({ method }) => method === 'eth_getLogs');
    assert.ok(ranges.length >= 5, 'the overlap was read again each time');
  });

  it('keeps nothing of a page whose handling failed, says that it is stuck, and reads it again', async () => {
    let isBroken = true;
    const seen: number[] = [];
    const onForeignTransfer = (_: unknown, { amountMicros }: { amountMicros: number }) => {
      if (isBroken && amountMicros === 2) throw new Error('the books are closed');
      seen.push(amountMicros);
    };
    const hub = await open({ sightings: { onForeignTransfer } }, (await height()) + 1);
    await hub.chain.poll();
    await move(hub, ann, bob, 1);
    await move(hub, ann, bob, 2);
    await hub.chain.poll();
    assert.deepEqual(kept(hub), []);
    assert.equal(hub.chain.state().stuck?.reason, 'the books are closed');
    assert.equal(hub.chain.state().isOnline, true);
    isBroken = false;
    seen.length = 0;
    await hub.chain.poll();
    assert.deepEqual([seen, kept(hub).length, hub.chain.state().stuck], [[1, 2], 2, undefined]);
  });

  it('does not read beyond what is final', async () => {
    const from = (await height()) + 1;
    const hub = await open({}, from);
    await hub.chain.poll();
    await move(hub, ann, bob, 1);
    proxy.lie('eth_getBlockByNumber', (request, pass) => {
      if (request.params[0] === 'finalized') request.params[0] = `0x${(from - 1).toString(16)}`;
      return pass();
    });
    await hub.chain.poll();
    assert.deepEqual(hub.foreign, []);
    proxy.honest();
    await hub.chain.poll();
    assert.equal(hub.foreign.length, 1);
  });

  it('takes back what a reorganisation removed, and hands on what came instead', async () => {
    const hub = await open({}, (await height()) + 1);
    await hub.chain.poll();
    const snapshot = await test.rpc('evm_snapshot');
    const lost = await move(hub, ann, bob, 1);
    await test.rpc('evm_mine');
    await hub.chain.poll();
    await test.rpc('evm_revert', [snapshot]);
    await test.rpc('evm_mine');
    const came = await move(hub, bob, ann, 7);
    await hub.chain.poll();
    assert.deepEqual(hub.gone, [hub.foreign[0]]);
    assert.deepEqual(
      hub.foreign.map(({ txHash }) => txHash),
      [lost, came],
    );
    const gone = new Map(kept(hub).map(({ txHash, isGone }) => [txHash, isGone]));
    assert.deepEqual([gone.get(lost), gone.get(came)], [1, 0]);
  });

  it('sees the same transaction in another block as the same movement', async () => {
    const hub = await open({}, (await height()) + 1);
    await hub.chain.poll();
    const snapshot = await test.rpc('evm_snapshot');
    const made = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 9), { highestNonce: -1 }));
    await hub.chain.carrier.perform(made);
    await hub.chain.poll();
    const before = kept(hub).at(-1)!.blockNumber;
    await test.rpc('evm_revert', [snapshot]);
    await test.rpc('evm_mine');
    await hub.chain.carrier.perform(made);
    await hub.chain.poll();
    assert.deepEqual([hub.foreign.length, hub.gone.length], [1, 0]);
    assert.deepEqual(kept(hub), [{ txHash: made.locator, blockNumber: before + 1, isGone: 0 }]);
  });

  it('does not take an endpoint that leaves out logs for a reorganisation', async () => {
    const hub = await open({}, (await height()) + 1);
    await hub.chain.poll();
    await move(hub, ann, bob, 1);
    await hub.chain.poll();
    proxy.lie('eth_getLogs', () => Promise.resolve([]));
    await test.rpc('evm_mine');
    await hub.chain.poll();
    assert.deepEqual([hub.gone, kept(hub)[0]?.isGone], [[], 0]);
  });

  it('finds within the overlap what the endpoint had left out', async () => {
    const hub = await open({}, (await height()) + 1);
    await hub.chain.poll();
    proxy.lie('eth_getLogs', () => Promise.resolve([]));
    await move(hub, ann, bob, 3);
    await hub.chain.poll();
    assert.deepEqual(hub.foreign, []);
    proxy.honest();
    await test.rpc('evm_mine');
    await hub.chain.poll();
    assert.equal(hub.foreign.length, 1);
  });

  it('asks for half as many blocks until the endpoint is content, and misses none', async () => {
    const from = (await height()) + 1;
    const hub = await open({}, from);
    await hub.chain.poll();
    for (let value = 1; value <= 5; value++) await move(hub, ann, bob, value);
    const fresh = await open({}, from);
    proxy.asked.length = 0;
    proxy.lie('eth_getLogs', (request, pass) => {
      const { fromBlock, toBlock } = request.params[0] as { fromBlock: Hex; toBlock: Hex };
      if (Number(toBlock) - Number(fromBlock) + 1 > 2)
        return Promise.reject(new Refusal(-32005, 'query returned more than 10000 results'));
      return pass();
    });
    await fresh.chain.poll();
    assert.deepEqual(
      fresh.foreign.map(({ amountMicros }) => Number(amountMicros)),
      [1, 2, 3, 4, 5],
    );
    assert.ok(proxy.asked.filter(({ method }) => method === 'eth_getLogs').length >= 4);
  });

  it('goes past a null round, and stops at a block that the endpoint refuses', async () => {
    const from = (await height()) + 1;
    const hub = await open({}, from);
    await hub.chain.poll();
    for (let value = 1; value <= 3; value++) await move(hub, ann, bob, value);
    const refuseAt = (code: number) => (request: { params: unknown[] }, pass: () => Promise<unknown>) => {
      const { fromBlock, toBlock } = request.params[0] as { fromBlock: Hex; toBlock: Hex };
      const isIn = Number(fromBlock) <= from + 1 && Number(toBlock) >= from + 1;
      return isIn ? Promise.reject(new Refusal(code, 'requested epoch was a null round')) : pass();
    };
    proxy.lie('eth_getLogs', refuseAt(-32000));
    await hub.chain.poll();
    assert.deepEqual(
      hub.foreign.map(({ amountMicros }) => Number(amountMicros)),
      [1],
    );
    assert.equal(hub.chain.state().stuck?.reason, 'requested epoch was a null round');
    proxy.lie('eth_getLogs', refuseAt(12));
    await hub.chain.poll();
    assert.deepEqual(
      hub.foreign.map(({ amountMicros }) => Number(amountMicros)),
      [1, 3],
    );
    assert.equal(hub.chain.state().stuck, undefined);
  });

  it('goes on where it was when the line is cut in the middle of a long way', async () => {
    const from = (await height()) + 1;
    const hub = await open({}, from);
    await hub.chain.poll();
    for (let value = 1; value <= 4; value++) await move(hub, ann, bob, value);
    const fresh = await open({}, from);
    let answers = 0;
    proxy.lie('eth_getLogs', (request, pass) => {
      const { fromBlock, toBlock } = request.params[0] as { fromBlock: Hex; toBlock: Hex };
      if (Number(toBlock) > Number(fromBlock)) return Promise.reject(new Refusal(-32005, 'too many'));
      return ++answers > 2 ? Promise.reject(cut) : pass();
    });
    await fresh.chain.poll();
    assert.deepEqual(
      fresh.foreign.map(({ amountMicros }) => Number(amountMicros)),
      [1, 2],
    );
    assert.equal(fresh.chain.state().stuck, undefined, 'a line that is cut is no fault');
    const again = await open({}, from);
    proxy.honest();
    await again.chain.poll();
    assert.deepEqual(
      again.foreign.map(({ amountMicros }) => Number(amountMicros)),
      [3, 4],
    );
  });

  it('writes nothing while nothing happens', async () => {
    const hub = await open({}, (await height()) + 1);
    await hub.chain.poll();
    const { commits } = hub.store;
    for (let block = 0; block < 5; block++) {
      await test.rpc('evm_mine');
      await hub.chain.poll();
    }
    assert.equal(hub.store.commits, commits);
  });

  it('begins from nothing on another chain', async () => {
    const hub = await open({}, (await height()) + 1);
    await hub.chain.poll();
    await move(hub, ann, bob, 1);
    await hub.chain.poll();
    const other = await startTestChain(31998);
    const deployment = { ...other.deployment, deployedAtBlock: 0 };
    const moved = await open({ url: () => other.url, deployment: () => deployment });
    await moved.chain.poll();
    assert.deepEqual([moved.chain.state().fault, moved.foreign, kept(moved).length], [undefined, [], 1]);
    await other.stop();
  });
});

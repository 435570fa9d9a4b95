import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Hex } from '../platform/ports/index.ts';
import { attemptOf, emit, startTestChain } from './test/fixture.ts';
import { amounts, ann, bob, startWatch, type Watch } from './test/watch.ts';

describe('the watcher', () => {
  let watch: Watch;

  before(async () => {
    watch = await startWatch();
  });
  afterEach(() => watch.reset());
  after(() => watch.stop());

  it('hands on a movement that no intent explains, with its place and time, and keeps log and header', async () => {
    const from = (await watch.height()) + 1;
    const hub = await watch.open({}, from);
    await hub.chain.poll();
    const txHash = await watch.move(hub, ann, bob, 2_500_000);
    await hub.chain.poll();
    const block = await watch.test.rpc<{ number: Hex; hash: Hex; parentHash: Hex; timestamp: Hex }>(
      'eth_getBlockByNumber',
      ['latest', false],
    );
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
    const chain = `31999:${watch.test.deployment.genesisHash}`;
    assert.deepEqual(header, [
      { chain, number: Number(block.number), hash: block.hash, parent_hash: block.parentHash, at_ms: atMs },
    ]);
  });

  it('keeps a movement that an intent explains and hands nothing on', async () => {
    const asked: string[] = [];
    const explains = (_: unknown, { txHash }: { txHash: string }) => asked.push(txHash) > 0;
    const hub = await watch.open({ sightings: { explains } }, (await watch.height()) + 1);
    await hub.chain.poll();
    const txHash = await watch.move(hub, ann, bob, 1);
    await hub.chain.poll();
    assert.deepEqual([asked, hub.foreign, watch.kept(hub).length], [[txHash], [], 1]);
  });

  it('hands each on once, however often it reads the same blocks and however often the hub starts', async () => {
    const first = await watch.open({}, (await watch.height()) + 1);
    await first.chain.poll();
    await watch.move(first, ann, bob, 1);
    await first.chain.poll();
    await watch.test.rpc('evm_mine');
    await first.chain.poll();
    await watch.move(first, bob, ann, 2);
    await first.chain.poll();
    assert.deepEqual(amounts(first), [1, 2]);

    const second = await watch.open({}, (await watch.height()) - 2);
    await second.chain.poll();
    await watch.test.rpc('evm_mine');
    await second.chain.poll();
    assert.deepEqual([second.foreign, second.events, watch.kept(second).length], [[], [], 2]);
    const ranges = watch.proxy.asked.filter(({ method }) => method === 'eth_getLogs');
    assert.ok(ranges.length >= 5, 'the overlap was read again each time');
  });

  it('keeps nothing of a page whose handling failed, says that it is stuck, and reads it again', async () => {
    let isBroken = true;
    const seen: number[] = [];
    const onForeignTransfer = (_: unknown, { amountMicros }: { amountMicros: number }) => {
      if (isBroken && amountMicros === 2) throw new Error('the books are closed');
      seen.push(amountMicros);
    };
    const hub = await watch.open({ sightings: { onForeignTransfer } }, (await watch.height()) + 1);
    await hub.chain.poll();
    await watch.move(hub, ann, bob, 1);
    await watch.move(hub, ann, bob, 2);
    await hub.chain.poll();
    assert.deepEqual(watch.kept(hub), []);
    assert.equal(hub.chain.state().stuck?.details.reason, 'the books are closed');
    assert.equal(hub.chain.state().isOnline, true);
    isBroken = false;
    seen.length = 0;
    await hub.chain.poll();
    assert.deepEqual([seen, watch.kept(hub).length, hub.chain.state().stuck], [[1, 2], 2, undefined]);
  });

  it('takes back what a reorganisation removed, and hands on what came instead', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    const snapshot = await watch.test.rpc('evm_snapshot');
    const lost = await watch.move(hub, ann, bob, 1);
    await watch.test.rpc('evm_mine');
    await hub.chain.poll();
    await watch.test.rpc('evm_revert', [snapshot]);
    await watch.test.rpc('evm_mine');
    const came = await watch.move(hub, bob, ann, 7);
    await hub.chain.poll();
    assert.deepEqual(hub.gone, [hub.foreign[0]]);
    assert.deepEqual(
      hub.foreign.map(({ txHash }) => txHash),
      [lost, came],
    );
    const gone = new Map(watch.kept(hub).map(({ txHash, isGone }) => [txHash, isGone]));
    assert.deepEqual([gone.get(lost), gone.get(came)], [1, 0]);
  });

  it('sees the same transaction in another block as the same movement', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    const snapshot = await watch.test.rpc('evm_snapshot');
    const made = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 9), { highestNonce: -1 }));
    await hub.chain.carrier.perform(made);
    await hub.chain.poll();
    const before = watch.kept(hub).at(-1)!.blockNumber;
    await watch.test.rpc('evm_revert', [snapshot]);
    await watch.test.rpc('evm_mine');
    await hub.chain.carrier.perform(made);
    await hub.chain.poll();
    assert.deepEqual([hub.foreign.length, hub.gone.length], [1, 0]);
    assert.deepEqual(watch.kept(hub), [{ txHash: made.locator, blockNumber: before + 1, isGone: 0 }]);
  });

  it('writes nothing while nothing happens', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    const { commits } = hub.store;
    for (let block = 0; block < 5; block++) {
      await watch.test.rpc('evm_mine');
      await hub.chain.poll();
    }
    assert.equal(hub.store.commits, commits);
  });

  it('begins from nothing on another chain', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    await watch.move(hub, ann, bob, 1);
    await hub.chain.poll();
    const other = await startTestChain(31998);
    const deployment = { ...other.deployment, deployedAtBlock: 0 };
    const moved = await watch.open({ url: () => other.url, deployment: () => deployment });
    await moved.chain.poll();
    assert.deepEqual([moved.chain.state().fault, moved.foreign, watch.kept(moved).length], [undefined, [], 1]);
    await other.stop();
  });
});

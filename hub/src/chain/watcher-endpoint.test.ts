import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { NodeError } from '../../test/support/rpc-endpoint.ts';
import type { Hex } from '../platform/ports/index.ts';
import { cut } from './test/lying-proxy.ts';
import { amounts, ann, bob, startWatch, type Watch } from './test/watch.ts';

describe('the watcher before an endpoint that is not perfect', () => {
  let watch: Watch;

  before(async () => {
    watch = await startWatch();
  });
  afterEach(() => watch.reset());
  after(() => watch.stop());

  it('does not read beyond what is final', async () => {
    const from = (await watch.height()) + 1;
    const hub = await watch.open({}, from);
    await hub.chain.poll();
    await watch.move(hub, ann, bob, 1);
    watch.proxy.lie('eth_getBlockByNumber', (request, pass) => {
      if (request.params[0] === 'finalized') request.params[0] = `0x${(from - 1).toString(16)}`;
      return pass();
    });
    await hub.chain.poll();
    assert.deepEqual(hub.foreign, []);
    watch.proxy.honest();
    await hub.chain.poll();
    assert.equal(hub.foreign.length, 1);
  });

  it('does not take an endpoint that leaves out logs for a reorganisation', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    await watch.move(hub, ann, bob, 1);
    await hub.chain.poll();
    watch.proxy.lie('eth_getLogs', () => Promise.resolve([]));
    await watch.test.rpc('evm_mine');
    await hub.chain.poll();
    assert.deepEqual([hub.gone, watch.kept(hub)[0]?.isGone], [[], 0]);
  });

  it('does not take a block that the endpoint does not show for one that was reorganised away', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    await watch.move(hub, ann, bob, 1);
    await hub.chain.poll();
    const { blockNumber } = watch.kept(hub)[0]!;
    watch.proxy.lie('eth_getLogs', () => Promise.resolve([]));
    watch.proxy.lie('eth_getBlockByNumber', (request, pass) =>
      Number(request.params[0]) === blockNumber ? Promise.resolve(null) : pass(),
    );
    await watch.test.rpc('evm_mine');
    await hub.chain.poll();
    assert.deepEqual([hub.gone, watch.kept(hub)[0]?.isGone], [[], 0]);

    watch.proxy.lie('eth_getBlockByNumber', (request, pass) =>
      Number(request.params[0]) === blockNumber
        ? Promise.reject(new NodeError(12, 'requested epoch was a null round'))
        : pass(),
    );
    await watch.test.rpc('evm_mine');
    await hub.chain.poll();
    assert.deepEqual([hub.gone.length, watch.kept(hub)[0]?.isGone], [1, 1], 'now nothing can have happened there');
  });

  it('finds within the overlap what the endpoint had left out', async () => {
    const hub = await watch.open({}, (await watch.height()) + 1);
    await hub.chain.poll();
    watch.proxy.lie('eth_getLogs', () => Promise.resolve([]));
    await watch.move(hub, ann, bob, 3);
    await hub.chain.poll();
    assert.deepEqual(hub.foreign, []);
    watch.proxy.honest();
    await watch.test.rpc('evm_mine');
    await hub.chain.poll();
    assert.equal(hub.foreign.length, 1);
  });

  it('asks for half as many blocks until the endpoint is content, and misses none', async () => {
    const from = (await watch.height()) + 1;
    const hub = await watch.open({}, from);
    await hub.chain.poll();
    for (let value = 1; value <= 5; value++) await watch.move(hub, ann, bob, value);
    const fresh = await watch.open({}, from);
    watch.proxy.asked.length = 0;
    watch.proxy.lie('eth_getLogs', (request, pass) => {
      const { fromBlock, toBlock } = request.params[0] as { fromBlock: Hex; toBlock: Hex };
      if (Number(toBlock) - Number(fromBlock) + 1 > 2)
        return Promise.reject(new NodeError(-32005, 'query returned more than 10000 results'));
      return pass();
    });
    await fresh.chain.poll();
    assert.deepEqual(amounts(fresh), [1, 2, 3, 4, 5]);
    assert.ok(watch.proxy.asked.filter(({ method }) => method === 'eth_getLogs').length >= 4);
  });

  it('goes past a null round, and stops at a block that the endpoint refuses', async () => {
    const from = (await watch.height()) + 1;
    const hub = await watch.open({}, from);
    await hub.chain.poll();
    for (let value = 1; value <= 3; value++) await watch.move(hub, ann, bob, value);
    const refuseAt = (code: number) => (request: { params: unknown[] }, pass: () => Promise<unknown>) => {
      const { fromBlock, toBlock } = request.params[0] as { fromBlock: Hex; toBlock: Hex };
      const isIn = Number(fromBlock) <= from + 1 && Number(toBlock) >= from + 1;
      return isIn ? Promise.reject(new NodeError(code, 'requested epoch was a null round')) : pass();
    };
    watch.proxy.lie('eth_getLogs', refuseAt(-32000));
    await hub.chain.poll();
    assert.deepEqual(amounts(hub), [1]);
    assert.equal(hub.chain.state().stuck?.details.reason, 'requested epoch was a null round');
    watch.proxy.lie('eth_getLogs', refuseAt(12));
    await hub.chain.poll();
    assert.deepEqual(amounts(hub), [1, 3]);
    assert.equal(hub.chain.state().stuck, undefined);
  });

  it('goes on where it was when the line is cut in the middle of a long way', async () => {
    const from = (await watch.height()) + 1;
    const hub = await watch.open({}, from);
    await hub.chain.poll();
    for (let value = 1; value <= 4; value++) await watch.move(hub, ann, bob, value);
    const fresh = await watch.open({}, from);
    let answers = 0;
    watch.proxy.lie('eth_getLogs', (request, pass) => {
      const { fromBlock, toBlock } = request.params[0] as { fromBlock: Hex; toBlock: Hex };
      if (Number(toBlock) > Number(fromBlock)) return Promise.reject(new NodeError(-32005, 'too many'));
      return ++answers > 2 ? Promise.reject(cut) : pass();
    });
    await fresh.chain.poll();
    assert.deepEqual(amounts(fresh), [1, 2]);
    assert.equal(fresh.chain.state().stuck, undefined, 'a line that is cut is no fault');
    const again = await watch.open({}, from);
    watch.proxy.honest();
    await again.chain.poll();
    assert.deepEqual(amounts(again), [3, 4]);
  });
});

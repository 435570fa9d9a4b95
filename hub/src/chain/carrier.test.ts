import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { NodeError } from '../../test/support/rpc-endpoint.ts';
import type { Hex } from '../platform/ports/index.ts';
import { attemptOf, emit, type Hub, rawTransaction, startHub, startTestChain, type TestChain } from './test/fixture.ts';
import { cut, type LyingProxy, startLyingProxy } from './test/lying-proxy.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;

describe('the chain carrier', () => {
  let test: TestChain;
  let proxy: LyingProxy;
  let hub: Hub;

  before(async () => {
    test = await startTestChain();
    proxy = await startLyingProxy(() => test.url);
    hub = await startHub(test, { url: () => proxy.url, timeoutMs: 500 });
    await hub.chain.poll();
  });

  after(async () => {
    await hub.stop();
    await proxy.close();
    await test.stop();
  });

  const nothingUsed = { highestNonce: -1 };
  const minedCount = async () => Number(await test.rpc<Hex>('eth_getTransactionCount', [test.relayer, 'latest']));
  const counted = () => hub.chain.reads.read<bigint>({ contract: 'FoodUSD', fn: 'count', args: [] }, 'finalized');

  it('prepares exact bytes without sending them, then sends, then finds them final', async () => {
    const nonce = await minedCount();
    const made = await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed);
    const attempt = attemptOf(made);
    assert.equal(made.senderNonce, nonce);
    assert.equal(await test.rpc('eth_getTransactionByHash', [made.locator]), null);
    assert.deepEqual(await hub.chain.carrier.probe(attempt), { outcome: 'unknown' });

    await hub.chain.carrier.perform(attempt);
    const probed = await hub.chain.carrier.probe(attempt);
    type Receipt = { gasUsed: Hex; blockNumber: Hex; effectiveGasPrice: Hex };
    const receipt = await test.rpc<Receipt>('eth_getTransactionReceipt', [made.locator]);
    assert.deepEqual(probed, {
      outcome: 'final',
      locator: made.locator,
      gasUsed: Number(receipt.gasUsed),
      paidWei: BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice),
      blockNumber: Number(receipt.blockNumber),
    });
    const sent = await test.rpc<{ gas: Hex; maxFeePerGas: Hex; type: Hex }>('eth_getTransactionByHash', [made.locator]);
    assert.equal(sent.type, '0x2');
    assert.ok(Number(sent.gas) >= probed.gasUsed! * 1.2);
    assert.equal(made.costWei, BigInt(sent.gas) * BigInt(sent.maxFeePerGas));
  });

  it('takes the same bytes a second time without an error and without a second effect', async () => {
    const before = await counted();
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    await hub.chain.carrier.perform(attempt);
    await hub.chain.carrier.perform(attempt);
    assert.equal(await counted(), before + 1n);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('lets only the chain tell when the node took the bytes and the answer was lost', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    proxy.lie('eth_sendRawTransaction', async (_, pass) => {
      await pass();
      throw cut;
    });
    await hub.chain.carrier.perform(attempt);
    proxy.honest();
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('does not take a lost request for a success either', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    proxy.lie('eth_sendRawTransaction', () => Promise.reject(cut));
    await hub.chain.carrier.perform(attempt);
    proxy.honest();
    assert.deepEqual(await hub.chain.carrier.probe(attempt), { outcome: 'unknown' });
    await hub.chain.carrier.perform(attempt);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('does not take "already known" for a failure', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    proxy.lie('eth_sendRawTransaction', async (_, pass) => {
      await pass();
      throw new NodeError(-32000, 'already known');
    });
    // Still in its pool, as far as that node tells.
    proxy.lie('eth_getTransactionCount', async () => `0x${attempt.senderNonce.toString(16)}`);
    await hub.chain.carrier.perform(attempt);
    proxy.honest();
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('tells why a node refuses the bytes; they can be sent again', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    proxy.lie('eth_sendRawTransaction', () =>
      Promise.reject(new NodeError(-32000, 'max fee per gas less than block base fee')),
    );
    await assert.rejects(hub.chain.carrier.perform(attempt), {
      code: 'chain_refused',
      message: /less than block base fee$/,
    });
    proxy.honest();
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'unknown');
    await hub.chain.carrier.perform(attempt);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('waits no longer than its time-out for an endpoint that stays silent', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    const { promise: silence, resolve: endSilence } = Promise.withResolvers<void>();
    proxy.lie('eth_sendRawTransaction', async (_, pass) => {
      const answer = await pass();
      await silence;
      return answer;
    });
    await hub.chain.carrier.perform(attempt);
    proxy.honest();
    endSilence();
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('goes on after the highest nonce that is stored, though the chain knows nothing of it', async () => {
    const nonce = await minedCount();
    const first = await hub.chain.carrier.prepare(emit(ann, bob, 1), nothingUsed);
    const second = await hub.chain.carrier.prepare(emit(ann, bob, 2), { highestNonce: first.senderNonce });
    assert.deepEqual([first.senderNonce, second.senderNonce], [nonce, nonce + 1]);
    await hub.chain.carrier.perform(attemptOf(first));
    await hub.chain.carrier.perform(attemptOf(second));
    assert.equal((await hub.chain.carrier.probe(attemptOf(second))).outcome, 'final');
  });

  it('has at most four of one sender under way', async () => {
    const nonce = await minedCount();
    const fourth = await hub.chain.carrier.prepare(emit(ann, bob, 1), { highestNonce: nonce + 2 });
    assert.equal(fourth.senderNonce, nonce + 3);
    await assert.rejects(hub.chain.carrier.prepare(emit(ann, bob, 1), { highestNonce: nonce + 3 }), { code: 'busy' });
  });

  it('says gone when another transaction used its nonce for good', async () => {
    const made = await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed);
    const { chainId, contracts } = test.deployment;
    const other = await rawTransaction(test.key, {
      chainId,
      nonce: made.senderNonce,
      to: contracts.FoodUSD,
      data: '0x06661abd',
    });
    await test.rpc('eth_sendRawTransaction', [other]);
    assert.deepEqual(await hub.chain.carrier.probe(attemptOf(made)), { outcome: 'gone' });
    // Nor is sending it a failure: it is simply too late.
    await hub.chain.carrier.perform(attemptOf(made));
  });

  it('says mined until the block is finalized', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    await hub.chain.carrier.perform(attempt);
    const { blockNumber } = await hub.chain.carrier.probe(attempt);
    proxy.lie('eth_getBlockByNumber', (request, pass) => {
      if (request.params[0] === 'finalized') request.params[0] = `0x${(blockNumber! - 1).toString(16)}`;
      return pass();
    });
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'mined');
    proxy.honest();
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('does not take a receipt from a block that the chain has left for final', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    await hub.chain.carrier.perform(attempt);
    proxy.lie('eth_getTransactionReceipt', async (_, pass) => ({
      ...((await pass()) as object),
      blockHash: `0x${'0f'.repeat(32)}`,
    }));
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'mined');
    proxy.honest();
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('says failed for a transaction that the chain ran and undid', async () => {
    const limit = Number(await counted()) + 1;
    // Below the limit when it is estimated, at it when it runs.
    const first = await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed);
    const late = await hub.chain.carrier.prepare(
      { contract: 'FoodUSD', fn: 'limit', args: [limit] },
      { highestNonce: first.senderNonce },
    );
    await hub.chain.carrier.perform(attemptOf(first));
    await hub.chain.carrier.perform(attemptOf(late));
    assert.equal((await hub.chain.carrier.probe(attemptOf(late))).outcome, 'failed');
  });

  it('tells what the contract says when it would revert, and uses no nonce', async () => {
    const call = { contract: 'FoodUSD', fn: 'limit', args: [0] };
    await assert.rejects(hub.chain.carrier.prepare(call, nothingUsed), { code: 'chain_refused' });
  });

  it('refuses arguments that do not fit the ABI, by name', async () => {
    const call = { contract: 'FoodUSD', fn: 'emitTransfer', args: [ann, 'not an address', 1] };
    await assert.rejects(hub.chain.carrier.prepare(call, nothingUsed), {
      code: 'config_invalid',
      message: /^FoodUSD.emitTransfer: /,
    });
    await assert.rejects(hub.chain.carrier.prepare({ ...call, contract: 'Moon' }, nothingUsed), {
      code: 'config_invalid',
    });
  });

  it('throws chain_offline when nothing can have left, and says so to people', async () => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 5), nothingUsed));
    assert.equal(await hub.chain.carrier.unavailable(), undefined);
    await proxy.setUp(false);
    await hub.chain.poll();
    await assert.rejects(hub.chain.carrier.perform(attempt), { code: 'chain_offline' });
    assert.equal(await hub.chain.carrier.unavailable(), 'There is no connection to the chain.');
    await proxy.setUp(true);
    await hub.chain.poll();
    await hub.chain.carrier.perform(attempt);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
  });

  it('says that it cannot pay while its address is empty', async () => {
    await test.rpc('hardhat_setBalance', [test.relayer, '0x0']);
    assert.match((await hub.chain.carrier.unavailable()) ?? '', new RegExp(`^The hub cannot pay .*${test.relayer}`));
    await test.rpc('hardhat_setBalance', [test.relayer, '0x56bc75e2d63100000']);
  });
});

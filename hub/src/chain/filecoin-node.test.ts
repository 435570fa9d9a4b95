import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Transaction } from 'ethers/transaction';
import type { Hex } from '../platform/ports/index.ts';
import { startTestFilecoin, type TestFilecoin } from './test/filecoin.ts';

const nobody: Hex = `0x${'99'.repeat(20)}`;
const gwei = 10n ** 9n;
const hexOf = (value: number): Hex => `0x${value.toString(16)}`;

interface Block {
  readonly number: Hex;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly timestamp: Hex;
}

/** What clients meet on a Filecoin node; the double is held to it before the hub is held to the double. */
describe('the double of a Filecoin node', () => {
  let test: TestFilecoin;
  before(async () => {
    test = await startTestFilecoin();
    await test.node.epochs(30);
  });
  after(() => test.stop());

  const blockAt = (at: number | string) =>
    test.rpc<Block>('eth_getBlockByNumber', [typeof at === 'number' ? hexOf(at) : at, false]);
  const count = async (at: string) => Number(await test.rpc<Hex>('eth_getTransactionCount', [test.relayer, at]));
  const refusedWith = (work: Promise<unknown>, words: RegExp) => assert.rejects(work, words);

  async function raw(nonce: number, more: { premium?: bigint; data?: string; gasLimit?: bigint } = {}): Promise<Hex> {
    const { premium = gwei, data = '0x06661abd', gasLimit = 100_000n } = more;
    const transaction = Transaction.from({
      type: 2,
      chainId: test.deployment.chainId,
      nonce,
      to: test.deployment.contracts.FoodUSD,
      data,
      gasLimit,
      maxFeePerGas: 100n * gwei,
      maxPriorityFeePerGas: premium,
    });
    transaction.signature = await test.key.sign(transaction.unsignedHash as Hex);
    return transaction.serialized as Hex;
  }
  const send = async (...of: Parameters<typeof raw>) => test.rpc<Hex>('eth_sendRawTransaction', [await raw(...of)]);

  it('shows the epoch before its head as the latest, thirty seconds apart', async () => {
    const latest = await blockAt('latest');
    assert.equal(Number(latest.number), test.node.head() - 1);
    assert.equal(Number(await test.rpc<Hex>('eth_blockNumber')), test.node.head() - 1);
    await test.node.epoch();
    const next = await blockAt('latest');
    assert.deepEqual(
      [Number(next.number), Number(next.timestamp), next.parentHash],
      [Number(latest.number) + 1, Number(latest.timestamp) + 30, latest.hash],
    );
    await refusedWith(blockAt(test.node.head()), /future epoch/);
  });

  it('answers code 12 for a null round, resolves tags and state to the epoch before it, and links across it', async () => {
    const before = test.node.head();
    await test.node.epoch({ isNull: true });
    await test.node.epoch({ isNull: true });
    await test.node.epoch();
    const answer = await fetch(test.url, {
      method: 'POST',
      body: JSON.stringify({ id: 1, method: 'eth_getBlockByNumber', params: [hexOf(before + 1), false] }),
    });
    const { error } = (await answer.json()) as { error: { code: number } };
    assert.equal(error.code, 12);
    assert.equal(Number((await blockAt('latest')).number), before);
    assert.equal(await test.rpc('eth_getBalance', [nobody, hexOf(before + 1)]), '0x0');
    await test.node.epoch();
    const [solid, after] = [await blockAt(before), await blockAt('latest')];
    assert.deepEqual([Number(after.number), after.parentHash], [before + 3, solid.hash]);
  });

  it('lets finalized lag behind, and stand still', async () => {
    assert.ok(Number((await blockAt('finalized')).number) <= test.node.head() - 20);
    const stalled = Number((await blockAt('finalized')).number);
    test.node.manners.finalityStalledAt = stalled;
    await test.node.epochs(5);
    assert.equal(Number((await blockAt('finalized')).number), stalled);
    test.node.manners.finalityStalledAt = undefined;
    assert.ok(Number((await blockAt('finalized')).number) > stalled);
  });

  it('gives a receipt one to three epochs after the message went in, and the pool’s nonce at once', async () => {
    const nonce = await count('latest');
    const hash = await send(nonce);
    assert.deepEqual([await count('latest'), await count('pending')], [nonce, nonce + 1]);
    const sentAt = test.node.head();
    for (;;) {
      const receipt = await test.rpc<{ blockNumber: Hex } | null>('eth_getTransactionReceipt', [hash]);
      if (receipt) {
        const late = test.node.head() - Number(receipt.blockNumber);
        assert.ok(late >= 1 && late <= 3, `${late} epochs`);
        assert.equal(Number(receipt.blockNumber), sentAt + 1);
        break;
      }
      assert.ok(test.node.head() < sentAt + 6);
      await test.node.epoch();
    }
    assert.equal(await count('latest'), nonce + 1);
  });

  it('keeps four of one sender behind a gap and no fifth, and ten in all', async () => {
    await test.node.epochs(2);
    const nonce = await count('latest');
    await refusedWith(send(nonce + 5), /unfulfilled nonce gap/);
    await send(nonce + 4);
    assert.equal(await count('pending'), nonce);
    for (const at of [0, 1, 2, 3, 5, 6, 7, 8, 9]) await send(nonce + at);
    await refusedWith(send(nonce + 10), /too many pending messages/);
    assert.equal(await count('pending'), nonce + 10);
    await test.node.epochs(2);
    assert.deepEqual([await count('latest'), test.node.waiting()], [nonce + 10, 0]);
    await refusedWith(send(nonce), /nonce too low/);
  });

  it('replaces a message only for a quarter more premium', async () => {
    const nonce = await count('latest');
    await send(nonce, { premium: 4n * gwei });
    await refusedWith(send(nonce, { premium: 4n * gwei }), /already exists/);
    await refusedWith(send(nonce, { premium: 5n * gwei }), /too low GasPremium/);
    const hash = await send(nonce, { premium: 5n * gwei + 1n });
    await test.node.epochs(5);
    assert.ok(await test.rpc('eth_getTransactionReceipt', [hash]));
  });

  it('takes no message above 64 KiB', async () => {
    await refusedWith(send(await count('latest'), { data: `0x${'11'.repeat(65_536)}` }), /too big/);
  });

  it('estimates too little: what is sent with the bare figure runs out of gas', async () => {
    const data = `0x23de6651${`${'00'.repeat(12)}${'a1'.repeat(20)}`.repeat(2)}${'00'.repeat(31)}05`;
    const request = { from: test.relayer, to: test.deployment.contracts.FoodUSD, data };
    const estimate = BigInt(await test.rpc<Hex>('eth_estimateGas', [request]));
    const nonce = await count('latest');
    const short = await send(nonce, { data, gasLimit: estimate });
    const ample = await send(nonce + 1, { data, gasLimit: (estimate * 5n) / 4n });
    await test.node.epochs(5);
    const statusOf = async (hash: Hex) => (await test.rpc<{ status: Hex }>('eth_getTransactionReceipt', [hash])).status;
    assert.deepEqual([await statusOf(short), await statusOf(ample)], ['0x0', '0x1']);
  });

  it('limits the range, the results and the look-back of eth_getLogs', async () => {
    const logs = (fromBlock: number, toBlock: number) =>
      test.rpc<unknown[]>('eth_getLogs', [{ fromBlock: hexOf(fromBlock), toBlock: hexOf(toBlock) }]);
    const head = test.node.head();
    assert.ok((await logs(0, head)).length > 0);
    await refusedWith(logs(0, 2881), /too large/);
    test.node.manners.logResultsMax = 0;
    await refusedWith(logs(0, head), /too many events/);
    test.node.manners.logResultsMax = 10_000;
    test.node.manners.lookbackEpochs = 10;
    await refusedWith(logs(head - 11, head), /lookbacks/);
    assert.ok(Array.isArray(await logs(head - 5, head)));
    test.node.manners.lookbackEpochs = undefined;
  });

  it('can take epochs back, with the messages in them', async () => {
    await test.node.epochs(3);
    const nonce = await count('latest');
    const hash = await send(nonce);
    await test.node.epochs(5);
    const before = await test.rpc<{ blockHash: Hex; blockNumber: Hex }>('eth_getTransactionReceipt', [hash]);
    await test.node.reorg(5, { messages: 'last' });
    assert.equal(await test.rpc('eth_getTransactionReceipt', [hash]), null);
    await test.node.epochs(4);
    const after = await test.rpc<{ blockHash: Hex; blockNumber: Hex }>('eth_getTransactionReceipt', [hash]);
    assert.notEqual(after.blockHash, before.blockHash);
    assert.equal(Number(after.blockNumber), Number(before.blockNumber) + 5);
  });
});

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Transaction } from 'ethers/transaction';
import { type Attempt, type Hex, type Prepared, system } from '../platform/ports/index.ts';
import { startTestFilecoin, type TestFilecoin } from './test/filecoin.ts';
import { attemptOf, emit, type Hub, startHub } from './test/fixture.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;
const gwei = 10n ** 9n;

describe('bytes for a place that is taken', () => {
  let test: TestFilecoin;
  let hub: Hub;
  before(async () => {
    test = await startTestFilecoin();
    await test.node.epochs(25);
    hub = await startHub(test, { clock: test.node.clock, staleAfterMs: 600_000 });
    await hub.chain.poll();
  });
  afterEach(async () => {
    test.node.forgetPool();
    await basePrice(gwei);
    await test.node.epochs(30);
  });
  after(async () => {
    await hub.stop();
    await test.stop();
  });

  const basePrice = async (wei: bigint) => {
    await test.node.truth('hardhat_setNextBlockBaseFeePerGas', [`0x${wei.toString(16)}`]);
    await test.node.epochs(2);
  };
  const sent = async (highestNonce = -1): Promise<Attempt> => {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 1), { highestNonce }));
    await hub.chain.carrier.perform(attempt);
    return attempt;
  };
  const renewed = (attempt: Attempt, made: Prepared, isCancel = false): Attempt => ({
    ...attempt,
    payload: made.payload,
    locator: made.locator,
    isCancel,
    earlier: [...(attempt.earlier ?? []), { payload: attempt.payload, locator: attempt.locator }],
  });
  const outcomeOf = async (attempt: Attempt) => {
    const { outcome, locator } = await hub.chain.carrier.probe(attempt);
    return [outcome, locator];
  };

  it('raises both fees by a quarter at least under the same nonce, and the pool takes it', async () => {
    const first = await sent();
    await basePrice(40n * gwei);
    const made = (await hub.chain.carrier.replace!(first))!;
    const [old, next] = [Transaction.from(first.payload), Transaction.from(made.payload)];
    assert.equal(next.nonce, old.nonce);
    assert.deepEqual([next.to, next.data, next.gasLimit], [old.to, old.data, old.gasLimit]);
    assert.ok(next.maxFeePerGas! * 4n >= old.maxFeePerGas! * 5n);
    assert.ok(next.maxPriorityFeePerGas! * 4n >= old.maxPriorityFeePerGas! * 5n);
    assert.ok(next.maxFeePerGas! >= 40n * gwei, 'and enough for the price of today');
    assert.equal(made.costWei, next.gasLimit * next.maxFeePerGas!);
    const second = renewed(first, made);
    await hub.chain.carrier.perform(second);
    assert.equal(test.node.waiting(), 1);
    await test.node.epochs(30);
    assert.deepEqual(await outcomeOf(second), ['final', made.locator]);
  });

  it('finds the first version when that one landed', async () => {
    const first = await sent();
    await basePrice(40n * gwei);
    const second = renewed(first, (await hub.chain.carrier.replace!(first))!);
    await basePrice(gwei);
    await test.node.epochs(30);
    assert.deepEqual(await outcomeOf(second), ['final', first.locator]);
    // What comes too late is no failure.
    await hub.chain.carrier.perform(second);
  });

  it('leaves alone what pays enough and was only forgotten, what is not next, and what a former key signed', async () => {
    const first = await sent();
    const behind = await sent(first.senderNonce);
    test.node.forgetPool();
    assert.equal(await hub.chain.carrier.replace!(first), undefined);
    await basePrice(40n * gwei);
    assert.equal(await hub.chain.carrier.replace!(behind), undefined);
    const foreign = Transaction.from(first.payload);
    foreign.signature = null;
    const { Wallet } = await import('ethers/wallet');
    const signed = await new Wallet(`0x${'11'.repeat(32)}`).signTransaction(foreign);
    assert.equal(await hub.chain.carrier.replace!({ ...first, payload: signed as Hex }), undefined);
  });

  it('gives up a place by sending nothing to itself there', async () => {
    const first = await sent();
    const made = await hub.chain.carrier.cancel!(first);
    const nothing = Transaction.from(made.payload);
    assert.deepEqual(
      [nothing.nonce, nothing.to?.toLowerCase(), nothing.data, nothing.value],
      [first.senderNonce, test.relayer, '0x', 0n],
    );
    const second = renewed(first, made, true);
    await hub.chain.carrier.perform(second);
    await test.node.epochs(30);
    assert.deepEqual(await outcomeOf(second), ['final', made.locator]);
  });

  it('fills the first empty place before its own, and only when nothing is there', async () => {
    const filled = await sent();
    const behind = await sent(filled.senderNonce + 1);
    assert.equal(behind.senderNonce, filled.senderNonce + 2);
    const made = (await hub.chain.carrier.fillGap!([filled, behind]))!;
    assert.equal(made.senderNonce, filled.senderNonce + 1);
    assert.equal(await hub.chain.carrier.fillGap!([filled]), undefined);
    await hub.chain.carrier.perform(attemptOf(made));
    assert.equal(await hub.chain.carrier.fillGap!([filled, behind]), undefined, 'the pool has one there');
    await test.node.epochs(30);
    assert.equal((await hub.chain.carrier.probe(behind)).outcome, 'final');
  });

  it('says what a call would cost, within the limit that it would ask for', async () => {
    const { gas, costWei } = await hub.chain.carrier.quote!(emit(ann, bob, 1));
    const made = await hub.chain.carrier.prepare(emit(ann, bob, 1), { highestNonce: -1 });
    assert.equal(Transaction.from(made.payload).gasLimit, (gas * 5n + 3n) / 4n);
    assert.ok(costWei > 0n && costWei < made.costWei);
    await assert.rejects(hub.chain.carrier.quote!({ contract: 'FoodUSD', fn: 'limit', args: [0] }), {
      code: 'chain_refused',
    });
  });

  it('keeps the chain’s price at most every ten minutes, and no longer than 35 days', async () => {
    const all = () => hub.chain.prices(0);
    await hub.chain.poll();
    const old = 'INSERT INTO fees (chain_id, at_ms, base_wei, tip_wei) VALUES (@chainId, 1, 1, 1)';
    const { chainId } = test.deployment;
    await hub.store.act({ name: 'test.old', actor: system('test') }, (tx) => tx.prepare(old).run({ chainId }));
    const before = all().length;
    await test.node.epochs(3);
    await hub.chain.poll();
    assert.deepEqual([all().length, all()[0]!.atMs], [before, 1]);
    await test.node.epochs(21);
    await hub.chain.poll();
    assert.equal(all().length, before, 'one came and the old one went');
    assert.ok(all()[0]!.atMs > 1);
    assert.ok(all().at(-1)!.baseWei > 0);
  });
});

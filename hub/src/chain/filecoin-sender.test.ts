import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Attempt, Hex, Prepared } from '../platform/ports/index.ts';
import { startTestFilecoin, type TestFilecoin } from './test/filecoin.ts';
import { attemptOf, emit, type Hub, startHub } from './test/fixture.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;
const gwei = 10n ** 9n;

describe('the carrier and the pool of a Filecoin node', () => {
  let test: TestFilecoin;
  let hub: Hub;

  before(async () => {
    test = await startTestFilecoin();
    await test.node.epochs(25);
    const blob = { type: 'function', name: 'keep', inputs: [{ name: 'bytes', type: 'bytes' }], outputs: [] };
    writeFileSync(new URL('Blob.json', test.abiFolder), JSON.stringify({ contractName: 'Blob', abi: [blob] }));
    const contracts = { ...test.deployment.contracts, Blob: test.deployment.contracts.FoodUSD! };
    hub = await startHub(test, { clock: test.node.clock, deployment: () => ({ ...test.deployment, contracts }) });
    await hub.chain.poll();
  });
  beforeEach(async () => {
    test.node.holdBaseFee(gwei);
    await test.node.epochs(4);
    assert.equal(test.node.waiting(), 0);
  });
  after(async () => {
    await hub.stop();
    await test.stop();
  });

  async function sent(highestNonce = -1): Promise<Attempt> {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, 1), { highestNonce }));
    await hub.chain.carrier.perform(attempt);
    return attempt;
  }
  /** What the outbox keeps when an attempt got another version. */
  const withVersion = (attempt: Attempt, { payload, locator }: Prepared, isCancel = false): Attempt => ({
    ...attempt,
    payload,
    locator,
    isCancel,
    earlier: [{ payload: attempt.payload, locator: attempt.locator }],
  });
  const counted = () => hub.chain.reads.read<bigint>({ contract: 'FoodUSD', fn: 'count', args: [] }, 'latest');
  const settled = () => test.node.epochs(30);

  it('gets its fees raised by what the pool asks for, at the same nonce, when the base fee has left it behind', async () => {
    const before = await counted();
    const attempt = await sent();
    test.node.holdBaseFee(500n * gwei);
    await test.node.epochs(3);
    assert.deepEqual([test.node.waiting(), (await hub.chain.carrier.probe(attempt)).outcome], [1, 'unknown']);
    const better = await hub.chain.carrier.replace!(attempt);
    assert.equal(better?.senderNonce, attempt.senderNonce);
    const raised = withVersion(attempt, better!);
    await hub.chain.carrier.perform(raised);
    await settled();
    const probed = await hub.chain.carrier.probe(raised);
    assert.deepEqual([probed.outcome, probed.locator ?? raised.locator], ['final', raised.locator]);
    assert.equal(await counted(), before + 1n);
  });

  it('raises by the one unit more that the pool wants on top of a quarter', async () => {
    const attempt = await sent();
    // Two epochs with a base fee above its own, then back: its premium alone decides.
    test.node.holdBaseFee(4n * gwei);
    await test.node.epochs(2);
    const better = await hub.chain.carrier.replace!(attempt);
    await hub.chain.carrier.perform(withVersion(attempt, better!));
    assert.equal(test.node.waiting(), 1);
    await settled();
    assert.equal((await hub.chain.carrier.probe(withVersion(attempt, better!))).outcome, 'final');
  });

  it('says that the first version landed when the raised one came too late', async () => {
    const attempt = await sent();
    test.node.holdBaseFee(500n * gwei);
    await test.node.epochs(2);
    const better = await hub.chain.carrier.replace!(attempt);
    test.node.holdBaseFee(gwei);
    await test.node.epochs(2);
    const raised = withVersion(attempt, better!);
    await hub.chain.carrier.perform(raised);
    await settled();
    const probed = await hub.chain.carrier.probe(raised);
    assert.deepEqual([probed.outcome, probed.locator], ['final', attempt.locator]);
  });

  it('takes its own place with bytes that do nothing', async () => {
    const before = await counted();
    const attempt = await sent();
    test.node.holdBaseFee(500n * gwei);
    await test.node.epochs(2);
    const nothing = withVersion(attempt, await hub.chain.carrier.cancel!(attempt), true);
    await hub.chain.carrier.perform(nothing);
    await settled();
    assert.equal((await hub.chain.carrier.probe(nothing)).outcome, 'final');
    assert.equal(await counted(), before);
  });

  it('fills the place that keeps what is behind it from landing', async () => {
    const before = await counted();
    const lost = await sent();
    const behind = await sent(lost.senderNonce);
    test.node.forget(lost.locator);
    await test.node.epochs(3);
    assert.equal((await hub.chain.carrier.probe(behind)).outcome, 'unknown');
    const filling = await hub.chain.carrier.fillGap!([behind]);
    assert.equal(filling?.senderNonce, lost.senderNonce);
    await hub.chain.carrier.perform(attemptOf(filling!));
    await settled();
    assert.equal((await hub.chain.carrier.probe(behind)).outcome, 'final');
    assert.equal(await counted(), before + 1n);
  });

  it('refuses what no pool takes before it asks for anything, so that the outbox halves the batch', async () => {
    const keep = (bytes: number) =>
      hub.chain.carrier.prepare(
        { contract: 'Blob', fn: 'keep', args: [`0x${'11'.repeat(bytes)}`] },
        { highestNonce: -1 },
      );
    test.node.asked.length = 0;
    await assert.rejects(keep(65_536), { code: 'chain_refused', message: /at most 65536 go at once/ });
    assert.ok(!test.node.asked.some(({ method }) => method === 'eth_estimateGas'));
    // What fits is left to the contract, which does not know the call.
    await assert.rejects(keep(60_000), { code: 'chain_refused' });
    assert.ok(test.node.asked.some(({ method }) => method === 'eth_estimateGas'));
  });
});

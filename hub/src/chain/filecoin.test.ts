import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Attempt, Hex } from '../platform/ports/index.ts';
import { startTestFilecoin, type TestFilecoin } from './test/filecoin.ts';
import { attemptOf, emit, type Hub, startHub } from './test/fixture.ts';
import { amounts } from './test/watch.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;

describe('the chain room on a Filecoin node', () => {
  let test: TestFilecoin;
  let hub: Hub;
  const usual = () => ({
    finalityLag: 20,
    finalityStalledAt: undefined,
    logEpochs: 0,
    logResultsMax: 10_000,
    lookbackEpochs: undefined,
  });

  before(async () => {
    test = await startTestFilecoin();
    await test.node.epochs(3);
  });
  afterEach(async () => {
    await hub.stop();
    Object.assign(test.node.manners, usual());
  });
  after(() => test.stop());

  /** A hub that begins to watch here, in the node's own time. */
  async function open(deployedAtBlock = test.node.head() + 1): Promise<Hub> {
    const { node } = test;
    hub = await startHub(test, {
      clock: node.clock,
      staleAfterMs: 600_000,
      deployment: () => ({ ...test.deployment, deployedAtBlock }),
    });
    await hub.chain.poll();
    assert.equal(hub.chain.state().isOnline, true);
    return hub;
  }
  async function sent(value: number, highestNonce = -1): Promise<Attempt> {
    const attempt = attemptOf(await hub.chain.carrier.prepare(emit(ann, bob, value), { highestNonce }));
    await hub.chain.carrier.perform(attempt);
    return attempt;
  }
  const outcomeOf = async (attempt: Attempt) => (await hub.chain.carrier.probe(attempt)).outcome;
  /** Epochs pass, and after each the hub does what its outbox does: what is unknown is sent again. */
  async function until(wanted: string, attempts: readonly Attempt[], epochs = 60): Promise<string[]> {
    const seen: string[] = [];
    for (let passed = 0; passed < epochs; passed++) {
      const outcomes = await Promise.all(attempts.map(outcomeOf));
      for (const [at, outcome] of outcomes.entries()) {
        if (outcome === 'unknown') await hub.chain.carrier.perform(attempts[at]!);
        if (at === 0 && seen.at(-1) !== outcome) seen.push(outcome);
      }
      if (outcomes.every((outcome) => outcome === wanted)) return seen;
      await test.node.epoch();
    }
    throw new Error(`never ${wanted}: ${seen.join()}`);
  }
  async function counted(): Promise<number> {
    return Number(await hub.chain.reads.read<bigint>({ contract: 'FoodUSD', fn: 'count', args: [] }, 'finalized'));
  }
  /** Until everything that was sent is final and read. */
  async function settle(): Promise<void> {
    await test.node.epochs(test.node.manners.finalityLag + 5);
    await hub.chain.poll();
  }

  it('says that a contract is not final yet instead of taking its chain for another one', async () => {
    await open();
    await assert.rejects(counted(), { code: 'chain_refused', message: /not final yet/ });
    await test.node.epochs(25);
    assert.equal(await counted(), 0);
  });

  it('waits for the late receipt and then for finality, and counts once', async () => {
    await open();
    const before = await counted();
    const attempt = await sent(5);
    const sentAt = test.node.head();
    assert.deepEqual(await until('final', [attempt]), ['unknown', 'mined', 'final']);
    assert.ok(test.node.head() - sentAt > 20, 'not before finalized has come there');
    assert.equal(await counted(), before + 1);
  });

  it('has four under way and no fifth, and all of them get there', async () => {
    await open();
    const before = await counted();
    const attempts = [await sent(1)];
    while (attempts.length < 4) attempts.push(await sent(1, attempts.at(-1)!.senderNonce));
    const fifth = hub.chain.carrier.prepare(emit(ann, bob, 1), { highestNonce: attempts.at(-1)!.senderNonce });
    await assert.rejects(fifth, { code: 'busy' });
    await until('final', attempts);
    assert.equal(await counted(), before + 4);
  });

  for (const [depth, messages] of [
    [1, 'last'],
    [5, 'first'],
    [12, 'last'],
    [12, 'lost'],
  ] as const) {
    it(`survives a reorganisation of ${depth} epochs that puts the message ${messages}`, async () => {
      await open();
      const before = await counted();
      const attempt = await sent(7);
      await test.node.epochs(depth);
      await test.node.reorg(depth, { messages });
      await hub.chain.poll();
      const seen = await until('final', [attempt]);
      assert.ok(!seen.includes('gone') && !seen.includes('failed'), seen.join());
      await settle();
      assert.equal(await counted(), before + 1);
      assert.deepEqual(amounts(hub), [7]);
      assert.deepEqual([hub.gone, hub.chain.state().stuck], [[], undefined]);
    });
  }

  it('sends again what the node forgot, with the same bytes', async () => {
    await open();
    const attempt = await sent(3);
    test.node.forget();
    await test.node.epochs(2);
    assert.equal(await outcomeOf(attempt), 'unknown');
    await until('final', [attempt]);
    const raws = new Set(
      test.node.asked.filter(({ method }) => method === 'eth_sendRawTransaction').map(({ params }) => params[0]),
    );
    assert.ok(raws.has(attempt.payload));
  });

  it('takes nothing for final while finality stands still, stays online, and goes on when it does', async () => {
    await open();
    const attempt = await sent(4);
    await until('mined', [attempt]);
    test.node.manners.finalityStalledAt = test.node.head() - 25;
    await test.node.skip(200);
    await hub.chain.poll();
    const { isOnline, fault, finalizedNumber, headNumber } = hub.chain.state();
    assert.deepEqual([isOnline, fault, await outcomeOf(attempt)], [true, undefined, 'mined']);
    assert.ok(headNumber! - finalizedNumber! > 200);
    assert.deepEqual(amounts(hub), []);
    test.node.manners.finalityStalledAt = undefined;
    await hub.chain.poll();
    assert.equal(await outcomeOf(attempt), 'final');
    assert.deepEqual(amounts(hub), [4]);
  });

  it('goes past null rounds wherever they are: before, between and at what is final', async () => {
    await open();
    for (const value of [1, 2, 3]) {
      await sent(value);
      await test.node.epoch();
      await test.node.epoch({ isNull: true });
      await test.node.epoch({ isNull: true });
      await test.node.epochs(2);
      await hub.chain.poll();
    }
    for (let passed = 0; passed < 30; passed++) {
      await test.node.epoch({ isNull: passed % 3 !== 0 });
      await hub.chain.poll();
      assert.deepEqual([hub.chain.state().isOnline, hub.chain.state().stuck], [true, undefined]);
    }
    await settle();
    assert.deepEqual(amounts(hub), [1, 2, 3]);
    assert.deepEqual(hub.gone, []);
  });

  it('reads a week of epochs through every limit of eth_getLogs, all of it, once and in order', async () => {
    const from = test.node.head() + 1;
    await open(from);
    const values: number[] = [];
    for (let part = 0; part < 4; part++) {
      const attempts: Attempt[] = [];
      for (let value = 1; value <= 3; value++) {
        values.push(part * 10 + value);
        attempts.push(await sent(values.at(-1)!, attempts.at(-1)?.senderNonce ?? -1));
      }
      await until('mined', attempts);
      await test.node.skip(5_000);
    }
    await settle();
    const fresh = await startHub(test, {
      clock: test.node.clock,
      deployment: () => ({ ...test.deployment, deployedAtBlock: from }),
    });
    test.node.manners.logResultsMax = 3;
    test.node.asked.length = 0;
    await fresh.chain.poll();
    assert.equal(fresh.chain.state().stuck, undefined);
    assert.deepEqual(amounts(fresh), values);
    const pages = test.node.asked.filter(({ method }) => method === 'eth_getLogs').length;
    assert.ok(pages >= 10 && pages < 60, `${pages} pages for 20,000 epochs`);
    await fresh.stop();
  });

  it('finds what the node indexes only after it was final', async () => {
    await open();
    test.node.manners.logEpochs = 28;
    await sent(6);
    await test.node.epochs(23);
    await hub.chain.poll();
    assert.deepEqual(amounts(hub), []);
    await test.node.epochs(9);
    await hub.chain.poll();
    assert.deepEqual(amounts(hub), [6]);
  });

  it('says which block it cannot read when a gateway looks back a day only, and goes on settling', async () => {
    await open();
    await sent(2);
    await test.node.epochs(30);
    await test.node.skip(3_000);
    test.node.manners.lookbackEpochs = 2_880;
    await hub.chain.poll();
    const { isOnline, stuck } = hub.chain.state();
    assert.equal(isOnline, true);
    assert.match(String(stuck?.details.reason), /lookbacks/);
    const attempt = await sent(8);
    await until('final', [attempt]);
  });

  it('is offline without a fault while the head stands still, and says so', async () => {
    await open();
    const late = { nowMs: () => test.node.clock.nowMs() + 3_600_000, monotonicMs: test.node.clock.monotonicMs };
    const other = await startHub(test, { clock: late, staleAfterMs: 600_000 });
    await other.chain.poll();
    const { isOnline, fault, offlineBecause, endpoints } = other.chain.state();
    assert.deepEqual([isOnline, fault, offlineBecause], [false, undefined, 'stale']);
    assert.match(endpoints[0]!.reason!, /newest block is \d+ s old/);
    await other.stop();
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDispatcher, type Dispatcher, outbox } from '../outbox/index.ts';
import { createEventBus } from '../platform/events.ts';
import { silentLog } from '../platform/log.ts';
import { type Hex, type Lane, system } from '../platform/ports/index.ts';
import { startTestFilecoin, type TestFilecoin } from './test/filecoin.ts';
import { emit, type Hub, startHub, tempFolder } from './test/fixture.ts';

const ann: Hex = `0x${'a1'.repeat(20)}`;
const bob: Hex = `0x${'b2'.repeat(20)}`;
const gwei = 10n ** 9n;
const perLane = 4;

describe('outbox and chain together, on a Filecoin node', () => {
  let test: TestFilecoin;
  let hub: Hub;
  let dispatcher: Dispatcher;
  const path = join(tempFolder(), 'stoop.db');

  before(async () => {
    test = await startTestFilecoin();
    await test.node.epochs(25);
    await nextLife();
  });
  after(async () => {
    await hub.stop();
    await test.stop();
  });

  /** One emission an item, in order: the contract counts them, so the n-th has landed once it has counted to n. */
  const lane: Lane = {
    name: 'emissions',
    carrier: 'chain',
    rank: 10,
    policy: { batchMax: 1, longestWaitMs: 0, isParallel: true },
    groupOf: ({ id }) => id,
    preflight: async (items) => items.map(() => ({ verdict: 'ready' })),
    prepare: ([intent]) => emit(ann, bob, Number(intent!.message.fields.serial)),
    async landed(items, reads, at) {
      const count = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'count', args: [] }, at);
      return items.map(({ message }) => count >= BigInt(Number(message.fields.serial)));
    },
    settled() {},
    voided() {},
  };

  async function nextLife(): Promise<void> {
    await hub?.stop();
    hub = await startHub(test, { path, clock: test.node.clock, staleAfterMs: 600_000 });
    await hub.chain.poll();
    dispatcher = createDispatcher({
      store: hub.store,
      lanes: [lane],
      carriers: [hub.chain.carrier],
      events: createEventBus((error) => {
        throw error;
      }),
      clock: test.node.clock,
      log: silentLog,
      pollMs: 3_600_000,
      isClockTrusted: () => true,
    });
  }

  const queue = (serial: number) =>
    hub.store.act({ name: 'test.queue', actor: system('test') }, (tx) => {
      const subject: Hex = `0x${serial.toString(16).padStart(64, '0')}`;
      const message = { type: 'Emission', fields: { serial } };
      const validUntilMs = tx.nowMs + 30 * 86_400_000;
      const id = outbox.add(tx, { lane: lane.name, subject, message, authorisations: [], validUntilMs });
      outbox.queue(tx, id);
      return id;
    });
  const statesOf = (ids: readonly string[]) =>
    hub.store.read((reader) => ids.map((id) => outbox.find(reader, id)!.state));
  async function pass(epochs: number): Promise<void> {
    for (let passed = 0; passed < epochs; passed++) {
      await hub.chain.poll();
      await dispatcher.round();
      await test.node.epoch();
    }
  }

  it('keeps four under way through a price that rises, a pool that forgets, a reorganisation and three lives, and lands each once', async () => {
    const ids: string[] = [];
    for (let serial = 1; serial <= 2 * perLane; serial++) ids.push(await queue(serial));
    await dispatcher.round();
    assert.equal(test.node.waiting(), 4, 'the node would drop more behind a gap');

    await test.node.truth('hardhat_setNextBlockBaseFeePerGas', [`0x${(60n * gwei).toString(16)}`]);
    await nextLife();
    await pass(9);
    await test.node.reorg(4, { messages: 'lost' });
    await pass(3);
    test.node.forgetPool();
    await nextLife();
    await pass(60);
    assert.deepEqual(
      statesOf(ids),
      ids.map(() => 'final'),
    );

    const rows = hub.store.read((reader) =>
      reader.prepare('SELECT id, sender_nonce AS nonce, state FROM attempts ORDER BY sender_nonce').all<{
        id: number;
        nonce: number;
        state: string;
      }>(),
    );
    const nonces = rows.map(({ nonce }) => nonce);
    assert.equal(new Set(nonces).size, ids.length, 'one nonce an item, and none taken twice');
    assert.deepEqual(
      nonces,
      nonces.map((_, index) => nonces[0]! + index),
    );
    const { count } = hub.store.read((reader) =>
      reader.prepare('SELECT COUNT(*) AS count FROM attempt_versions').get<{ count: number }>(),
    )!;
    assert.ok(count > 0, 'some had their fees raised');
    const counted = await hub.chain.reads.read<bigint>({ contract: 'FoodUSD', fn: 'count', args: [] }, 'finalized');
    assert.equal(counted, BigInt(ids.length));
  });
});

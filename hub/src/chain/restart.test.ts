import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { createDispatcher, outbox } from '../outbox/index.ts';
import { systemClock } from '../platform/clock.ts';
import { createEventBus } from '../platform/events.ts';
import { silentLog } from '../platform/log.ts';
import { type Carrier, type Hex, type Lane, system } from '../platform/ports/index.ts';
import { type Building, startBuilding } from './test/building.ts';
import { type Hub, tempFolder } from './test/fixture.ts';
import { cut, type LyingProxy, startLyingProxy } from './test/lying-proxy.ts';

/** What a process does that is killed: it never comes to the next line. */
class Killed extends Error {}

describe('a hub that is killed while it carries', () => {
  let building: Building;
  let proxy: LyingProxy;
  let path: string;
  let sequence = 0;
  let hubs: Hub[] = [];

  before(async () => {
    building = await startBuilding();
    proxy = await startLyingProxy(() => building.embedded.endpoint()!.url);
  });

  afterEach(async () => {
    for (const hub of hubs) await hub.stop();
    hubs = [];
    proxy.honest();
  });

  after(async () => {
    await proxy.close();
    await building.stop();
  });

  /** One reserve per intent; the chain's own sequence is what makes it land once. */
  const lane: Lane = {
    name: 'reserves',
    carrier: 'chain',
    rank: 15,
    policy: { batchMax: 1, longestWaitMs: 0 },
    groupOf: ({ id }) => id,
    preflight: async (items) => items.map(() => ({ verdict: 'ready' })),
    prepare: ([intent]) => building.attest(1_000_000, Number(intent!.message.fields.sequence)),
    async landed(items, reads, at) {
      const last = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'attestationSequence', args: [] }, at);
      return items.map(({ message }) => last >= BigInt(Number(message.fields.sequence)));
    },
    settled() {},
    voided() {},
  };

  async function startAgain(change: (carrier: Carrier) => Carrier = (carrier) => carrier) {
    for (const hub of hubs) await hub.stop();
    const hub = await building.hub({ path, url: () => proxy.url, timeoutMs: 1000 });
    hubs = [hub];
    await hub.chain.poll();
    const dispatcher = createDispatcher({
      store: hub.store,
      lanes: [lane],
      carriers: [change(hub.chain.carrier)],
      events: createEventBus((error) => {
        throw error;
      }),
      clock: systemClock,
      log: silentLog,
      pollMs: 3_600_000,
      isClockTrusted: () => true,
    });
    return { hub, dispatcher };
  }

  async function newIntent(): Promise<{ first: Hub; id: string }> {
    path = join(tempFolder(), 'stoop.db');
    sequence += 1;
    const { hub } = await startAgain();
    const id = await hub.store.act({ name: 'test.queue', actor: system('test') }, (tx) => {
      const subject = `0x${sequence.toString(16).padStart(64, '0')}` as Hex;
      const message = { type: 'Attestation', fields: { sequence } };
      const validUntilMs = Date.now() + 3_600_000;
      const made = outbox.add(tx, { lane: lane.name, subject, message, authorisations: [], validUntilMs });
      outbox.queue(tx, made);
      return made;
    });
    return { first: hub, id };
  }

  const stateOf = ({ store }: Hub, id: string) => store.read((reader) => outbox.find(reader, id)?.state);
  const sent = async () =>
    Number(await building.rpc<Hex>('eth_getTransactionCount', [await building.key.address(), 'latest']));

  it('stored the bytes and never sent them: they are sent after the restart, once', async () => {
    const { id } = await newIntent();
    const before = await sent();
    const killed = await startAgain((carrier) => ({ ...carrier, perform: () => Promise.reject(new Killed()) }));
    await killed.dispatcher.round();
    assert.deepEqual([stateOf(killed.hub, id), await sent()], ['sent', before]);

    const { hub, dispatcher } = await startAgain();
    await dispatcher.round();
    await dispatcher.round();
    assert.deepEqual([stateOf(hub, id), await sent()], ['final', before + 1]);
  });

  it('sent the bytes and never heard: nothing is sent a second time', async () => {
    const { id } = await newIntent();
    const before = await sent();
    const killed = await startAgain((carrier) => ({
      ...carrier,
      async perform(attempt) {
        await carrier.perform(attempt);
        throw new Killed();
      },
    }));
    proxy.lie('eth_sendRawTransaction', async (_, pass) => {
      await pass();
      throw cut;
    });
    await killed.dispatcher.round();
    assert.deepEqual([stateOf(killed.hub, id), await sent()], ['sent', before + 1]);

    proxy.honest();
    proxy.asked.length = 0;
    const { hub, dispatcher } = await startAgain();
    await dispatcher.round();
    await dispatcher.round();
    assert.deepEqual([stateOf(hub, id), await sent()], ['final', before + 1]);
    assert.deepEqual(
      proxy.asked.filter(({ method }) => method === 'eth_sendRawTransaction'),
      [],
    );
  });

  it('made the bytes and never stored them: others are made, of the same nonce', async () => {
    const { id } = await newIntent();
    const before = await sent();
    const killed = await startAgain((carrier) => ({
      ...carrier,
      async prepare(call, used) {
        await carrier.prepare(call, used);
        throw new Killed();
      },
    }));
    await killed.dispatcher.round();
    assert.deepEqual([stateOf(killed.hub, id), await sent()], ['queued', before]);

    const { hub, dispatcher } = await startAgain();
    await dispatcher.round();
    await dispatcher.round();
    assert.deepEqual([stateOf(hub, id), await sent()], ['final', before + 1]);
  });

  it('comes back without a line: nothing is lost, and it settles when the line is there', async () => {
    const { id } = await newIntent();
    await proxy.setUp(false);
    const { hub, dispatcher } = await startAgain();
    await dispatcher.round();
    assert.equal(stateOf(hub, id), 'queued');
    await proxy.setUp(true);
    await hub.chain.poll();
    await dispatcher.round();
    await dispatcher.round();
    assert.equal(stateOf(hub, id), 'final');
  });
});

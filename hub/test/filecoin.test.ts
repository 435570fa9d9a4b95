import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type FilecoinNode, startFilecoinNode } from '../src/chain/test/filecoin-node.ts';
import { checkBooks } from '../src/journal/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { copyOfFoundedBuilding } from './support/founded.ts';

interface Settlement {
  readonly waiting: { lane: string; count: number }[];
  readonly differences: string[];
  readonly foreign: unknown[];
}

describe('a building that settles on a Filecoin node', () => {
  let node: FilecoinNode;
  let house: TestHub;
  let ana: Browser;
  let ben: Browser;
  let treasurer: Browser;
  let relayer: string;

  before(async () => {
    const dir = await copyOfFoundedBuilding();
    const { initialTime } = JSON.parse(readFileSync(joinPath(dir, 'chain/genesis.json'), 'utf8'));
    const lines = readFileSync(joinPath(dir, 'chain/transactions.jsonl'), 'utf8').trim().split('\n');
    node = await startFilecoinNode({
      chainId: 31999,
      genesisS: initialTime,
      history: lines.map((line) => JSON.parse(line)),
    });
    await node.begin();
    // What was founded becomes final, and the newest row lies in the past.
    await node.epochs(30);
    house = await createTestHub({
      dir,
      clock: node.clock,
      config: (config) => ({
        ...config,
        chain: {
          ...config.chain,
          isEmbedded: false,
          rpcUrls: [node.url],
          staleAfterMs: 600_000,
          pollMs: 3_600_000,
        },
      }),
    });
    await building().dispatcher.stop();
    relayer = await building().chain.relayerAddress();
    [ana, ben, treasurer] = await Promise.all([
      house.phone(house.people[8]!),
      house.phone(house.people[13]!),
      house.phone(house.personWith('treasurer')),
    ]);
  });
  after(async () => {
    await house.dispose();
    await node.close();
  });

  const building = () => house.hub.building!;
  const orderOf = (id: string) => building().store.read((reader) => building().orders.view(reader, id, nobody))!;
  const settlement = async () => (await treasurer.get<Settlement>('/api/settlement')).body;
  const isQuiet = () => house.hub.state().waitingCount === 0;
  /** What the hub does at each look. */
  async function look(): Promise<void> {
    await building().chain.poll();
    await building().dispatcher.round();
  }
  /** Epochs pass until it is so; every third is a null round. */
  async function until(
    isSo: () => boolean,
    more: (passed: number) => Promise<void> | void = () => {},
  ): Promise<number> {
    for (let passed = 0; passed < 150; passed++) {
      await look();
      if (isSo()) return passed;
      await more(passed);
      await node.epoch({ isNull: passed % 3 === 2 });
    }
    throw new Error(`not within 150 epochs: ${JSON.stringify(await settlement())}`);
  }
  async function done<T>(answer: Promise<{ status: number; body: T }>): Promise<T> {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  }
  async function fullOrder(): Promise<string> {
    // The node's minutes pass quickly, and a grant holds for five.
    await done(ana.post('/api/grants', { pin: house.people[8]!.pin }));
    await done(ben.post('/api/grants', { pin: house.people[13]!.pin }));
    const [good] = (await ana.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { id } = await done(
      ana.post<Order>('/api/orders', {
        title: 'Rice',
        supplierId: good!.supplierId,
        goodId: good!.id,
        unit: 'bag',
        unitPriceMicros: 2_000_000,
        unitsPerCase: 6,
        targetMicros: 12_000_000,
        deadlineAtMs: node.clock.nowMs() + 86_400_000,
        executes: 'at-target',
      }),
    );
    await done(ana.post(`/api/orders/${id}/line`, { units: 3 }));
    const full = await done(ben.post<Order>(`/api/orders/${id}/line`, { units: 3 }));
    assert.equal(full.state, 'executing');
    return id;
  }
  const nonceAt = async (tag: string) =>
    Number(await node.truth('eth_getTransactionCount', [relayer, tag === 'pending' ? 'latest' : tag]));

  it('finds its contracts, and settles what the founding left', async () => {
    await node.epochs(3);
    await look();
    await node.epochs(25);
    await until(isQuiet);
    assert.deepEqual([house.hub.state().isOnline, house.hub.faults()], [true, []]);
    assert.deepEqual((await settlement()).differences, []);
  });

  it('settles an order through late receipts and null rounds, and calls it recorded only when it is final', async () => {
    const id = await fullOrder();
    await done(
      treasurer.post('/api/deposits', { seat: house.people[8]!.seat, amountMicros: 5_000_000, reference: 'WIRE-FVM' }),
    );
    const seen = new Set<string>();
    const passed = await until(
      () => orderOf(id).state === 'settled' && isQuiet(),
      async () => {
        if (orderOf(id).state !== 'settled') seen.add((await ana.get<Order>(`/api/orders/${id}`)).body.record);
      },
    );
    assert.ok(passed >= 20, `${passed} epochs`);
    assert.ok(seen.has('recording') && !seen.has('recorded'), [...seen].join());
    assert.equal((await ana.get<Order>(`/api/orders/${id}`)).body.record, 'recorded');
    assert.deepEqual((await settlement()).differences, []);
  });

  it('settles each order once through a reorganisation of twelve epochs, lost messages and a finality that stands still', async () => {
    const before = await nonceAt('latest');
    const ids = [await fullOrder(), await fullOrder()];
    let reorgs = 0;
    await until(
      () => ids.every((id) => orderOf(id).state === 'settled') && isQuiet(),
      async (passed) => {
        if (passed === 5) node.manners.finalityStalledAt = node.head() - 20;
        if (passed === 15) await node.reorg(12, { messages: 'lost' });
        if (passed === 22) await node.reorg(3, { messages: 'last' });
        if (passed === 15 || passed === 22) reorgs += 1;
        if (passed === 30) node.manners.finalityStalledAt = undefined;
        if (passed === 33) node.forget();
      },
    );
    assert.equal(reorgs, 2);
    assert.ok((await nonceAt('latest')) > before);
    assert.equal(node.waiting(), 0);
    const view = await settlement();
    assert.deepEqual([view.differences, view.waiting], [[], []]);
    assert.deepEqual(building().store.read(checkBooks), []);
    assert.deepEqual(house.hub.faults(), []);
  });
});

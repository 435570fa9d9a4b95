import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import mqtt from 'mqtt';
import { createEmbeddedChain, type EmbeddedChain } from '../src/chain/index.ts';
import { type LyingProxy, startLyingProxy } from '../src/chain/test/lying-proxy.ts';
import { checkBooks } from '../src/journal/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { silentLog } from '../src/platform/log.ts';
import { nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { copyOfFoundedBuilding } from './support/founded.ts';

interface HubInfo {
  readonly isOnline: boolean;
  readonly offlineSinceMs?: number;
  readonly offlineBecause?: string;
  readonly waitingCount: number;
  readonly waitingSinceMs?: number;
}
interface Health {
  readonly status: string;
  readonly faults: { code: string; class: string; message: string }[];
}
interface Settlement {
  readonly isOnline: boolean;
  readonly reason?: string;
  readonly waiting: { lane: string; count: number }[];
  readonly attempts: { id: string }[];
  readonly differences: string[];
}

describe('a building whose line to the chain is cut', () => {
  let chain: EmbeddedChain;
  let line: LyingProxy;
  let house: TestHub;
  let ana: Browser;
  let ben: Browser;
  let treasurer: Browser;
  let orderId: string;
  let attemptsBefore: number;
  let goneSinceMs: number;

  before(async () => {
    const dir = await copyOfFoundedBuilding();
    chain = createEmbeddedChain({
      dataDir: joinPath(dir, 'chain'),
      chainId: 31999,
      clock: systemClock,
      log: silentLog,
    });
    await chain.start(new AbortController().signal);
    await chain.whenUp();
    line = await startLyingProxy(() => chain.endpoint()!.url);
    await moveIn(dir);
    // What the founding left is settled first, so that what waits later is what this test did.
    await house.until(() => house.hub.state().isOnline && house.hub.state().waitingCount === 0);
    attemptsBefore = (await settlement()).attempts.length;
    await line.setUp(false);
    await house.until(() => !house.hub.state().isOnline);
  });
  after(async () => {
    await house.dispose();
    await line.close();
    await chain.stop();
  });

  async function moveIn(dir: string): Promise<void> {
    house = await createTestHub({
      dir,
      config: (config) => ({ ...config, chain: { ...config.chain, isEmbedded: false, rpcUrls: [line.url] } }),
    });
    [ana, ben, treasurer] = await Promise.all([
      house.phone(house.people[8]!),
      house.phone(house.people[13]!),
      house.phone(house.personWith('treasurer')),
    ]);
  }
  const building = () => house.hub.building!;
  const order = (id: string) => building().store.read((reader) => building().orders.view(reader, id, nobody))!;
  const settlement = async () => (await treasurer.get<Settlement>('/api/settlement')).body;
  const info = async () => (await house.browser().get<HubInfo>('/api/hub')).body;
  const health = async () => (await house.browser().get<Health>('/health')).body;
  const sendings = () => line.asked.filter(({ method }) => method === 'eth_sendRawTransaction').length;
  async function done<T>(answer: Promise<{ status: number; body: T }>): Promise<T> {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  }
  async function open(opener: Browser): Promise<string> {
    const [good] = (await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { id } = await done(
      opener.post<Order>('/api/orders', {
        title: 'Rice',
        supplierId: good!.supplierId,
        goodId: good!.id,
        unit: 'bag',
        unitPriceMicros: 2_000_000,
        unitsPerCase: 6,
        targetMicros: 12_000_000,
        deadlineAtMs: Date.now() + 3_600_000,
        executes: 'at-target',
      }),
    );
    return id;
  }

  it('lets people do all they do', async () => {
    const person = house.people[14]!;
    const kiosk = await house.kiosk();
    const { items } = (await kiosk.get<{ items: { tileId: string; label: string }[] }>('/api/tiles')).body;
    const { tileId } = items.find(({ label }) => label === person.name)!;
    await done(kiosk.post('/api/sessions', { tileId, pin: person.pin }));
    const { code } = await done(kiosk.post<{ code: string }>('/api/phone-codes'));
    const phone = house.browser();
    await done(phone.post('/api/phones', { code }));
    await done(phone.post('/api/grants', { pin: person.pin }));

    const reference = 'WIRE-OFFLINE';
    await done(treasurer.post('/api/deposits', { seat: person.seat, amountMicros: 30_000_000, reference }));
    orderId = await open(phone);
    await done(phone.post(`/api/orders/${orderId}/line`, { units: 1 }));
    await done(ana.post(`/api/orders/${orderId}/line`, { units: 2 }));
    await done(ana.put(`/api/orders/${orderId}/line`, { units: 1 }));
    await done(phone.delete(`/api/orders/${orderId}/line`));
    await done(ana.put(`/api/orders/${orderId}/line`, { units: 3 }));
    const full = await done(ben.post<Order>(`/api/orders/${orderId}/line`, { units: 3 }));
    assert.equal(full.state, 'executing');
    assert.equal(full.record, 'here');
    const called = await open(ana);
    await done(ana.post(`/api/orders/${called}/cancel`));
  });

  it('takes readings in', async () => {
    const { sensors } = JSON.parse(readFileSync(joinPath(house.dir, 'demo/sensors.json'), 'utf8')) as {
      sensors: { id: string; username: string; token: string }[];
    };
    const { id, username, token } = sensors[0]!;
    const client = await mqtt.connectAsync(house.mqtt, { username, password: token, reconnectPeriod: 0 });
    await client.publishAsync(`stoop/${id}/ph`, '6.25', { qos: 1 });
    await client.endAsync();
    const { items } = (await house.browser().get<{ items: { value: number }[] }>(`/api/readings?ids=${id}/ph`)).body;
    assert.equal(items[0]?.value, 6.25);
  });

  it('counts what waits and says so, and is well otherwise', async () => {
    const { isOnline, offlineSinceMs, offlineBecause, waitingCount, waitingSinceMs } = await info();
    assert.deepEqual([isOnline, offlineBecause], [false, 'line']);
    assert.ok(offlineSinceMs! <= waitingSinceMs! && offlineSinceMs! > Date.now() - 600_000);
    goneSinceMs = offlineSinceMs!;
    assert.equal(waitingCount, 3, 'two spends and a deposit');
    assert.ok(waitingSinceMs! <= Date.now());
    const view = await settlement();
    assert.equal(view.isOnline, false);
    assert.match(view.reason!, /connection/);
    assert.deepEqual(view.waiting.map(({ lane, count }) => `${count} ${lane}`).sort(), ['1 deposits', '2 orders']);
    assert.equal(view.attempts.length, attemptsBefore);
    assert.deepEqual(await health().then(({ status, faults }) => ({ status, faults })), { status: 'ok', faults: [] });
  });

  it('keeps it all through a restart without a line', async () => {
    await house.stop();
    await moveIn(house.dir);
    assert.equal((await info()).waitingCount, 3);
    assert.equal((await info()).offlineSinceMs, goneSinceMs, 'a restart does not begin the outage anew');
    assert.equal(order(orderId).state, 'executing');
    assert.equal((await ana.get<Order>(`/api/orders/${orderId}`)).body.myLine?.amountMicros, 6_000_000);
  });

  it('settles by itself when the line is back', async () => {
    await line.setUp(true);
    await house.until(() => order(orderId).state === 'settled' && house.hub.state().waitingCount === 0);
    const view = await settlement();
    assert.equal(view.isOnline, true);
    assert.deepEqual(view.differences, []);
    assert.equal((await ana.get<Order>(`/api/orders/${orderId}`)).body.record, 'recorded');
    assert.equal((await info()).waitingSinceMs, undefined);
    assert.equal((await info()).offlineSinceMs, undefined);
  });

  it('shows the treasurer which endpoint serves, by its host alone, and a resident nothing of it', async () => {
    const { body } = await treasurer.get<{ endpoints: { name: string; isServing: boolean }[] }>('/api/line');
    assert.deepEqual(
      body.endpoints.map(({ name, isServing }) => [name, isServing]),
      [[new URL(line.url).host, true]],
    );
    assert.equal((await ana.get('/api/line')).status, 403);
  });

  it('sends nothing to another chain behind the same address, and says so', async () => {
    const before = { sendings: sendings(), attempts: (await settlement()).attempts.length };
    line.lie('eth_chainId', async () => '0x1');
    await building().chain.poll();
    const id = await open(ana);
    await done(ana.post(`/api/orders/${id}/line`, { units: 3 }));
    await done(ben.post(`/api/orders/${id}/line`, { units: 3 }));
    await building().dispatcher.round();

    const { status, faults } = await health();
    assert.equal(status, 'degraded');
    assert.deepEqual(
      faults.map(({ code, class: kind }) => [code, kind]),
      [['chain_mismatch', 'chain']],
    );
    assert.deepEqual([(await info()).isOnline, (await info()).offlineBecause], [false, 'wrong']);
    assert.equal((await info()).waitingCount, 2);
    assert.match((await settlement()).reason!, /another one/);
    assert.equal(sendings(), before.sendings);
    assert.equal((await settlement()).attempts.length, before.attempts);
    assert.equal(order(id).state, 'executing');

    line.honest();
    await house.until(() => order(id).state === 'settled');
    assert.deepEqual((await health()).faults, []);
    assert.deepEqual((await settlement()).differences, []);
    assert.deepEqual(building().store.read(checkBooks), []);
  });
});

describe('a building whose own chain dies', () => {
  let house: TestHub;
  before(async () => {
    house = await createTestHub();
  });
  after(() => house.dispose());

  it('says so, works on, and settles once it is back', async () => {
    const building = house.hub.building!;
    await house.until(() => building.chain.state().isOnline);
    const chain = building.parts.find(({ name }) => name === 'embedded-chain') as EmbeddedChain;
    process.kill(chain.pid()!, 'SIGKILL');
    await house.until(() => house.hub.faults().some(({ code }) => code === 'chain_stopped'));
    assert.equal(house.hub.state().isOnline, false);

    const ana = await house.phone(house.people[8]!);
    const [good] = (await ana.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { body } = await ana.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: 2_000_000,
      unitsPerCase: 1,
      targetMicros: 2_000_000,
      deadlineAtMs: Date.now() + 3_600_000,
      executes: 'at-target',
    });
    const joined = await ana.post<Order>(`/api/orders/${body.id}/line`, { units: 1 });
    assert.equal(joined.body.state, 'executing');
    await house.until(
      () => building.store.read((reader) => building.orders.view(reader, body.id, nobody))!.state === 'settled',
    );
    assert.deepEqual(
      house.hub.faults().filter(({ code }) => code === 'chain_stopped'),
      [],
    );
  });
});

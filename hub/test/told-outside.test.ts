import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Config } from '../src/config/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Clock } from '../src/platform/clock.ts';
import { nobody, system } from '../src/platform/ports/index.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { createHookServer, type HookServer } from './support/hook-server.ts';
import { createMailServer, type MailServer } from './support/mail-server.ts';

const secret = 'the-secret-that-both-sides-know';
const noSignal = new AbortController().signal;

describe('what a hub tells outside', () => {
  let house: TestHub;
  let mail: MailServer;
  let books: HookServer;
  let taken: Server;
  const folder = mkdtempSync(join(tmpdir(), 'stoop-told-'));
  let offsetMs = 0;
  const clock: Clock = { nowMs: () => Date.now() + offsetMs, monotonicMs: () => performance.now() + offsetMs };

  before(async () => {
    mail = await createMailServer();
    books = await createHookServer();
    // Somebody else has the broker's port: a fault that stays until a person comes.
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, secret);
    house = await createTestHub({
      clock,
      config: (config: Config) => ({
        ...config,
        mqtt: { ...config.mqtt, port: (taken.address() as { port: number }).port },
        mail: {
          host: '127.0.0.1',
          port: mail.port,
          security: 'none',
          from: 'hub@building.test',
          readers: [
            { address: 'ana@building.test', office: 'treasurer', language: 'es' },
            { address: 'max@building.test', office: 'maintainer', language: 'en' },
          ],
        },
        webhooks: [{ name: 'books', url: books.url, secretFile }],
      }),
    });
  });
  after(async () => {
    await house.dispose();
    rmSync(folder, { recursive: true });
    await Promise.all([mail.close(), books.close()]);
    await new Promise<void>((resolve) => void taken.close(() => resolve()));
  });

  const building = () => house.hub.building!;
  const look = () =>
    building()
      .jobs.find(({ name }) => name === 'notices.look')!
      .run(noSignal);
  const statesIn = (lane: string) =>
    building()
      .store.read((reader) =>
        reader.prepare('SELECT state FROM intents WHERE lane = @lane ORDER BY id').all<{ state: string }>({ lane }),
      )
      .map(({ state }) => state);
  const allFinal = (lane: string, count: number) =>
    house.until(() => statesIn(lane).length === count && statesIn(lane).every((state) => state === 'final'));
  const posted = () =>
    [...books.taken.values()].map((body) => JSON.parse(body) as { type: string; data: { id?: string } });

  it('writes to its maintainer when something stays broken, and posts it; the treasurer is left in peace', async () => {
    await look();
    assert.ok(house.hub.faults().some(({ code }) => code === 'broker_down'));
    assert.deepEqual(statesIn('mail'), []);
    offsetMs += 6 * 60_000;
    // The line is cut once after the letter was taken: it comes again, and is one letter in the mailbox.
    mail.forecast(['unheard']);
    await look();
    await house.until(() => mail.received.length > 0 && statesIn('mail')[0] === 'sent');
    offsetMs += 60_000;
    await allFinal('mail', 1);
    await allFinal('webhook:books', 1);
    assert.equal(mail.received.length, 2);
    assert.equal(mail.mailbox().size, 1);
    const [letter] = mail.mailbox().values();
    assert.equal(letter!.to, 'max@building.test');
    assert.match(letter!.text, /something needs you/);
    assert.deepEqual(
      posted().map(({ type }) => type),
      ['fault.raised'],
    );
  });

  it('posts an order that was settled on the chain, signed, once, without a name or a seat', async () => {
    const opener = await house.phone(house.people[2]!);
    const { body: goods } = await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods');
    const [good] = goods.items;
    const { body: order } = await opener.post<{ id: string }>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: 2_000_000,
      unitsPerCase: 3,
      targetMicros: 6_000_000,
      deadlineAtMs: clock.nowMs() + 3_600_000,
      executes: 'at-target',
    });
    const { status } = await opener.post(`/api/orders/${order.id}/line`, { units: 3 });
    assert.equal(status, 201);
    const state = () => building().store.read((reader) => building().orders.view(reader, order.id, nobody))!.state;
    await house.until(() => state() === 'settled');
    await look();
    await look();
    await allFinal('webhook:books', 2);
    const settled = posted().filter(({ type }) => type === 'order.settled');
    assert.deepEqual(
      settled.map(({ data }) => data),
      [{ id: order.id, totalMicros: 6_000_000, lineCount: 1 }],
    );
    const one = books.posted.at(-1)!;
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(one.signature)!;
    assert.equal(mac, createHmac('sha256', secret).update(`${seconds}.${one.body}`).digest('hex'));
    for (const { name } of house.people) assert.ok(!one.body.includes(name));
    assert.doesNotMatch(one.body, /seat/);
  });

  it('brings to an end what waits for a reader who has left the settings', async () => {
    const dir = house.dir;
    await books.goAway();
    offsetMs += 11 * 60_000;
    const store = building().store;
    await store.act({ name: 'told.test', actor: system('test') }, (tx) => {
      const id = outbox.add(tx, {
        lane: 'webhook:books',
        subject: `0x${'ab'.repeat(32)}`,
        message: { type: 'Notice', fields: { kind: 'fault.raised', atMs: 1, reader: 'books', data: '{}' } },
        authorisations: [],
        validUntilMs: clock.nowMs() + 86_400_000,
      });
      outbox.queue(tx, id);
    });
    await house.until(() => statesIn('webhook:books')[2] === 'sent');
    // Nobody in the lobby is told that something waits for the internet.
    assert.equal(house.hub.state().waitingCount, 0);
    await house.stop();
    house = await createTestHub({ dir, clock, config: (config) => ({ ...config, webhooks: [] }) });
    await house.until(() => statesIn('webhook:books')[2] === 'void');
    await books.comeBack();
    assert.equal(posted().length, 2);
  });
});

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { createHookServer, type HookServer, type HookWeather } from '../../test/support/hook-server.ts';
import { createPostRoom, type PostRoom } from './test/post-room.ts';
import { createWebhookCarrier } from './webhook.ts';

const secret = 'the-secret-that-both-sides-know';

describe('webhook carrier', () => {
  let folder: string;
  let receiver: HookServer;
  let room: PostRoom;
  const secretFile = () => join(folder, 'secret');

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-hook-'));
    writeFileSync(secretFile(), `${secret}\n`);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Short only where somebody keeps silent: a busy machine answers late as well. */
  async function open(timeoutMs = 10_000) {
    receiver = await createHookServer();
    const { url } = receiver;
    room = await createPostRoom({
      carrier: (store, clock) =>
        createWebhookCarrier({
          settings: { name: 'books', url, secretFile: secretFile() },
          store,
          clock,
          timeoutMs,
        }),
      call: ({ id, message }) => ({
        contract: 'webhook:books',
        fn: 'post',
        args: [{ key: id, body: { id, text: message.fields.text } }],
      }),
    });
  }
  async function close() {
    room.dispose();
    await receiver.close();
  }
  beforeEach(() => open());
  afterEach(close);

  it('posts the body with its delivery id, signed over time and body', async () => {
    const id = await room.post('ñ €');
    await room.settle();
    const [one] = receiver.posted;
    assert.equal(one!.delivery, id);
    assert.deepEqual(JSON.parse(one!.body), { id, text: 'ñ €' });
    const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(one!.signature)!;
    assert.equal(Number(seconds), Date.UTC(2026, 5, 1) / 1000);
    assert.equal(mac, createHmac('sha256', secret).update(`${seconds}.${one!.body}`).digest('hex'));
    assert.equal(room.state(id), 'final');
  });

  it('keeps neither the secret nor a signature in the database, nor in the log when it fails', async () => {
    receiver.forecast(['cut', { status: 500 }, { status: 503 }]);
    await room.post('x');
    await room.settle();
    const rows = room.store.read((reader) => reader.prepare('SELECT payload, locator FROM attempts').all<object>());
    const answers = room.store.read((reader) => reader.prepare('SELECT * FROM carrier_answers').all<object>());
    const payloads = (rows as { payload: string }[]).map(({ payload }) =>
      Buffer.from(payload.slice(2), 'hex').toString(),
    );
    const text = JSON.stringify([rows, answers, payloads]) + room.logged();
    assert.ok(rows.length > 0);
    assert.match(room.logged(), /the round was cut short/);
    assert.doesNotMatch(text, new RegExp(secret));
    assert.doesNotMatch(text, /v1=/);
  });

  it('brings every delivery there, the same bytes under the same id, whatever the line does', async () => {
    const one = fc.constantFrom<HookWeather>(
      'fine',
      'cut',
      'unheard',
      { status: 500 },
      { status: 503 },
      { status: 302 },
    );
    await close();
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 10 }), fc.integer({ min: 1, max: 4 }), async (weather, count) => {
        await open();
        const ids: string[] = [];
        for (let index = 0; index < count; index++) ids.push(await room.post(`letter ${index}`));
        receiver.forecast(weather);
        for (let life = 0; life < 3; life++) {
          await room.round();
          room.restart();
        }
        await room.settle();
        assert.deepEqual(
          ids.map((id) => room.state(id)),
          ids.map(() => 'final'),
        );
        assert.deepEqual([...receiver.taken.keys()].sort(), ids.toSorted());
        const bodies = Map.groupBy(receiver.posted, ({ delivery }) => delivery);
        for (const tries of bodies.values()) assert.equal(new Set(tries.map(({ body }) => body)).size, 1);
        // More than once only where an answer was lost or refused: never for its own sake.
        const spoilt = weather.filter((now) => now !== 'fine').length;
        assert.ok(receiver.posted.length <= count + spoilt, `${receiver.posted.length} requests`);
        await close();
      }),
      { numRuns: 25 },
    );
    await open();
  });

  it('pauses longer and longer while nobody answers, and goes on when somebody does', async () => {
    await receiver.goAway();
    const id = await room.post('x');
    const pauses: number[] = [];
    for (let failure = 0; failure < 4; failure++) {
      await room.round();
      const told = await room.carrier().unavailable();
      pauses.push(Number(/tried again in (\d+) s/.exec(told ?? '')?.[1]));
      room.pass(pauses.at(-1)! * 1000);
    }
    assert.deepEqual(pauses, [5, 10, 20, 40]);
    await receiver.comeBack();
    await room.round();
    await room.round();
    assert.equal(room.state(id), 'final');
    assert.equal(await room.carrier().unavailable(), undefined);
  });

  it('waits as long as it is asked to', async () => {
    receiver.forecast([{ status: 429, retryAfter: '600' }]);
    const id = await room.post('x');
    await room.round();
    room.pass(590_000);
    await room.round();
    assert.equal(receiver.posted.length, 1);
    room.pass(11_000);
    await room.round();
    await room.round();
    assert.equal(receiver.posted.length, 2);
    assert.equal(room.state(id), 'final');
  });

  it('lets a delivery that nobody answers for not hold up the next', async () => {
    await close();
    await open(600);
    receiver.chokeOn('hang');
    const first = await room.post('the one that hangs');
    const second = await room.post('the next');
    for (let round = 0; round < 8; round++) {
      await room.round();
      room.pass(60_000);
    }
    assert.deepEqual([room.state(first), room.state(second)], ['queued', 'final']);
    assert.equal(receiver.posted.filter(({ delivery }) => delivery === first).length, 4);
    receiver.chokeOn(undefined);
    await room.settle();
    assert.equal(room.state(first), 'final');
  });

  it('takes 410 for never, and what was never taken for void after its time', async () => {
    receiver.forecast([{ status: 410 }]);
    const gone = await room.post('x');
    await room.settle();
    assert.deepEqual([room.state(gone), room.reason(gone)], ['void', 'refused_there']);
    await receiver.goAway();
    const late = await room.post('y', 3_600_000);
    await room.settle();
    assert.deepEqual([room.state(late), room.reason(late)], ['void', 'expired']);
    await receiver.comeBack();
  });

  it('follows no redirect: only the address of the settings is called', async () => {
    receiver.forecast([{ status: 302 }]);
    await room.post('x');
    await room.round();
    assert.equal(receiver.posted.length, 1);
    assert.equal(receiver.taken.size, 0);
  });

  it('says what is wrong with the secret without telling it, and sends nothing', async () => {
    writeFileSync(secretFile(), 'short\n');
    const id = await room.post('x');
    await room.round();
    const told = await room.carrier().unavailable();
    assert.equal(told, 'webhooks.books.secretFile: must hold at least 16 characters');
    assert.equal(receiver.posted.length, 0);
    writeFileSync(secretFile(), `${secret}\n`);
    await room.settle();
    assert.equal(room.state(id), 'final');
  });
});

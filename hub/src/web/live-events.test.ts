import assert from 'node:assert/strict';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { createLiveEvents, liveLimits } from './live-events.ts';
import {
  anaToken,
  cookie,
  createTestFeed,
  createTestMembers,
  phoneToken,
  startTestWeb,
  treasurerToken,
  writePage,
} from './web.test-kit.ts';

interface Event {
  event: string;
  id?: string;
  data: Record<string, unknown>;
}

interface Stream {
  headers: IncomingMessage['headers'];
  /** The next event; waits for it. */
  next(): Promise<Event>;
  closed: Promise<void>;
  close(): void;
}

function parse(frame: string): Event | undefined {
  const fields = Object.fromEntries(
    frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return fields.data === undefined
    ? undefined
    : { event: fields.event ?? 'message', id: fields.id, data: JSON.parse(fields.data) };
}

/** Reads a stream as a browser's EventSource does. */
function listen(t: TestContext, url: string, headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request(`${url}/api/events`, { headers, agent: false }, (incoming) => {
      const events: Event[] = [];
      const waiting: ((event: Event) => void)[] = [];
      let rest = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        const frames = (rest + chunk).split('\n\n');
        rest = frames.pop() ?? '';
        for (const event of frames.map(parse)) {
          if (event === undefined) continue;
          const wake = waiting.shift();
          if (wake === undefined) events.push(event);
          else wake(event);
        }
      });
      incoming.on('error', () => {});
      resolve({
        headers: incoming.headers,
        next: () => new Promise((wake) => (events.length > 0 ? wake(events.shift()!) : void waiting.push(wake))),
        closed: new Promise((end) => incoming.once('close', () => end())),
        close: () => void outgoing.destroy(),
      });
      t.after(() => outgoing.destroy());
    });
    outgoing.on('error', reject).end();
  });
}

test('a change reaches open pages with its place in the log', async (t) => {
  const { url, feed, staticDir } = await startTestWeb(t);
  writePage(staticDir, 'build-7');
  feed.add();
  const stream = await listen(t, url);
  assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.equal(stream.headers['cache-control'], 'no-store');
  assert.deepEqual(await stream.next(), { event: 'hello', id: '1', data: { seq: 1, buildId: 'build-7' } });
  feed.add('all', 'order', 'o-9');
  assert.deepEqual(await stream.next(), {
    event: 'message',
    id: '2',
    data: { seq: 2, noun: 'order', id: 'o-9', revision: 1 },
  });
  feed.transient({ noun: 'reading', id: 'roof/temperature' });
  assert.deepEqual(await stream.next(), {
    event: 'message',
    id: undefined,
    data: { seq: 2, noun: 'reading', id: 'roof/temperature', revision: 0 },
  });
});

test('a reconnect hears what it missed, or that it must read again', async (t) => {
  const { url, feed } = await startTestWeb(t);
  for (let i = 1; i <= 5; i++) feed.add('all', 'order', `o-${i}`);
  const back = await listen(t, url, { 'last-event-id': '3' });
  assert.deepEqual((await back.next()).data, { seq: 5 });
  assert.deepEqual([(await back.next()).id, (await back.next()).id], ['4', '5']);
  feed.add();
  assert.equal((await back.next()).id, '6');

  feed.prune(4);
  const reload = async (lastEventId: string) => {
    const stream = await listen(t, url, { 'last-event-id': lastEventId });
    const [hello, second] = [await stream.next(), await stream.next()];
    stream.close();
    return [hello.event, hello.id, second.event, second.id, second.data.reason];
  };
  assert.deepEqual(await reload('3'), ['hello', '6', 'reload', '6', 'gap']);
  // The store was restored from a backup: this page has seen a future that is gone.
  assert.deepEqual(await reload('99'), ['hello', '6', 'reload', '6', 'gap']);
  feed.addMany(liveLimits.replayMax + 1, 'o-1');
  assert.equal((await reload('6'))[2], 'reload');
  const odd = await listen(t, url, { 'last-event-id': 'nonsense' });
  assert.equal((await odd.next()).event, 'hello');
});

test('private changes reach only those they are for, live and replayed', async (t) => {
  const { url, feed } = await startTestWeb(t);
  const open = (headers?: Record<string, string>) => listen(t, url, { ...headers, 'last-event-id': '0' });
  feed.add('seat:7', 'money', 'ana');
  feed.add('seat:77', 'money', 'other');
  feed.add('role:treasurer', 'deposit', 'd-1');
  feed.add('all', 'order', 'end');
  const ids = async (stream: Stream) => {
    const heard: unknown[] = [];
    for (let event = await stream.next(); ; event = await stream.next()) {
      if (event.event !== 'hello') heard.push(event.data.id);
      if (event.data.id === 'end') return heard;
    }
  };
  const [nobody, ana, treasurer] = await Promise.all([open(), open(cookie(anaToken)), open(cookie(treasurerToken))]);
  assert.deepEqual(await ids(nobody), ['end']);
  assert.deepEqual(await ids(ana), ['ana', 'end']);
  assert.deepEqual(await ids(treasurer), ['d-1', 'end']);
  feed.add('role:treasurer', 'deposit', 'd-2');
  feed.add('seat:7', 'money', 'again');
  feed.add('all', 'order', 'end');
  assert.deepEqual(await ids(nobody), ['end']);
  assert.deepEqual(await ids(ana), ['again', 'end']);
  assert.deepEqual(await ids(treasurer), ['d-2', 'end']);
});

test('a session that has ended loses its stream before it hears anything more', async (t) => {
  const { url, feed, members } = await startTestWeb(t);
  const stream = await listen(t, url, cookie(anaToken, phoneToken));
  assert.equal((await stream.next()).event, 'hello');
  members.sessions.delete(anaToken);
  feed.add('seat:7', 'money', 'secret');
  assert.deepEqual(await stream.next(), { event: 'reload', id: '1', data: { reason: 'session', seq: 1 } });
  await stream.closed;
  assert.ok(members.passiveCalls > 0, 'looking must not prolong the session');
});

test('opening the stream renews the life of the credentials that it came with', async (t) => {
  const { url } = await startTestWeb(t);
  const known = await listen(t, url, cookie(anaToken, phoneToken));
  assert.deepEqual(
    known.headers['set-cookie']?.map((each) => each.split(';', 3).join(';')),
    [`stoop-device=${phoneToken}; Path=/; Max-Age=34560000`, `stoop-session=${anaToken}; Path=/; Max-Age=34560000`],
  );
  const unknown = await listen(t, url, cookie('a-token-that-is-not-known', 'a-token-that-is-not-known'));
  assert.equal(unknown.headers['set-cookie'], undefined);
});

test('one address cannot take all streams', async (t) => {
  const { url } = await startTestWeb(t);
  const streams = [];
  for (let i = 0; i < liveLimits.perAddress; i++) streams.push(await listen(t, url));
  const refused = await fetch(`${url}/api/events`);
  assert.equal(refused.status, 429);
  assert.equal(((await refused.json()) as { code: string }).code, 'too_many_requests');
  streams[0]!.close();
  const metrics = async () => (await (await fetch(`${url}/metrics`)).text()).match(/stoop_live_streams (\d+)/)?.[1];
  while ((await metrics()) !== String(liveLimits.perAddress - 1)) await new Promise(setImmediate);
  const again = await listen(t, url);
  assert.equal((await again.next()).event, 'hello');
});

test('a page that does not read costs a bounded buffer and is told to reload when it reads again', async (t) => {
  const { url, feed } = await startTestWeb(t);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  await new Promise((resolve) => socket.once('readable', resolve));
  const id = 'x'.repeat(2000);
  const batches = 40;
  for (let i = 0; i < batches; i++) {
    feed.addMany(500, id);
    await new Promise(setImmediate);
  }
  const sentBytes = batches * 500 * (id.length + 60);
  let text = '';
  let heardBytes = 0;
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-5000);
    heardBytes += chunk.length;
  });
  await new Promise<void>((resolve) => {
    socket.on('data', () => void (text.includes('"reason":"slow"') && resolve()));
  });
  feed.add('all', 'order', 'after');
  await new Promise<void>((resolve) => {
    const look = () => void (text.includes('"id":"after"') && resolve());
    socket.on('data', look);
    look();
  });
  // What the kernel takes of a connection here is some megabytes; the rest was never kept.
  assert.ok(heardBytes < sentBytes / 3, `${heardBytes} of ${sentBytes} bytes were kept`);
  assert.match(text, /event: reload\nid: 20000\ndata: \{"reason":"slow","seq":20000\}/);
});

test('the heartbeat ends streams of ended sessions and keeps the others open', async (t) => {
  const members = createTestMembers();
  const feed = createTestFeed();
  const { createServer } = await import('node:http');
  const limits = { ...liveLimits, heartbeatMs: 5 };
  const live = createLiveEvents({
    changes: feed,
    authenticate: members.authenticate,
    clock: systemClock,
    buildId: () => 'b',
    limits,
  });
  const server = createServer((raw, response) => {
    const asked = { ip: '127.0.0.1', raw, headers: raw.headers, arrival: { isSecure: false } };
    live.connect(asked as never, { raw: response, hijack: () => {} } as never);
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  live.start();
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const ana = await listen(t, url, cookie(anaToken));
  const nobody = await listen(t, url);
  await Promise.all([ana.next(), nobody.next()]);
  members.sessions.delete(anaToken);
  assert.deepEqual((await ana.next()).data, { reason: 'session', seq: 0 });
  await ana.closed;
  assert.equal(live.count(), 1);
  live.stop();
  await nobody.closed;
  assert.equal(feed.listenerCount(), 0);
});

test('stopping ends every stream at once', async (t) => {
  const { url, web, feed } = await startTestWeb(t);
  const stream = await listen(t, url);
  const from = performance.now();
  await Promise.all([web.stop(), stream.closed]);
  assert.ok(performance.now() - from < 1500);
  assert.equal(feed.listenerCount(), 0);
});

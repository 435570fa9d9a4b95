import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { ApiError } from './api-error.ts';
import { createClient } from './client.ts';
import { createIntention } from './intention.ts';

const servers: { close(): void; closeAllConnections(): void }[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function clientOf(listener: RequestListener) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const paused: number[] = [];
  const reached: boolean[] = [];
  const client = createClient({
    fetch: (path, init) => fetch(`${origin}${path}`, init),
    pause: async (ms) => void paused.push(ms),
    onReached: (isReached) => reached.push(isReached),
  });
  return { client, paused, reached };
}

test('a lost answer is asked for again with the same key', async () => {
  const keys: unknown[] = [];
  const { client, paused } = await clientOf((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length === 1) request.socket.destroy();
    else response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"a"}');
  });
  assert.deepEqual(await client.send('POST', '/api/orders/1/line', { units: 1 }), { id: 'a' });
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.equal(paused.length, 1);
});

test('a refusal is not repeated and keeps code, field and details', async () => {
  let calls = 0;
  const { client } = await clientOf((_request, response) => {
    calls++;
    response
      .writeHead(403, { 'content-type': 'application/json' })
      .end('{"code":"wrong_pin","message":"","field":"pin","details":{"triesLeft":2}}');
  });
  await assert.rejects(client.send('POST', '/api/sessions', {}), (error: unknown) => {
    assert(error instanceof ApiError);
    assert.equal(error.code, 'wrong_pin');
    assert.equal(error.field, 'pin');
    assert.deepEqual(error.details, { triesLeft: 2 });
    return true;
  });
  assert.equal(calls, 1);
});

test('the key is kept over a refusal, so that the same intention can be signed and sent again', async () => {
  const keys: unknown[] = [];
  const { client } = await clientOf((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length === 1) response.writeHead(403).end('{"code":"grant_needed","message":""}');
    else response.writeHead(201).end('{}');
  });
  const intention = createIntention();
  await assert.rejects(client.send('POST', '/api/x', { a: 1 }, intention));
  await client.send('POST', '/api/x', { a: 1 }, intention);
  assert.equal(keys[0], keys[1]);
  await client.send('POST', '/api/x', { a: 1 }, intention);
  assert.notEqual(keys[2], keys[1]);
});

test('no hub at all is told as such, and reported', async () => {
  const { client, reached } = await clientOf((request) => request.socket.destroy());
  await assert.rejects(
    client.get('/api/me'),
    (error: unknown) => error instanceof ApiError && error.code === 'no_connection',
  );
  assert.deepEqual(reached, [false]);
});

test('an answer that this phone kept says when it was kept', async () => {
  const { client, reached } = await clientOf((_request, response) => {
    response.writeHead(200, { 'x-stoop-stored-at': '1700000000000' }).end('{"items":[]}');
  });
  assert.deepEqual(await client.get('/api/orders'), { value: { items: [] }, storedAtMs: 1_700_000_000_000 });
  assert.deepEqual(reached, [false]);
});

test('an answer that is no JSON is a failure with its own code', async () => {
  const { client } = await clientOf((_request, response) => response.writeHead(502).end('<html>'));
  await assert.rejects(
    client.get('/api/me'),
    (error: unknown) => error instanceof ApiError && error.code === 'unreadable_answer',
  );
});

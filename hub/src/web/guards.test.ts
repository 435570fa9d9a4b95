import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { route } from '../platform/ports/index.ts';
import { createApp } from './app.ts';
import { createLiveEvents, liveLimits } from './live-events.ts';
import { createStaticFiles } from './static-files.ts';
import { createTestFeed, createTestMembers, startTestWeb, temporaryFolder, testState } from './web.test-kit.ts';
import { ana, id, type Seen, testRoutes } from './web.test-routes.ts';

/** fetch would set Host, Origin and Sec-Fetch-* by itself; this sends exactly what it is given. */
function raw(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; code?: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, url),
      { method, headers, setHost: headers.host === undefined },
      (incoming) => {
        let text = '';
        incoming.on('data', (chunk) => (text += chunk));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode!, code: text.startsWith('{') ? JSON.parse(text).code : undefined }),
        );
      },
    );
    outgoing.on('error', reject).end(method === 'GET' ? undefined : '{"units":1}');
  });
}

test('foreign names, origins and sites are refused', async (t) => {
  const seen: Seen[] = [];
  const { url } = await startTestWeb(t, { routes: testRoutes(seen), hostNames: ['Hub.Example'] });
  const { port } = new URL(url);
  const line = `/api/orders/${id}/line`;
  const write = { ...ana, 'content-type': 'application/json', 'idempotency-key': id };
  const rows: [string, string, Record<string, string>, number, string?][] = [
    ['GET', '/api/orders', { host: 'rebound.evil.example' }, 421, 'foreign_host'],
    ['GET', '/api/orders', { host: `127.0.0.1.evil.example:${port}` }, 421, 'foreign_host'],
    ['GET', '/api/orders', { host: `10.0.0.9:${port}` }, 421, 'foreign_host'],
    ['GET', '/api/orders', { host: 'localhost@evil.example' }, 421, 'foreign_host'],
    ['GET', '/', { host: 'evil.example' }, 421, 'foreign_host'],
    ['GET', '/api/nothing', { host: 'evil.example' }, 421, 'foreign_host'],
    ['POST', line, { ...write, host: 'evil.example', origin: 'http://evil.example' }, 421, 'foreign_host'],
    ['POST', line, { ...write, origin: 'http://evil.example' }, 403, 'foreign_origin'],
    ['POST', line, { ...write, origin: 'null' }, 403, 'foreign_origin'],
    ['POST', line, { ...write, origin: `https://127.0.0.1:${port}` }, 403, 'foreign_origin'],
    ['POST', line, { ...write, origin: 'http://127.0.0.1:1' }, 403, 'foreign_origin'],
    ['POST', line, { ...write, 'sec-fetch-site': 'same-site' }, 403, 'foreign_origin'],
    ['POST', line, { ...write, 'sec-fetch-site': 'cross-site' }, 403, 'foreign_origin'],
    ['DELETE', line, { ...write, 'sec-fetch-site': 'none' }, 403, 'foreign_origin'],
    ['GET', '/api/orders', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403, 'foreign_origin'],
    ['GET', '/api/orders', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403, 'foreign_origin'],
  ];
  for (const [method, path, headers, status, code] of rows) {
    assert.deepEqual(
      await raw(url, method, path, headers),
      { status, code },
      `${method} ${path} ${JSON.stringify(headers)}`,
    );
  }
  assert.deepEqual(seen, []);
  const welcome: [string, string, Record<string, string>][] = [
    ['GET', '/api/orders', { host: `LOCALHOST:${port}` }],
    ['GET', '/api/orders', { host: `elm.local.:${port}` }],
    ['GET', '/api/orders', { host: 'hub.example' }],
    ['GET', '/api/orders', { host: `[::1]:${port}` }],
    ['GET', '/api/orders', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
    ['POST', line, { ...write, origin: url, 'sec-fetch-site': 'same-origin' }],
    ['POST', line, write],
  ];
  for (const [method, path, headers] of welcome) {
    assert.equal(
      (await raw(url, method, path, headers)).code,
      undefined,
      `${method} ${path} ${JSON.stringify(headers)}`,
    );
  }
  assert.equal(seen.length, welcome.length);
});

test('plain HTTP from beyond the machine reaches the trust page and nothing else', async (t) => {
  const members = createTestMembers();
  const files = createStaticFiles(temporaryFolder(t));
  const feed = createTestFeed();
  const { authenticate } = members;
  let handled = 0;
  const app = await createApp({
    routes: [
      route({
        method: 'POST',
        path: '/api/phones',
        summary: 'x',
        permission: 'public',
        handle: () => ({ body: ++handled }),
      }),
    ],
    hubRoutes: [],
    authenticate,
    live: createLiveEvents({
      changes: feed,
      authenticate,
      clock: systemClock,
      buildId: files.buildId,
      limits: liveLimits,
    }),
    files,
    hubState: () => testState,
    isOwnHost: (host) => host === '192.168.1.20' || host === 'localhost',
    addTrust: (target) => void target.get('/trust', async () => 'trust me'),
    openApi: async () => '{}',
    isStopping: () => false,
    log: silentLog,
  });
  t.after(() => app.close());
  const from = (remoteAddress: string, method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}) =>
    app.inject({
      method,
      url,
      remoteAddress,
      headers: { host: '192.168.1.20:8080', 'idempotency-key': crypto.randomUUID(), ...headers },
    });

  assert.equal((await from('192.168.1.40', 'GET', '/trust')).body, 'trust me');
  const page = await from('192.168.1.40', 'GET', '/orders', { accept: 'text/html' });
  assert.deepEqual([page.statusCode, page.headers.location], [307, '/trust']);
  for (const [method, url] of [
    ['GET', '/api/orders'],
    ['POST', '/api/phones'],
    ['GET', '/sw.js'],
    ['GET', '/trustworthy'],
    ['GET', '/health'],
  ] as const) {
    const answer = await from('192.168.1.40', method, url);
    assert.deepEqual([answer.statusCode, answer.json().code], [403, 'https_needed'], url);
  }
  // The Host says nothing about where a request comes from.
  assert.equal(
    (await from('192.168.1.40', 'POST', '/api/phones', { host: 'localhost:8080' })).json().code,
    'https_needed',
  );
  assert.equal((await from('fe80::1', 'POST', '/api/phones')).json().code, 'https_needed');
  assert.equal(handled, 0);
  for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
    assert.equal((await from(address, 'POST', '/api/phones', { host: 'localhost:8080' })).statusCode, 200, address);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { route } from '../platform/ports/index.ts';
import { createApp } from './app.ts';
import { createLiveEvents, liveLimits } from './live-events.ts';
import { createStaticFiles } from './static-files.ts';
import { createTestFeed, createTestMembers, temporaryFolder, testState } from './web.test-kit.ts';

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

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { call, startTestWeb, testState, writePage } from './web.test-kit.ts';

test('the page comes at every address of its own, never stale', async (t) => {
  const { url, staticDir } = await startTestWeb(t);
  writePage(staticDir, 'b1');
  for (const path of ['/', '/orders', '/orders/0190a5d2-7b1c', '/me/money?x=1', '/index.html']) {
    const page = await call(url + path, 'GET');
    assert.equal(page.status, 200, path);
    assert.match(page.text, /build b1/);
    assert.equal(page.headers.get('cache-control'), 'no-cache');
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  }
  writePage(staticDir, 'build-2');
  assert.match((await call(`${url}/`, 'GET')).text, /build build-2/);
});

test('the page may load from this hub alone and be framed by nobody', async (t) => {
  const { url, staticDir } = await startTestWeb(t);
  writePage(staticDir);
  const { headers } = await call(`${url}/`, 'GET');
  const policy = new Map(
    headers
      .get('content-security-policy')!
      .split('; ')
      .map((rule) => [rule.split(' ')[0], rule]),
  );
  assert.equal(policy.get('default-src'), "default-src 'none'");
  assert.equal(policy.get('script-src'), "script-src 'self'");
  assert.equal(policy.get('style-src'), "style-src 'self'");
  assert.equal(policy.get('frame-ancestors'), "frame-ancestors 'none'");
  assert.equal(policy.get('base-uri'), "base-uri 'none'");
  assert.doesNotMatch([...policy.values()].join(), /unsafe|\*|https?:/);
  assert.equal(headers.get('x-content-type-options'), 'nosniff');
  assert.equal(headers.get('referrer-policy'), 'no-referrer');
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin');
  assert.equal(headers.get('cross-origin-resource-policy'), 'same-origin');
  assert.match(headers.get('permissions-policy')!, /camera=\(self\), microphone=\(\)/);
  assert.equal(headers.get('strict-transport-security'), null);
});

test('files with a hash never change, others are asked for again, text comes compressed', async (t) => {
  const { url, staticDir } = await startTestWeb(t);
  writePage(staticDir);
  const asset = `${url}/assets/main-Ab3dE_9-.js`;
  const script = await call(asset, 'GET', undefined, { 'accept-encoding': 'identity' });
  assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8');
  const zipped = await new Promise<Buffer>((resolve, reject) => {
    request(asset, { headers: { 'accept-encoding': 'br, gzip' } }, async (incoming) => {
      assert.equal(incoming.headers['content-encoding'], 'gzip');
      assert.equal(incoming.headers.vary, 'accept-encoding');
      resolve(Buffer.concat(await incoming.toArray()));
    })
      .on('error', reject)
      .end();
  });
  assert.ok(zipped.length < script.text.length / 10);
  assert.equal(gunzipSync(zipped).toString(), script.text);

  const worker = await call(`${url}/sw.js`, 'GET');
  assert.equal(worker.headers.get('cache-control'), 'no-cache');
  const again = await call(`${url}/sw.js`, 'GET', undefined, { 'if-none-match': worker.headers.get('etag')! });
  assert.equal(again.status, 304);
  assert.equal(again.text, '');

  const large = Buffer.alloc(3 << 20, 'a');
  writeFileSync(join(staticDir, 'sound.mp3'), large);
  writePage(staticDir, 'with sound');
  const sound = await call(`${url}/sound.mp3`, 'GET');
  assert.equal(sound.headers.get('content-length'), String(large.length));
  assert.equal(sound.text.length, large.length);
});

test('no address leads out of the folder', async (t) => {
  const { url, staticDir } = await startTestWeb(t);
  writePage(staticDir);
  writeFileSync(join(staticDir, '..', 'secret.txt'), 'secret');
  for (const path of [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets',
    '/assets/none.js',
    '/.env',
  ]) {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      request({ hostname, port, path }, async (incoming) => {
        const text = Buffer.concat(await incoming.toArray()).toString();
        assert.doesNotMatch(text, /secret$/);
        resolve(incoming.statusCode);
      })
        .on('error', reject)
        .end();
    });
    assert.equal(status, path === '/assets' ? 200 : 404, path);
  }
});

test('without a built page a plain one says so in both languages', async (t) => {
  const { url, staticDir } = await startTestWeb(t);
  const page = await call(`${url}/orders`, 'GET', undefined, { 'accept-language': 'es' });
  assert.equal(page.status, 503);
  assert.match(
    page.text,
    /<section lang="es"><h1>La página todavía no está lista.*<section lang="en"><h1>The page is not built yet/s,
  );
  assert.match(page.headers.get('content-security-policy')!, /default-src 'none'; style-src 'sha256-/);
  mkdirSync(staticDir, { recursive: true });
  writePage(staticDir);
  assert.equal((await call(`${url}/orders`, 'GET')).status, 200);
  rmSync(join(staticDir, 'index.html'));
  assert.equal((await call(`${url}/orders`, 'GET')).status, 503);
});

test('while the store is down the page tells what happened, what is safe and which backups there are', async (t) => {
  const storeFailure = {
    code: 'store_newer' as const,
    message: 'The database is of version 12; <script>this hub</script> knows 9.',
    backups: [{ name: 'stoop-2026-11-20.db', takenAtMs: Date.UTC(2026, 10, 20, 3) }],
  };
  const { url, staticDir } = await startTestWeb(t, { hubState: () => ({ ...testState, storeFailure }) });
  writePage(staticDir);
  const page = await call(`${url}/me/money`, 'GET');
  assert.equal(page.status, 503);
  assert.match(page.text, /Nothing was deleted/);
  assert.match(page.text, /No se borró nada/);
  assert.match(page.text, /November 20, 2026/);
  assert.match(page.text, /20 de noviembre de 2026/);
  assert.match(page.text, /stoop-2026-11-20\.db/);
  assert.doesNotMatch(page.text, /<script>this hub/);
  const [, script] = /<script>(.+)<\/script>/.exec(page.text)!;
  const hash = createHash('sha256').update(script!).digest('base64');
  assert.ok(page.headers.get('content-security-policy')!.includes(`script-src 'sha256-${hash}'; connect-src 'self'`));

  assert.equal((await call(`${url}/health`, 'GET')).body.status, 'degraded');
  assert.equal((await call(`${url}/api/hub`, 'GET')).status, 200);
  for (const path of ['/api/orders', '/api/events']) {
    const answer = await call(url + path, 'GET');
    assert.deepEqual([answer.status, answer.body.code], [503, 'store_unavailable'], path);
  }
});

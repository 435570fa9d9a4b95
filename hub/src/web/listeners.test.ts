import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Type } from '@sinclair/typebox';
import { systemClock } from '../platform/clock.ts';
import { createFaults } from '../platform/faults.ts';
import { silentLog } from '../platform/log.ts';
import { route } from '../platform/ports/index.ts';
import { createSecureListener } from './secure-listener.ts';
import { createSite } from './site.ts';
import { toPem } from './tls/x509.ts';
import { type Answer, anaToken, call, phoneToken, startTestWeb, temporaryFolder, writePage } from './web.test-kit.ts';

const both = { http: { host: '127.0.0.1', port: 0 }, https: { host: '127.0.0.1', port: 0 } };

interface Secure {
  ca: string;
  name?: string;
  headers?: Record<string, string>;
  method?: string;
}

/** A browser's request to `name`, which resolves to this machine; fails unless the certificate convinces it. */
function secureCall(
  port: number,
  path: string,
  { ca, name = 'elm.local', headers = {}, method = 'GET' }: Secure,
): Promise<Pick<Answer, 'status' | 'text'> & { cookies: string[] }> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      ca,
      servername: name === '127.0.0.1' ? '' : name,
      agent: false,
      headers: { host: `${name}:${port}`, ...headers },
    };
    request(options, async (incoming) => {
      const text = Buffer.concat(await incoming.toArray()).toString();
      resolve({ status: incoming.statusCode!, text, cookies: incoming.headers['set-cookie'] ?? [] });
    })
      .on('error', reject)
      .end(method === 'GET' ? undefined : '{}');
  });
}

const routes = [
  route({
    method: 'POST',
    path: '/api/phones',
    summary: 'Approve',
    permission: 'public',
    handle: ({ origin }) => ({ body: { origin }, deviceToken: phoneToken, sessionToken: anaToken }),
  }),
  route({
    method: 'GET',
    path: '/api/me',
    summary: 'Me',
    permission: 'signed-in',
    reply: Type.Object({}),
    handle: ({ actor }) => ({ body: { seat: actor.seat } }),
  }),
];

test('a phone that took the certificate from the trust page reaches the hub by its name', async (t) => {
  const { url, web, staticDir } = await startTestWeb(t, { routes, listen: both });
  writePage(staticDir);
  const { https } = web.addresses();
  assert.match(https!, /^https:\/\/elm\.local:\d+$/);
  const port = Number(new URL(https!).port);
  assert.equal(web.addresses().lan.length, 0);

  const ca = (await call(`${url}/trust/ca.pem`, 'GET')).text;
  assert.equal((await secureCall(port, '/orders', { ca })).status, 200);
  assert.equal((await secureCall(port, '/health', { ca, name: '127.0.0.1' })).status, 200);
  await assert.rejects(secureCall(port, '/health', { ca, name: 'bank.example' }), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  const foreign = await secureCall(port, '/health', { ca, headers: { host: 'bank.example' } });
  assert.equal(foreign.status, 421);

  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), origin: https! };
  const approved = await secureCall(port, '/api/phones', { ca, method: 'POST', headers });
  assert.deepEqual(JSON.parse(approved.text), { origin: https });
  assert.deepEqual(approved.cookies, [
    `__Host-stoop-device=${phoneToken}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict; Secure`,
    `__Host-stoop-session=${anaToken}; Path=/; Max-Age=34560000; HttpOnly; SameSite=Strict; Secure`,
  ]);
  const me = (cookie: string) => secureCall(port, '/api/me', { ca, headers: { cookie } });
  assert.equal((await me(`__Host-stoop-session=${anaToken}`)).status, 200);
  assert.equal((await me(`stoop-session=${anaToken}`)).status, 401);
});

test('the trust page explains itself in both languages and matches what the kiosk shows', async (t) => {
  const { url, web } = await startTestWeb(t, { listen: both });
  const page = await call(`${url}/trust`, 'GET', undefined, { 'accept-language': 'es-MX' });
  assert.match(page.text, /<section lang="es">.*Confiar en este hub.*<section lang="en">.*Trust this hub/s);
  for (const device of ['iPhone', 'Android', 'Windows', 'Mac', 'Linux']) assert.match(page.text, new RegExp(device));
  const file = Buffer.from(await (await fetch(`${url}/trust/ca.crt`)).arrayBuffer());
  const certificate = new X509Certificate(file);
  assert.ok(certificate.ca);
  const { trust } = (await call(`${url}/api/hub`, 'GET')).body as { trust: { fingerprint: string; url: string } };
  assert.equal(trust.fingerprint, certificate.fingerprint256);
  assert.equal(trust.url, `${web.addresses().https}/trust`);
  const groups = certificate.fingerprint256.replaceAll(':', '').match(/.{8}/g)!;
  assert.ok(page.text.includes(groups.join(' ')));
  assert.ok(page.text.includes('<code>elm.local</code>'));

  const profile = await call(`${url}/trust/ca.mobileconfig`, 'GET');
  assert.equal(profile.headers.get('content-type'), 'application/x-apple-aspen-config');
  const [, data] = /<key>PayloadContent<\/key><data>([^<]+)<\/data>/.exec(profile.text)!;
  assert.deepEqual(Buffer.from(data!, 'base64'), file);
  const uuids = [...profile.text.matchAll(/PayloadUUID<\/key><string>([^<]+)</g)].map(([, uuid]) => uuid);
  assert.equal(new Set(uuids).size, 2);
  for (const uuid of uuids) assert.match(uuid!, /^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-8[0-9A-F]{3}-[0-9A-F]{12}$/);
  assert.equal((await call(`${url}/trust/ca.mobileconfig`, 'GET')).text, profile.text);
});

test('without HTTPS there is nothing to trust', async (t) => {
  const { url } = await startTestWeb(t);
  assert.equal((await call(`${url}/trust`, 'GET')).status, 404);
  assert.equal((await call(`${url}/trust/ca.crt`, 'GET')).status, 404);
});

test('a certificate from outside is served instead of an own one', async (t) => {
  const folder = temporaryFolder(t);
  const [certFile, keyFile] = [join(folder, 'c.pem'), join(folder, 'k.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=hub.example',
      '-addext',
      'subjectAltName=DNS:hub.example',
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
    { stdio: 'ignore' },
  );
  const listen = { ...both, https: { ...both.https, certificate: { certFile, keyFile } } };
  const { url, web } = await startTestWeb(t, { listen, hostNames: ['hub.example'] });
  const port = Number(new URL(web.addresses().https!).port);
  const ca = readFileSync(certFile, 'utf8');
  assert.equal((await secureCall(port, '/health', { ca, name: 'hub.example' })).status, 200);
  assert.match((await call(`${url}/trust`, 'GET')).text, /There is nothing to install for this hub\./);
  assert.equal((await call(`${url}/trust/ca.crt`, 'GET')).status, 404);
  assert.equal((await call(`${url}/api/hub`, 'GET')).body.trust, undefined);
});

test('a new name is served on the same port without a restart', async (t) => {
  const dataDir = temporaryFolder(t);
  const faults = createFaults(systemClock);
  const site = createSite({ mdnsName: 'elm', hostNames: [], isOnLan: false });
  const options = {
    listen: both,
    dataDir,
    mdnsName: 'elm',
    hostNames: [],
    clock: systemClock,
  };
  const secure = createSecureListener(options, site, faults, silentLog);
  await secure.start((_request, response) => void response.end('here'));
  t.after(() => secure.stop());
  const port = secure.port()!;
  const ca = toPem(secure.authority()!.certificate.raw);
  assert.equal((await secureCall(port, '/', { ca, name: 'elm.local' })).text, 'here');
  await assert.rejects(secureCall(port, '/', { ca, name: 'elm-2.local' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  site.rename('elm-2');
  await secure.refresh();
  assert.equal(secure.port(), port);
  assert.equal((await secureCall(port, '/', { ca, name: 'elm-2.local' })).text, 'here');
  await assert.rejects(secureCall(port, '/', { ca, name: 'elm.local' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  site.rename('oak');
  await secure.refresh();
  assert.deepEqual(
    faults.list().map(({ code, message }) => [code, message]),
    [['name_not_certified', 'The certificate cannot name oak.local: its authority was made for other names.']],
  );
  site.rename('elm');
  await secure.refresh();
  assert.deepEqual(faults.list(), []);
});

test('HTTPS comes by itself once its port is free', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const listen = { ...both, https: { host: '127.0.0.1', port } };
  const faults = createFaults(systemClock);
  const options = { listen, dataDir: temporaryFolder(t), mdnsName: 'elm', hostNames: [], clock: systemClock };
  const site = createSite({ mdnsName: 'elm', hostNames: [], isOnLan: false });
  const secure = createSecureListener(options, site, faults, silentLog);
  await secure.start((_request, response) => void response.end());
  t.after(() => secure.stop());
  assert.deepEqual([secure.port(), faults.list()[0]?.code], [undefined, 'https_unavailable']);
  await new Promise((resolve) => taken.close(resolve));
  await secure.refresh();
  assert.deepEqual([secure.port(), faults.list()], [port, []]);
});

test('what breaks HTTPS is a fault that people can read; the kiosk goes on', async (t) => {
  const dataDir = temporaryFolder(t);
  mkdirSync(join(dataDir, 'tls'));
  writeFileSync(join(dataDir, 'tls', 'authority.pem'), 'half of a key');
  const broken = await startTestWeb(t, { listen: both, dataDir });
  assert.equal((await call(`${broken.url}/health`, 'GET')).status, 200);
  const [fault] = broken.web.faults();
  assert.equal(fault?.code, 'https_unavailable');
  assert.match(fault!.message, /authority\.pem: cannot be read as a key and its certificate/);
  assert.equal(broken.web.addresses().https, undefined);

  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const busy = await startTestWeb(t, { listen: { ...both, https: { host: '127.0.0.1', port } } });
  assert.match(busy.web.faults()[0]!.message, /EADDRINUSE/);
  await assert.rejects(startTestWeb(t, { listen: { http: { host: '127.0.0.1', port } } }), { code: 'EADDRINUSE' });
});

test('stopping lets a request finish, refuses new ones and frees the port', async (t) => {
  let release = () => {};
  let arrived = () => {};
  const underWay = new Promise<void>((resolve) => (arrived = resolve));
  const slow = route({
    method: 'GET',
    path: '/api/slow',
    summary: 'Slow',
    permission: 'public',
    handle: () => {
      arrived();
      return new Promise((resolve) => (release = () => resolve({ body: { done: true } })));
    },
  });
  const { url, web } = await startTestWeb(t, { routes: [slow] });
  const answer = call(`${url}/api/slow`, 'GET');
  await underWay;
  const stopped = web.stop();
  await assert.rejects(fetch(`${url}/health`));
  release();
  assert.deepEqual((await answer).body, { done: true });
  await stopped;
});

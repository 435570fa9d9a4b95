import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import tls from 'node:tls';
import { isStoopError } from '../../platform/errors.ts';
import { temporaryFolder } from '../web.test-kit.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import { commonNameOf, keyPem, newKey } from './key-pair.ts';
import { addressBytes } from './networks.ts';
import { leafCertificate, toPem } from './x509.ts';

const start = Date.UTC(2026, 10, 21);
const day = 86_400_000;
const hosts = ['elm.local', 'hub.example', '192.168.1.20', 'fd00::20', '127.0.0.1', 'localhost'];

function open(folder: string, nowMs = start, hostNames = ['Hub.Example']): Certificates {
  const clock = { nowMs: () => nowMs, monotonicMs: () => 0 };
  return openCertificates({ folder: join(folder, 'tls'), mdnsName: 'elm', hostNames, clock });
}

/** A leaf by the hub's own key for names that the hub itself would never ask for. */
function forge({ authority }: Certificates, names: string[]): { key: string; cert: string } {
  const key = newKey();
  const der = leafCertificate({
    commonName: 'forged',
    publicKey: createPublicKey(key),
    issuer: { commonName: commonNameOf(authority.certificate), key: authority.key },
    hosts: names,
    notBeforeMs: Date.now() - day,
    notAfterMs: Date.now() + day,
  });
  return { key: keyPem(key), cert: toPem(der) };
}

/** Shakes hands as a browser that trusts this authority would; the verdict is OpenSSL's. */
async function handshake(
  t: TestContext,
  ca: string,
  pair: { key: string; cert: string },
  servername: string,
): Promise<string> {
  const server = tls.createServer(pair).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  t.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => {
    const socket = tls.connect({ port, host: '127.0.0.1', ca, servername });
    socket.once('secureConnect', () => {
      resolve('ok');
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'UNSPECIFIED' ? error.message : error.code!),
    );
  });
}

test('a phone that trusts the hub trusts its names, and no other that its key could sign', async (t) => {
  const certificates = open(temporaryFolder(t), Date.now());
  const ca = toPem(certificates.authority.certificate.raw);
  const leaf = certificates.leaf(hosts);
  assert.deepEqual(leaf.leftOut, []);
  for (const name of ['elm.local', 'hub.example', 'localhost'])
    assert.equal(await handshake(t, ca, leaf, name), 'ok', name);
  assert.equal(await handshake(t, ca, leaf, 'elm-2.local'), 'ERR_TLS_CERT_ALTNAME_INVALID');

  const rows: [string[], string][] = [
    [['elm-2.local'], 'ok'],
    [['bank.example'], 'permitted subtree violation'],
    [['oak.local'], 'permitted subtree violation'],
    [['notelm.local'], 'permitted subtree violation'],
    [['local'], 'permitted subtree violation'],
    [['elm.local', 'bank.example'], 'permitted subtree violation'],
    [['elm.local', '8.8.8.8'], 'permitted subtree violation'],
    [['elm.local', '172.32.0.1'], 'permitted subtree violation'],
    [['elm.local', '172.31.255.255', 'fdff::1', 'fe80::1'], 'ok'],
    [['elm.local', '2606:4700::1111'], 'permitted subtree violation'],
  ];
  for (const [names, verdict] of rows) {
    assert.equal(await handshake(t, ca, forge(certificates, names), names[0]!), verdict, names.join());
  }
});

test('openssl reads the certificates as they were meant', (t) => {
  const folder = temporaryFolder(t);
  const certificates = open(folder, Date.now());
  const caFile = join(folder, 'ca.crt');
  const leafFile = join(folder, 'leaf.crt');
  writeFileSync(caFile, toPem(certificates.authority.certificate.raw));
  writeFileSync(leafFile, certificates.leaf(hosts).cert);
  const verify = (...args: string[]) =>
    spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', caFile, ...args, leafFile]);
  assert.equal(verify('-purpose', 'sslserver', '-verify_hostname', 'elm.local').status, 0);
  assert.equal(verify('-verify_ip', 'fd00::20').status, 0);
  assert.notEqual(verify('-verify_hostname', 'bank.example').status, 0);
  assert.notEqual(verify('-purpose', 'sslclient').status, 0);
  const text = execFileSync('openssl', ['x509', '-in', caFile, '-noout', '-text'], { encoding: 'utf8' });
  assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  assert.match(text, /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+DNS:elm\.local\s+DNS:elm-2\.local/);
  assert.match(text, /IP:172\.16\.0\.0\/255\.240\.0\.0/);
  assert.match(text, /IP:FC00:0:0:0:0:0:0:0\/FE00:0:0:0:0:0:0:0/);
  assert.match(text, /Not After : Dec 31 00:00:00 2049 GMT/);
});

test('the leaf is kept until a name, an address or the date asks for another', (t) => {
  const folder = temporaryFolder(t);
  const first = open(folder).leaf(hosts);
  const leaf = new X509Certificate(first.cert);
  assert.equal((leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / day, 398);
  const at = (days: number, wanted = hosts) => open(folder, start + days * day).leaf(wanted);
  assert.equal(at(366).cert, first.cert);
  const renewed = at(368);
  assert.notEqual(renewed.cert, first.cert);
  assert.equal(new X509Certificate(renewed.cert).validToDate.getTime(), start + (368 + 397) * day);
  const moved = at(368, ['elm.local', '192.168.1.21', 'localhost']);
  assert.equal(new X509Certificate(moved.cert).subjectAltName, 'DNS:elm.local, IP Address:192.168.1.21, DNS:localhost');
  assert.equal(at(369, ['elm.local', '192.168.1.21', 'localhost']).cert, moved.cert);
  // A clock that was ahead when the leaf was made and is right again.
  assert.notEqual(at(0, ['elm.local', '192.168.1.21', 'localhost']).cert, moved.cert);
});

test('names outside the authority are left out and told', (t) => {
  const folder = temporaryFolder(t);
  open(folder);
  const renamed = open(folder, start, ['other.example']).leaf([
    'elm.local',
    'other.example',
    '84.17.3.2',
    'a.elm.local',
  ]);
  assert.deepEqual(renamed.leftOut, ['other.example', '84.17.3.2']);
  assert.equal(new X509Certificate(renamed.cert).subjectAltName, 'DNS:elm.local, DNS:a.elm.local');
});

test('the authority outlives restarts, is readable by the hub alone and is never silently replaced', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'tls', 'authority.pem');
  const { fingerprint256 } = open(folder).authority.certificate;
  assert.equal(open(folder, start + 900 * day).authority.certificate.fingerprint256, fingerprint256);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'tls')).mode & 0o777, 0o700);

  writeFileSync(join(folder, 'tls', 'leaf.pem'), 'cut');
  assert.match(open(folder).leaf(hosts).cert, /BEGIN CERTIFICATE/);
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.slice(0, 300));
  assert.throws(
    () => open(folder),
    (error) => isStoopError(error, 'config_invalid'),
  );
  assert.equal(readFileSync(path, 'utf8'), whole.slice(0, 300));
});

test('addresses become the bytes that a constraint compares', () => {
  const rows: [string, string][] = [
    ['192.168.1.20', 'c0a80114'],
    ['::1', `${'0'.repeat(31)}1`],
    ['::', '0'.repeat(32)],
    ['fd00::20', `fd00${'0'.repeat(26)}20`],
    ['fe80:0:0:1::2:3', 'fe800000000000010000000000020003'],
    ['::ffff:10.0.0.1', `${'0'.repeat(20)}ffff0a000001`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ];
  for (const [address, hex] of rows) assert.equal(addressBytes(address).toString('hex'), hex, address);
});

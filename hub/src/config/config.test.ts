import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isStoopError } from '../platform/errors.ts';
import { loadConfig, redactConfig } from './index.ts';

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'stoop-config-')), 'stoop.toml');
  writeFileSync(path, text);
  return path;
};
const names = (key: string) => (error: unknown) => isStoopError(error, 'config_invalid') && error.details.key === key;

describe('config', () => {
  it('puts the file over the defaults and the environment over the file', () => {
    const path = file('[building]\nname = "Grand Concourse 1520"\n[http]\nport = 9000\n');
    const config = loadConfig({
      file: path,
      env: { STOOP_HTTP_PORT: '9100', STOOP_CHAIN_IS_EMBEDDED: 'true', STOOP_HTTPS_NAMES: 'a.example,b.example' },
      cwd: '/',
    });
    assert.equal(config.building.name, 'Grand Concourse 1520');
    assert.equal(config.building.mdnsName, 'stoop');
    assert.equal(config.http.port, 9100);
    assert.equal(config.chain.isEmbedded, true);
    assert.deepEqual(config.https.names, ['a.example', 'b.example']);
    assert.equal(config.dataDir, join(path, '..', 'data'));
  });

  it('names the key that is wrong', () => {
    assert.throws(() => loadConfig({ file: file('[http]\nprot = 1\n'), env: {}, cwd: '/' }), names('http.prot'));
    assert.throws(() => loadConfig({ file: file('[http]\nport = "x"\n'), env: {}, cwd: '/' }), names('http.port'));
    assert.throws(() => loadConfig({ env: { STOOP_HTTP_PORT: '70000' }, cwd: '/' }), names('http.port'));
    assert.throws(() => loadConfig({ env: { STOOP_HTTP_PROT: '1' }, cwd: '/' }), names('STOOP_HTTP_PROT'));
    const broken = file('[http\n');
    assert.throws(() => loadConfig({ file: broken, env: {}, cwd: '/' }), names(broken));
  });

  const letters = `[mail]
host = "mail.example"
port = 587
user = "hub"
passwordFile = "mail-password"
from = "hub@building.example"
readers = [{ address = "ana@building.example", office = "treasurer", language = "es" }]
`;
  const hook = (name: string) =>
    `[[webhooks]]\nname = "${name}"\nurl = "https://books.example/in/k3y"\nsecretFile = "hook"\n`;
  const refused = (text: string, key: string) =>
    assert.throws(() => loadConfig({ file: file(text), env: {}, cwd: '/' }), names(key));

  it('takes officers’ keys on the demonstration’s chain alone, and a passphrase beside them alone', () => {
    const keys = '[officers]\nkeystore = "officers.keystore.json"\n';
    refused(keys, 'officers.keystore');
    refused(`[chain]\nchainId = 314159\n${keys}`, 'officers.keystore');
    refused('[chain]\nchainId = 31999\n[officers]\npassphraseFile = "words"\n', 'officers.passphraseFile');
    refused('[officers]\nkeyFile = "officers.json"\n', 'officers.keyFile');
    refused('[officers]\nunlockMinutes = 0\n', 'officers.unlockMinutes');
    const path = file(`[chain]\nchainId = 31999\n${keys}`);
    const { officers } = loadConfig({ file: path, env: {}, cwd: '/' });
    assert.deepEqual([officers.keystore, officers.unlockMinutes], [join(path, '..', 'officers.keystore.json'), 15]);
  });

  it('knows no mail server and no webhook by itself, and takes both with secrets in files of their own', () => {
    const none = loadConfig({ env: {}, cwd: '/' });
    assert.deepEqual([none.mail, none.webhooks], [undefined, []]);
    const path = file(letters + hook('books'));
    const config = loadConfig({ file: path, env: {}, cwd: '/' });
    assert.equal(config.mail!.passwordFile, join(path, '..', 'mail-password'));
    assert.equal(config.webhooks[0]!.secretFile, join(path, '..', 'hook'));
  });

  it('names what is wrong with mail and webhooks', () => {
    refused(letters.replace('port = 587\n', ''), 'mail.port');
    refused(letters.replace('user = "hub"', 'password = "x"'), 'mail.password');
    refused(letters.replace('user = "hub"\n', ''), 'mail.user');
    refused(letters.replace('passwordFile = "mail-password"\n', ''), 'mail.passwordFile');
    refused(letters.replace('[mail]', '[mail]\nsecurity = "none"'), 'mail.security');
    refused(letters.replace('"ana@building.example"', '"Ana <ana@x>"'), 'mail.readers.0.address');
    refused(letters.replace('"treasurer"', '"resident"'), 'mail.readers.0.office');
    refused(hook('books').replace('https', 'ftp'), 'webhooks.0.url');
    refused(`${hook('books')}secret = "s"\n`, 'webhooks.0.secret');
    refused(hook('books') + hook('books'), 'webhooks.1.name');
  });

  it('shows no address of a person, and of a webhook no more than its host', () => {
    const shown = JSON.stringify(redactConfig(loadConfig({ file: file(letters + hook('books')), env: {}, cwd: '/' })));
    assert.doesNotMatch(shown, /building\.example|k3y/);
    assert.match(shown, /"url":"books\.example"/);
    assert.match(shown, /\{"office":"treasurer","language":"es"\}/);
  });

  it('shows no key of an endpoint', () => {
    const urls = 'https://rpc.example/v1/s3cret,https://other.example/?key=s3cret';
    const config = loadConfig({ env: { STOOP_CHAIN_RPC_URLS: urls }, cwd: '/' });
    const shown = JSON.stringify(redactConfig(config));
    assert.ok(!shown.includes('s3cret') && shown.includes('other.example'));
  });

  it('reads one endpoint as a list of one, and refuses both ways at once', () => {
    const one = ['https://rpc.example/v1'];
    const inFile = file('[chain]\nrpcUrl = "https://rpc.example/v1"\n');
    assert.deepEqual(loadConfig({ file: inFile, env: {}, cwd: '/' }).chain.rpcUrls, one);
    assert.deepEqual(loadConfig({ env: { STOOP_CHAIN_RPC_URL: one[0] }, cwd: '/' }).chain.rpcUrls, one);
    const both = file('[chain]\nrpcUrl = "https://a.example"\nrpcUrls = ["https://b.example"]\n');
    assert.throws(() => loadConfig({ file: both, env: {}, cwd: '/' }), names('chain.rpcUrl'));
    const wrong = file('[chain]\nrpcUrls = ["ftp://a.example"]\n');
    assert.throws(() => loadConfig({ file: wrong, env: {}, cwd: '/' }), names('chain.rpcUrls.0'));
  });
});

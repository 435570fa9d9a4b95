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

  it('shows no key of an endpoint', () => {
    const config = loadConfig({ env: { STOOP_CHAIN_RPC_URL: 'https://rpc.example/v1/s3cret' }, cwd: '/' });
    assert.ok(!JSON.stringify(redactConfig(config)).includes('s3cret'));
  });
});

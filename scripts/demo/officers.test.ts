import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressOf, fromHex, type Keystore, openKeys } from '../../hub/src/signing/index.ts';
import { makeOfficerKeys, sealPlainKeys } from './officers.ts';

test('a demonstration whose officers’ keys lay in the clear gets a passphrase, and loses nothing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stoop-demo-'));
  const { minter, board, ...others } = makeOfficerKeys();
  // As it was written then: one key, or a list of them.
  writeFileSync(join(dir, 'officers.json'), JSON.stringify({ minter: minter[0], board, ...others }));
  writeFileSync(join(dir, 'stoop.toml'), '[officers]\nkeyFile = "officers.json"\n[demo]\nisEnabled = true\n');
  writeFileSync(join(dir, 'people.json'), JSON.stringify({ people: [], residentSeat: 3 }));
  await sealPlainKeys(dir);
  assert.deepEqual(readdirSync(dir).sort(), ['officers.keystore.json', 'people.json', 'stoop.toml']);
  assert.match(readFileSync(join(dir, 'stoop.toml'), 'utf8'), /^keystore = "officers\.keystore\.json"$/m);
  const people = JSON.parse(readFileSync(join(dir, 'people.json'), 'utf8'));
  assert.equal(people.residentSeat, 3);
  const file = join(dir, 'officers.keystore.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const stores = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Keystore[]>;
  const [opened] = (await openKeys(stores.minter!, people.passphrase))!;
  assert.equal(addressOf(opened!), addressOf(fromHex(minter[0]!)));
  assert.equal((await openKeys(stores.board!, people.passphrase))!.length, 3);
  const before = readFileSync(file, 'utf8');
  await sealPlainKeys(dir);
  assert.equal(readFileSync(file, 'utf8'), before);
  assert.ok(!existsSync(join(dir, 'officers.json')));
});

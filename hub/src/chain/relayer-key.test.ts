import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { recoverAddress } from 'ethers/transaction';
import type { Hex } from '../platform/ports/index.ts';
import { createRelayerKey } from './relayer-key.ts';
import { tempFolder } from './test/fixture.ts';

const hash: Hex = `0x${'5a'.repeat(32)}`;

describe('the relayer’s key', () => {
  it('is made on first use, for its owner alone, and is the same ever after', async () => {
    const path = join(tempFolder(), 'relayer-key');
    const address = await createRelayerKey(path).address();
    assert.match(address, /^0x[0-9a-f]{40}$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(await createRelayerKey(path).address(), address);
    assert.notEqual(await createRelayerKey(join(tempFolder(), 'relayer-key')).address(), address);
  });

  it('gives the address that a published test key has', async () => {
    const path = join(tempFolder(), 'relayer-key');
    writeFileSync(path, 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80\n');
    assert.equal(await createRelayerKey(path).address(), '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
  });

  it('signs so that the address is recovered', async () => {
    const key = createRelayerKey(join(tempFolder(), 'relayer-key'));
    assert.equal(recoverAddress(hash, await key.sign(hash)).toLowerCase(), await key.address());
  });

  it('never replaces a file that it cannot read', async () => {
    const path = join(tempFolder(), 'relayer-key');
    for (const text of ['', 'not a key', `0x${'11'.repeat(31)}`]) {
      writeFileSync(path, text);
      await assert.rejects(createRelayerKey(path).address(), { code: 'config_invalid' });
      assert.equal(readFileSync(path, 'utf8'), text);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decryptKeystoreJson, encryptKeystoreJson } from 'ethers';
import fc from 'fast-check';
import { addressOf, createPrivateKey } from './keys.ts';
import { type Keystore, openKeys, sealKeys } from './keystore.ts';

const cheap = { n: 1 << 4, r: 8, p: 1 };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('keystore', () => {
  it('is read by ethers, and reads what ethers wrote', async () => {
    const key = createPrivateKey();
    const [ours] = await sealKeys([key], 'Clave de la señora Ñ', cheap);
    const { address, privateKey } = await decryptKeystoreJson(JSON.stringify(ours), 'Clave de la señora Ñ');
    assert.deepEqual([address.toLowerCase(), privateKey], [addressOf(key), `0x${hex(key)}`]);
    const account = { address, privateKey };
    const theirs = JSON.parse(
      await encryptKeystoreJson(account, 'pass', { scrypt: { N: cheap.n, r: cheap.r, p: cheap.p } }),
    ) as Keystore & { Crypto: Keystore['crypto'] };
    assert.deepEqual(await openKeys([{ ...theirs, crypto: theirs.Crypto }], 'pass'), [key]);
  });

  it('gives back every key in its place, to the right words only, and never twice the same letters', async () => {
    const keys = fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 4 });
    const seeds = keys.map((all) => all.map((bytes) => Uint8Array.from([1, ...bytes.slice(1)])));
    await fc.assert(
      fc.asyncProperty(seeds, fc.string({ minLength: 1 }), fc.string(), async (secrets, words, others) => {
        fc.pre(words.normalize('NFKC') !== others.normalize('NFKC'));
        const stores = await sealKeys(secrets, words, cheap);
        assert.deepEqual(await openKeys(stores, words), secrets);
        assert.equal(await openKeys(stores, others), undefined);
        assert.equal(new Set(stores.map(({ crypto }) => crypto.cipherparams.iv)).size, secrets.length);
        for (const secret of secrets) assert.ok(!JSON.stringify(stores).includes(hex(secret)));
      }),
      { numRuns: 25 },
    );
  });

  it('does not open when a letter of it was changed, and refuses another kind of file', async () => {
    const [store] = await sealKeys([createPrivateKey()], 'words', cheap);
    const { ciphertext } = store!.crypto;
    const changed = (ciphertext[0] === '0' ? '1' : '0') + ciphertext.slice(1);
    assert.equal(
      await openKeys([{ ...store!, crypto: { ...store!.crypto, ciphertext: changed } }], 'words'),
      undefined,
    );
    const other = { ...store!, crypto: { ...store!.crypto, kdf: 'pbkdf2' as 'scrypt' } };
    await assert.rejects(openKeys([other], 'words'), TypeError);
  });
});

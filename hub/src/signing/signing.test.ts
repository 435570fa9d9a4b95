import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recoverAddress as ethersRecover, getBytes, Signature, TypedDataEncoder, Wallet } from 'ethers';
import fc from 'fast-check';
import {
  addressOf,
  compactSignature,
  createPrivateKey,
  digest,
  foodUsdDomain,
  hashStruct,
  itemsHash,
  message,
  messageTypes,
  packSpendItems,
  recoverAddress,
  signDigest,
  toHex,
} from './index.ts';

const domain = foodUsdDomain(31999, '0x00000000000000000000000000000000000000a1');
const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toHex(bytes));
const spends = fc.record({
  book: hex(20),
  subject: hex(32),
  termsHash: hex(32),
  seat: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
  maxAmount: fc.maxSafeNat(),
  revision: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  validUntil: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  mode: fc.integer({ min: 0, max: 255 }),
});

describe('signing', () => {
  it('hashes every message as ethers does', () => {
    fc.assert(
      fc.property(spends, (spend) => {
        const types = { Spend: [...messageTypes.Spend] };
        assert.equal(toHex(digest(domain, message('Spend', spend))), TypedDataEncoder.hash(domain, types, spend));
      }),
      { numRuns: 50 },
    );
    const terms = {
      payee: `0x${'11'.repeat(20)}`,
      closer: `0x${'22'.repeat(20)}`,
      target: 240_000_000,
      ceiling: 480_000_000,
      deadline: 1_800_000_000,
      detailsHash: `0x${'33'.repeat(32)}`,
    } as const;
    assert.equal(
      toHex(hashStruct(message('Terms', terms))),
      TypedDataEncoder.hashStruct('Terms', { Terms: [...messageTypes.Terms] }, terms),
    );
  });

  it('signs so that ethers recovers the same account, and recovers what ethers signed', async () => {
    for (let round = 0; round < 20; round++) {
      const key = createPrivateKey();
      const hash = getBytes(`0x${round.toString(16).padStart(64, '7')}`);
      const signature = signDigest(hash, key);
      assert.equal(ethersRecover(hash, signature).toLowerCase(), addressOf(key));
      const wallet = Wallet.createRandom();
      assert.equal(
        recoverAddress(hash, wallet.signingKey.sign(hash).serialized as `0x${string}`),
        wallet.address.toLowerCase(),
      );
      assert.equal(toHex(compactSignature(signature)), Signature.from(signature).compactSerialized);
    }
  });

  it('recovers nobody from a malleable or broken signature', () => {
    const hash = new Uint8Array(32).fill(9);
    const signature = signDigest(hash, createPrivateKey());
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${signature.slice(66, 130)}`);
    const flipped = signature.endsWith('1b') ? '1c' : '1b';
    const high = `${signature.slice(0, 66)}${(n - s).toString(16).padStart(64, '0')}${flipped}` as const;
    assert.equal(recoverAddress(hash, high as `0x${string}`), undefined);
    assert.equal(recoverAddress(hash, `${signature}00`), undefined);
    assert.equal(recoverAddress(hash, `0x${'00'.repeat(65)}`), undefined);
  });

  it('refuses integers that do not fit their type', () => {
    const spend = {
      book: toHex(new Uint8Array(20)),
      subject: toHex(new Uint8Array(32)),
      termsHash: toHex(new Uint8Array(32)),
    };
    for (const seat of [-1, 2 ** 24]) {
      const broken = message('Spend', { ...spend, seat, maxAmount: 1, revision: 1, validUntil: 1, mode: 0 });
      assert.throws(() => hashStruct(broken), RangeError);
    }
  });

  it('packs items ascending by seat with the lengths that the token reads', () => {
    const item = {
      amount: 5,
      maxAmount: 9,
      revision: 1,
      validUntil: 7,
      signature: signDigest(new Uint8Array(32), createPrivateKey()),
    };
    const exact = packSpendItems(
      [
        { ...item, seat: 2 },
        { ...item, seat: 1 },
      ],
      0,
    );
    assert.equal((exact.length - 2) / 2, 2 * 84);
    assert.ok(exact.startsWith('0x000001'));
    assert.equal((packSpendItems([{ ...item, seat: 1 }], 1).length - 2) / 2, 92);
    assert.equal(
      itemsHash([
        { seat: 2, amount: 1 },
        { seat: 1, amount: 3 },
      ]),
      itemsHash([
        { seat: 1, amount: 3 },
        { seat: 2, amount: 1 },
      ]),
    );
  });
});

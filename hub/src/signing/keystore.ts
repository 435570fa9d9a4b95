import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { concat, fromHex, keccak } from './bytes.ts';
import { addressOf } from './keys.ts';

/** A private key under a passphrase, as every wallet reads it (Web3 Secret Storage, version 3). */
export interface Keystore {
  readonly version: 3;
  readonly id: string;
  /** 40 hexadecimal digits without 0x. */
  readonly address: string;
  readonly crypto: {
    readonly cipher: 'aes-128-ctr';
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdf: 'scrypt';
    readonly kdfparams: {
      readonly dklen: number;
      readonly n: number;
      readonly r: number;
      readonly p: number;
      readonly salt: string;
    };
    readonly mac: string;
  };
}

const scryptAsync = promisify<Buffer, Buffer, number, object, Buffer>(scrypt);
/** 32 MiB and a tenth of a second on the smallest board; the passphrase itself is random. */
const usualCost = { n: 1 << 15, r: 8, p: 1 };
const dklen = 32;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (hex: string): Uint8Array => fromHex(`0x${hex}`);
const macOf = (derived: Uint8Array, sealed: Uint8Array): Uint8Array => keccak(concat(derived.subarray(16, 32), sealed));

/** Off the main thread. */
function derive(passphrase: string, { n, r, p, salt }: { n: number; r: number; p: number; salt: string }) {
  const words = Buffer.from(passphrase.normalize('NFKC'));
  return scryptAsync(words, Buffer.from(salt, 'hex'), dklen, { N: n, r, p, maxmem: 256 * n * r });
}

/** Seals the keys of one holder with one passphrase: each has its own counter block, and one derivation opens them all. */
export async function sealKeys(keys: readonly Uint8Array[], passphrase: string, cost = usualCost): Promise<Keystore[]> {
  const kdfparams = { dklen, ...cost, salt: hexOf(randomBytes(32)) };
  const derived = await derive(passphrase, kdfparams);
  return keys.map((key) => {
    const iv = randomBytes(16);
    const sealed = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv).update(key);
    return {
      version: 3,
      id: randomUUID(),
      address: addressOf(key).slice(2),
      crypto: {
        cipher: 'aes-128-ctr',
        cipherparams: { iv: hexOf(iv) },
        ciphertext: hexOf(sealed),
        kdf: 'scrypt',
        kdfparams,
        mac: hexOf(macOf(derived, sealed)),
      },
    };
  });
}

/** The keys, or undefined when the passphrase is not right for one of them. Throws TypeError for a file of another kind. */
export async function openKeys(stores: readonly Keystore[], passphrase: string): Promise<Uint8Array[] | undefined> {
  const derivations = new Map<string, Buffer>();
  const keys: Uint8Array[] = [];
  for (const { version, crypto } of stores) {
    if (version !== 3 || crypto.kdf !== 'scrypt' || crypto.cipher !== 'aes-128-ctr')
      throw new TypeError('signing: that is no keystore of version 3 with scrypt');
    const name = JSON.stringify(crypto.kdfparams);
    const derived = derivations.get(name) ?? (await derive(passphrase, crypto.kdfparams));
    derivations.set(name, derived);
    const sealed = bytesOf(crypto.ciphertext);
    if (!timingSafeEqual(macOf(derived, sealed), bytesOf(crypto.mac))) return undefined;
    const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), bytesOf(crypto.cipherparams.iv));
    keys.push(new Uint8Array(decipher.update(sealed)));
  }
  for (const derived of derivations.values()) derived.fill(0);
  return keys;
}

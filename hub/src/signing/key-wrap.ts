import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Hex, HubSecret, SeatNumber } from '../platform/ports/index.ts';
import type { ArgonCost, ArgonGate } from './argon-gate.ts';

/** 32 secret bytes, sealed; opens only with the words it was sealed with, for the same seat and address. */
export interface KeyWrap {
  readonly salt: Uint8Array;
  /** Absent when the words are random enough by themselves (a recovery code). */
  readonly cost?: ArgonCost;
  /** True: it opens only on the hub that sealed it. */
  readonly isHubBound: boolean;
  readonly nonce: Uint8Array;
  /** Ciphertext and 16-byte tag. */
  readonly sealed: Uint8Array;
}

/** Whose key it is; authenticated, so that a wrap moved to another row does not open. */
export interface WrapOwner {
  readonly seat: SeatNumber;
  readonly address: Hex;
}

export interface KeyWraps {
  seal(
    secret: Uint8Array,
    words: Uint8Array,
    owner: WrapOwner,
    how: Pick<KeyWrap, 'cost' | 'isHubBound'>,
  ): Promise<KeyWrap>;
  /** The secret, or undefined when the words are not right. Throws `busy`. */
  open(wrap: KeyWrap, words: Uint8Array, owner: WrapOwner): Promise<Uint8Array | undefined>;
}

const purpose = 'stoop key wrap v1';
const tagBytes = 16;

/** Wraps: words → (Argon2id) → (hub's secret) → HKDF-SHA-256 → AES-256-GCM bound to seat and address. */
export function createKeyWraps(gate: ArgonGate, hubSecret: HubSecret): KeyWraps {
  async function wrappingKey(words: Uint8Array, salt: Uint8Array, how: Pick<KeyWrap, 'cost' | 'isHubBound'>) {
    const stretched = how.cost ? await gate.derive(words, salt, how.cost) : words;
    const bound = how.isHubBound ? await hubSecret.derive(purpose, stretched) : stretched;
    return new Uint8Array(hkdfSync('sha256', bound, salt, purpose, 32));
  }

  return {
    async seal(secret, words, owner, how) {
      const salt = randomBytes(16);
      const nonce = randomBytes(12);
      const key = await wrappingKey(words, salt, how);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bindingOf(owner));
      const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
      key.fill(0);
      return { salt, cost: how.cost, isHubBound: how.isHubBound, nonce, sealed };
    },

    async open(wrap, words, owner) {
      const key = await wrappingKey(words, wrap.salt, wrap);
      const decipher = createDecipheriv('aes-256-gcm', key, wrap.nonce).setAAD(bindingOf(owner));
      decipher.setAuthTag(wrap.sealed.subarray(-tagBytes));
      const secret = decipher.update(wrap.sealed.subarray(0, -tagBytes));
      key.fill(0);
      try {
        decipher.final();
        return new Uint8Array(secret);
      } catch {
        return undefined;
      } finally {
        secret.fill(0);
      }
    },
  };
}

const bindingOf = ({ seat, address }: WrapOwner): Uint8Array => Buffer.from(`${purpose}|${seat}|${address}`);

import { randomBytes } from 'node:crypto';
import type { Hex, SeatNumber } from '../../platform/ports/index.ts';
import {
  type ArgonCost,
  addressOf,
  createPrivateKey,
  createRecoverySecret,
  type KeyWrap,
  type KeyWraps,
  printRecoveryCode,
  recoveryLookup,
  signDigest,
  type WrapOwner,
} from '../../signing/index.ts';

export interface RecoveryWrap {
  readonly wrap: KeyWrap;
  readonly lookup: Uint8Array;
  /** As printed; kept nowhere. */
  readonly code: string;
}

export interface NewKey {
  readonly address: Hex;
  readonly pinWrap: KeyWrap;
  readonly recovery: RecoveryWrap;
}

/** What the hub keeps sealed for a seat: the key, or for a member with a wallet 32 random bytes that prove the PIN. */
export interface Keys {
  create(seat: SeatNumber, pin: string, wallet?: Hex): Promise<NewKey>;
  /** A new key that also signs once, while it is open, the digest that its address belongs into. */
  createSigning(
    seat: SeatNumber,
    pin: string,
    digestFor: (address: Hex) => Uint8Array,
  ): Promise<NewKey & { signature: Hex }>;
  sealByPin(secret: Uint8Array, pin: string, owner: WrapOwner): Promise<KeyWrap>;
  sealByNewCode(secret: Uint8Array, owner: WrapOwner): Promise<RecoveryWrap>;
  /** The secret, or undefined for a wrong PIN. Without a wrap it takes as long and finds nothing. */
  openByPin(wrap: KeyWrap | undefined, pin: string, owner: WrapOwner): Promise<Uint8Array | undefined>;
  openByCode(wrap: KeyWrap, code: Uint8Array, owner: WrapOwner): Promise<Uint8Array | undefined>;
}

export function createKeys(wraps: KeyWraps, cost: ArgonCost): Keys {
  const words = (pin: string) => Buffer.from(pin, 'utf8');
  const decoy: KeyWrap = {
    salt: randomBytes(16),
    cost,
    isHubBound: true,
    nonce: randomBytes(12),
    sealed: randomBytes(48),
  };

  async function seal(secret: Uint8Array, pin: string, owner: WrapOwner): Promise<NewKey> {
    const pinWrap = await keys.sealByPin(secret, pin, owner);
    return { address: owner.address, pinWrap, recovery: await keys.sealByNewCode(secret, owner) };
  }

  const keys: Keys = {
    async create(seat, pin, wallet) {
      const secret = wallet ? randomBytes(32) : createPrivateKey();
      try {
        return await seal(secret, pin, { seat, address: wallet ?? addressOf(secret) });
      } finally {
        secret.fill(0);
      }
    },

    async createSigning(seat, pin, digestFor) {
      const secret = createPrivateKey();
      try {
        const address = addressOf(secret);
        const signature = signDigest(digestFor(address), secret);
        return { ...(await seal(secret, pin, { seat, address })), signature };
      } finally {
        secret.fill(0);
      }
    },

    sealByPin: (secret, pin, owner) => wraps.seal(secret, words(pin), owner, { cost, isHubBound: true }),

    async sealByNewCode(secret, owner) {
      const code = createRecoverySecret();
      // 128 random bits need no stretching, and must open without this hub's secret.
      const wrap = await wraps.seal(secret, code, owner, { isHubBound: false });
      const recovery = { wrap, lookup: recoveryLookup(code), code: printRecoveryCode(code) };
      code.fill(0);
      return recovery;
    },

    openByPin: (wrap, pin, owner) => wraps.open(wrap ?? decoy, words(pin), owner),
    openByCode: (wrap, code, owner) => wraps.open(wrap, code, owner),
  };
  return keys;
}

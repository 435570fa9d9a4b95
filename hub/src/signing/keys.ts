import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Hex } from '../platform/ports/index.ts';
import { concat, fromHex, keccak, toHex } from './bytes.ts';

/** A new secp256k1 private key, 32 bytes. */
export function createPrivateKey(): Uint8Array {
  return secp256k1.utils.randomSecretKey();
}

/** The account of a public key: the last 20 bytes of its keccak (Yellow Paper, appendix F). */
function addressOfPublicKey(uncompressed: Uint8Array): Hex {
  return toHex(keccak(uncompressed.subarray(1)).subarray(12));
}

/** Lower-case address of a private key. */
export function addressOf(privateKey: Uint8Array): Hex {
  return addressOfPublicKey(secp256k1.getPublicKey(privateKey, false));
}

/** 65 bytes `r ‖ s ‖ v` with v 27 or 28 and low s, over a 32-byte digest. Deterministic (RFC 6979). */
export function signDigest(digest: Uint8Array, privateKey: Uint8Array): Hex {
  const signature = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered', lowS: true });
  return toHex(concat(signature.subarray(1), new Uint8Array([27 + signature[0]!])));
}

/** Who signed, or undefined when the signature is none (wrong length, high s, no point). */
export function recoverAddress(digest: Uint8Array, signature: Hex): Hex | undefined {
  const bytes = fromHex(signature);
  const v = bytes[64];
  if (bytes.length !== 65 || (v !== 27 && v !== 28)) return undefined;
  try {
    const recovered = concat(new Uint8Array([v - 27]), bytes.subarray(0, 64));
    if (secp256k1.Signature.fromBytes(recovered, 'recovered').hasHighS()) return undefined;
    const compressed = secp256k1.recoverPublicKey(recovered, digest, { prehash: false });
    return addressOfPublicKey(secp256k1.Point.fromBytes(compressed).toBytes(false));
  } catch {
    return undefined;
  }
}

/** `r` and `yParityAndS` of a 65-byte signature (ERC-2098), 64 bytes. */
export function compactSignature(signature: Hex): Uint8Array {
  const bytes = fromHex(signature);
  const compact = bytes.slice(0, 64);
  if (bytes[64] === 28) compact[32]! |= 0x80;
  return compact;
}

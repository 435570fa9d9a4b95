import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Hex } from '../platform/ports/index.ts';

export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

/** Throws for anything that is not an even run of hexadecimal digits behind 0x. */
export function fromHex(hex: string): Uint8Array {
  if (!/^0x(?:[0-9a-fA-F]{2})*$/.test(hex)) throw new TypeError('signing: not hexadecimal');
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
}

export function keccak(...parts: (Uint8Array | string)[]): Uint8Array {
  const hash = keccak_256.create();
  for (const part of parts) hash.update(typeof part === 'string' ? new TextEncoder().encode(part) : part);
  return hash.digest();
}

/** An unsigned integer as big-endian bytes. Throws RangeError when it does not fit. */
export function uintBytes(value: number | bigint | string, length: number): Uint8Array {
  const big = BigInt(value);
  if (big < 0n || big >= 1n << BigInt(length * 8))
    throw new RangeError(`signing: ${value} does not fit ${length} bytes`);
  return new Uint8Array(Buffer.from(big.toString(16).padStart(length * 2, '0'), 'hex'));
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A UUID's 16 bytes. */
export function uuidBytes(id: string): Uint8Array {
  return fromHex(`0x${id.replaceAll('-', '')}`);
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Only this of a token is kept. 256 random bits need no slow hash. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

export function isTokenOf(hash: Uint8Array, token: string): boolean {
  return timingSafeEqual(hash, hashToken(token));
}

/**
 * A 256-bit token, base64url. It follows from the request's key and a secret that lives as long as the process, so that
 * a retry after a lost answer shows the same token although none is kept.
 */
export function makeToken(secret: Uint8Array, idempotencyKey: string): string {
  return createHmac('sha256', secret).update(`sensor token\0${idempotencyKey}`).digest('base64url');
}

/** `Tower 1` becomes `tower-1`: what the device signs in with and what stands in its topics. */
export function sensorIdFrom(name: string, isTaken: (id: string) => boolean): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const base =
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 32)
      .replace(/^-+|-+$/g, '') || 'sensor';
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) {
    if (!isTaken(`${base}-${number}`)) return `${base}-${number}`;
  }
}

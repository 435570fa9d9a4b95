import { createHash, randomBytes } from 'node:crypto';

/** A credential for a browser: 256 random bits. Only the hash is kept. */
export interface Token {
  readonly token: string;
  readonly tokenHash: Uint8Array;
}

export function createToken(): Token {
  const token = randomBytes(32).toString('base64url');
  return { token, tokenHash: hashOf(token) };
}

/** SHA-256; enough for random tokens and for codes that live for minutes. */
export const hashOf = (text: string): Uint8Array => createHash('sha256').update(text).digest();

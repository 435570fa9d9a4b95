import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { toPem } from './x509.ts';

/** Key and certificate lie in one file, so that a power cut cannot part them. */
export interface KeyPair {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;

export function pairPem(key: KeyObject, certificate: Uint8Array): string {
  return keyPem(key) + toPem(certificate);
}

/** Throws when the text does not hold a key and the certificate that belongs to it. */
export function parsePair(text: string): KeyPair {
  const pair = { key: createPrivateKey(text), certificate: new X509Certificate(text) };
  if (!pair.certificate.checkPrivateKey(pair.key)) throw new Error('key and certificate do not match');
  return pair;
}

export function commonNameOf(certificate: X509Certificate): string {
  return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
}

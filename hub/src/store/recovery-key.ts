import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

/** Whom a backup is sealed to: the public half of the key that lies on paper. */
export interface Recipient {
  /** 16 hex digits of the public key's hash. */
  readonly fingerprint: string;
  /** 32 bytes of X25519, base64url. */
  readonly publicKey: string;
}

/** A content key for one recipient: X25519 with a key used once, HKDF-SHA-256, AES-256-GCM. */
export interface WrappedKey {
  readonly fingerprint: string;
  readonly ephemeralKey: string;
  readonly wrapped: string;
}

/** RFC 8410: what stands before the 32 bytes of an X25519 private key in PKCS #8. */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');
// The wrapping key is used once, so its nonce may be fixed.
const nonce = Buffer.alloc(12);
const tagBytes = 16;

/** The private key from the secret that is printed on paper; the same every time. */
export function recoveryPrivateKey(secret: Uint8Array): KeyObject {
  const bytes = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), 'stoop backup recovery key v1', 32));
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, bytes]), format: 'der', type: 'pkcs8' });
}

export function recipientOf(privateKey: KeyObject): Recipient {
  const publicKey = rawPublicKey(createPublicKey(privateKey));
  return { fingerprint: fingerprintOf(publicKey), publicKey: publicKey.toString('base64url') };
}

export function wrapFor(recipient: Recipient, contentKey: Uint8Array): WrappedKey {
  const theirs = Buffer.from(recipient.publicKey, 'base64url');
  const ephemeral = generateKeyPairSync('x25519');
  const ours = rawPublicKey(ephemeral.publicKey);
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKeyOf(theirs) });
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(shared, ours, theirs), nonce);
  const wrapped = Buffer.concat([cipher.update(contentKey), cipher.final(), cipher.getAuthTag()]);
  return {
    fingerprint: recipient.fingerprint,
    ephemeralKey: ours.toString('base64url'),
    wrapped: wrapped.toString('base64url'),
  };
}

/** Undefined when this key does not open it. */
export function unwrapWith(privateKey: KeyObject, key: WrappedKey): Buffer | undefined {
  const ours = rawPublicKey(createPublicKey(privateKey));
  const theirs = Buffer.from(key.ephemeralKey, 'base64url');
  const wrapped = Buffer.from(key.wrapped, 'base64url');
  try {
    const shared = diffieHellman({ privateKey, publicKey: publicKeyOf(theirs) });
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey(shared, theirs, ours), nonce);
    decipher.setAuthTag(wrapped.subarray(-tagBytes));
    return Buffer.concat([decipher.update(wrapped.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

const wrappingKey = (shared: Uint8Array, ephemeral: Uint8Array, recipient: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, recipient]), 'stoop backup wrap v1', 32));

const rawPublicKey = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url');

const publicKeyOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' });

const fingerprintOf = (publicKey: Uint8Array): string =>
  createHash('sha256').update(publicKey).digest('hex').slice(0, 16);

import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, context, element, integer, octets, oid, sequence, set, truth, utcTime, utf8 } from './der.ts';
import { addressBytes, type Network } from './networks.ts';

/** What may stand in a certificate issued under a constrained authority (RFC 5280, 4.2.1.10). */
export interface NameConstraints {
  /** Each permits itself and every name below it. */
  readonly dns: readonly string[];
  readonly networks: readonly Network[];
}

interface Validity {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface AuthorityRequest extends Validity {
  readonly commonName: string;
  readonly key: KeyObject;
  readonly permitted: NameConstraints;
}

export interface LeafRequest extends Validity {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly commonName: string; readonly key: KeyObject };
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[];
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const serverAuth = extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1')));

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [truth()] : []), octets(value));
}

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(oid('2.5.4.10'), utf8('Stoop'))), set(sequence(oid('2.5.4.3'), utf8(commonName))));

const publicInfo = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** RFC 7093, method 1: the first 160 bits of SHA-256 over the public key. */
const keyId = (key: KeyObject): Buffer => createHash('sha256').update(publicInfo(key)).digest().subarray(0, 20);

function certificate(
  subject: string,
  subjectKey: KeyObject,
  issuer: { commonName: string; key: KeyObject },
  validity: Validity,
  extensions: readonly Buffer[],
): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const toBeSigned = sequence(
    context(0, integer(Buffer.from([2])), true),
    integer(serial),
    ecdsaWithSha256,
    nameOf(issuer.commonName),
    sequence(utcTime(validity.notBeforeMs), utcTime(validity.notAfterMs)),
    nameOf(subject),
    publicInfo(subjectKey),
    context(3, sequence(...extensions), true),
  );
  return sequence(toBeSigned, ecdsaWithSha256, bits(sign('sha256', toBeSigned, issuer.key)));
}

function permittedSubtrees({ dns, networks }: NameConstraints): Buffer {
  const names = dns.map((name) => sequence(context(2, Buffer.from(name, 'ascii'), false)));
  const ranges = networks.map(({ base, mask }) => sequence(context(7, Buffer.concat([base, mask]), false)));
  return sequence(element(0xa0, ...names, ...ranges));
}

/**
 * A self-signed authority that can vouch for servers of the permitted names only, and for no further authority.
 * Extensions by RFC 5280, 4.2.1.
 */
export function authorityCertificate({ commonName, key, permitted, ...validity }: AuthorityRequest): Buffer {
  const publicKey = createPublicKey(key);
  return certificate(commonName, publicKey, { commonName, key }, validity, [
    extension('2.5.29.19', sequence(truth(), integer(Buffer.from([0]))), true),
    // keyCertSign, cRLSign
    extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
    extension('2.5.29.30', permittedSubtrees(permitted), true),
    serverAuth,
    extension('2.5.29.14', octets(keyId(publicKey))),
  ]);
}

export function leafCertificate({ commonName, publicKey, issuer, hosts, ...validity }: LeafRequest): Buffer {
  const names = hosts.map((host) =>
    isIP(host) === 0 ? context(2, Buffer.from(host, 'ascii'), false) : context(7, addressBytes(host), false),
  );
  return certificate(commonName, publicKey, issuer, validity, [
    extension('2.5.29.19', sequence(), true),
    // digitalSignature
    extension('2.5.29.15', bits(Buffer.from([0x80]), 7), true),
    extension('2.5.29.17', sequence(...names)),
    serverAuth,
    extension('2.5.29.14', octets(keyId(publicKey))),
    extension('2.5.29.35', sequence(context(0, keyId(createPublicKey(issuer.key)), false))),
  ]);
}

export function toPem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

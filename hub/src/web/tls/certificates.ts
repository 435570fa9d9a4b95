import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { writeDurable } from '../../platform/durable-file.ts';
import { type Authority, openAuthority } from './authority.ts';
import { commonNameOf, type KeyPair, keyPem, newKey, pairPem, parsePair } from './key-pair.ts';
import { leafCertificate, toPem } from './x509.ts';

const dayMs = 86_400_000;
/** With the day before now, for slow clocks, 398: browsers refuse more (CA/Browser Forum baseline, 6.3.2). */
const leafDays = 397;
const renewBeforeDays = 30;

export interface Leaf {
  /** PEM of key and certificate, as `node:tls` takes them. */
  readonly key: string;
  readonly cert: string;
  /** Asked for, but outside what the authority may vouch for. */
  readonly leftOut: readonly string[];
}

export interface CertificatesOptions {
  readonly folder: string;
  readonly mdnsName: string;
  readonly hostNames: readonly string[];
  readonly clock: Clock;
}

/** The hub's own authority and the server certificate under it, kept in `folder`. */
export interface Certificates {
  readonly authority: Authority;
  /** The kept leaf while it fits `hosts` and the date, otherwise a new one. The first host leads. */
  leaf(hosts: readonly string[]): Leaf;
}

function readLeaf(path: string): KeyPair | undefined {
  try {
    return parsePair(readFileSync(path, 'utf8'));
  } catch {
    // Missing or damaged: a leaf is remade at no cost.
    return undefined;
  }
}

function isFit({ certificate }: KeyPair, authority: Authority, hosts: readonly string[], nowMs: number): boolean {
  const names = certificate.subjectAltName?.split(', ') ?? [];
  return (
    certificate.checkIssued(authority.certificate) &&
    certificate.validFromDate.getTime() <= nowMs &&
    certificate.validToDate.getTime() - nowMs > renewBeforeDays * dayMs &&
    names.length === hosts.length &&
    hosts.every((host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined)
  );
}

/** Throws `config_invalid` when the kept authority cannot be read. */
export function openCertificates({ folder, mdnsName, hostNames, clock }: CertificatesOptions): Certificates {
  const authority = openAuthority(join(folder, 'authority.pem'), mdnsName, hostNames);
  const path = join(folder, 'leaf.pem');

  function issue(hosts: readonly string[], nowMs: number): KeyPair {
    const key = newKey();
    const certificate = leafCertificate({
      commonName: hosts[0]!,
      publicKey: createPublicKey(key),
      issuer: { commonName: commonNameOf(authority.certificate), key: authority.key },
      hosts,
      notBeforeMs: nowMs - dayMs,
      notAfterMs: nowMs + leafDays * dayMs,
    });
    const pem = pairPem(key, certificate);
    writeDurable(path, pem);
    return parsePair(pem);
  }

  return {
    authority,
    leaf(wanted) {
      const unique = [...new Set(wanted.map((host) => host.toLowerCase()))];
      const hosts = unique.filter((host) => authority.mayVouch(host));
      const nowMs = clock.nowMs();
      const kept = readLeaf(path);
      const { key, certificate } =
        kept !== undefined && isFit(kept, authority, hosts, nowMs) ? kept : issue(hosts, nowMs);
      return {
        key: keyPem(key),
        cert: toPem(certificate.raw),
        leftOut: unique.filter((host) => !hosts.includes(host)),
      };
    },
  };
}

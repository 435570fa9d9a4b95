import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fail } from '../../platform/errors.ts';
import type { Authority } from './authority.ts';
import { type CertificatesOptions, type Leaf, openCertificates } from './certificates.ts';

/** Where the HTTPS listener's certificate comes from. */
export interface TlsSource {
  /** The hub's own; undefined with a configured certificate. */
  readonly authority?: Authority;
  /** What to serve now; cheap enough to be asked every minute. */
  current(hosts: readonly string[]): Leaf;
}

/** A certificate from outside, read anew each time so that its renewal is noticed. */
function configured(certFile: string, keyFile: string): TlsSource {
  return {
    current() {
      try {
        const leaf = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), leftOut: [] };
        if (!new X509Certificate(leaf.cert).checkPrivateKey(createPrivateKey(leaf.key)))
          throw new Error('key of another');
        return leaf;
      } catch (error) {
        throw fail(
          'config_invalid',
          { key: certFile, rule: 'and its key cannot be read, or do not belong together' },
          error,
        );
      }
    },
  };
}

export function openTlsSource(
  certificate: { readonly certFile: string; readonly keyFile: string } | undefined,
  own: CertificatesOptions,
): TlsSource {
  if (certificate !== undefined) return configured(certificate.certFile, certificate.keyFile);
  const { authority, leaf } = openCertificates(own);
  return { authority, current: leaf };
}

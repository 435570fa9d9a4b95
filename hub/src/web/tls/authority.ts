import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import { writeDurable } from '../../platform/durable-file.ts';
import { fail } from '../../platform/errors.ts';
import { type KeyPair, newKey, pairPem, parsePair } from './key-pair.ts';
import { createPrivateCheck, privateNetworks } from './networks.ts';
import { authorityCertificate } from './x509.ts';

/** Not counted from now: a first start may come before the clock was ever set. 2049 is as far as UTCTime reaches. */
const validity = { notBeforeMs: Date.UTC(2020, 0, 1), notAfterMs: Date.UTC(2049, 11, 31) };
/** `<name>-2` … `<name>-9` for when another hub on the LAN has the name. */
export const namesOnConflict = 9;

export interface Authority extends KeyPair {
  /** Whether a certificate by this authority would be accepted for that name or address. */
  mayVouch(host: string): boolean;
}

/** The DNS names that a new authority may ever vouch for, each with the names below it. */
export function permittedNames(mdnsName: string, hostNames: readonly string[]): string[] {
  const numbered = Array.from({ length: namesOnConflict - 1 }, (_, i) => `${mdnsName}-${i + 2}.local`);
  const further = hostNames.filter((name) => isIP(name) === 0).map((name) => name.toLowerCase());
  return ['localhost', `${mdnsName}.local`, ...numbered, ...further];
}

function make(path: string, mdnsName: string, hostNames: readonly string[]): void {
  const key = newKey();
  const dns = permittedNames(mdnsName, hostNames);
  const certificate = authorityCertificate({
    commonName: `Stoop hub ${mdnsName} ${randomBytes(2).toString('hex')}`,
    key,
    permitted: { dns, networks: privateNetworks() },
    ...validity,
  });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeDurable(path, `Permits: ${dns.join(' ')}\n${pairPem(key, certificate)}`);
}

/** The hub's own authority from `path`; made on the first call ever, for these names and private addresses only. */
export function openAuthority(path: string, mdnsName: string, hostNames: readonly string[]): Authority {
  if (!existsSync(path)) make(path, mdnsName, hostNames);
  const isPrivate = createPrivateCheck();
  try {
    const text = readFileSync(path, 'utf8');
    const permits = /^Permits: (.+)$/m.exec(text)?.[1]?.split(' ');
    if (permits === undefined) throw new Error('the line of permitted names is missing');
    const mayVouch = (host: string) =>
      isIP(host) === 0 ? permits.some((name) => host === name || host.endsWith(`.${name}`)) : isPrivate(host);
    return { ...parsePair(text), mayVouch };
  } catch (error) {
    // Never replaced by itself: every phone would have to trust the hub anew.
    throw fail('config_invalid', { key: path, rule: 'cannot be read as a key and its certificate' }, error);
  }
}

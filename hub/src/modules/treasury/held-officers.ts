import { readFileSync } from 'node:fs';
import { fail } from '../../platform/errors.ts';
import type { Hex } from '../../platform/ports/index.ts';
import { addressOf, fromHex, signDigest } from '../../signing/index.ts';
import type { Office, Officers } from './officers.ts';

/** A real building's officers: known by address, their keys elsewhere. */
export function createOfficers(addresses: Readonly<Record<Office, readonly string[]>>): Officers {
  return {
    addressesOf: (office) => addresses[office].map((address) => address.toLowerCase() as Hex),
    sign: () => undefined,
  };
}

/**
 * The demonstration's officers, whose keys the hub holds: `path` is JSON of a private key per office.
 * Throws `config_invalid` when it cannot be read.
 */
export function createHeldOfficers(path: string): Officers {
  const keys = readKeys(path);
  return {
    addressesOf: (office) => [addressOf(keys[office])],
    sign: (office, digest) => ({ address: addressOf(keys[office]), signature: signDigest(digest, keys[office]) }),
  };
}

function readKeys(path: string): Record<Office, Uint8Array> {
  try {
    const { minter, attestor } = JSON.parse(readFileSync(path, 'utf8')) as Record<Office, string>;
    return { minter: fromHex(minter), attestor: fromHex(attestor) };
  } catch (error) {
    throw fail('config_invalid', { key: 'officers.keyFile', rule: 'must be JSON of a key per office' }, error);
  }
}

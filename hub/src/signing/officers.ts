import { readFileSync } from 'node:fs';
import { fail } from '../platform/errors.ts';
import type { Hex, Office, Officers } from '../platform/ports/index.ts';
import { fromHex } from './bytes.ts';
import { addressOf, signDigest } from './keys.ts';

const offices: readonly Office[] = ['board', 'minter', 'attestor', 'certifier', 'steward', 'guardian', 'clearing'];

/** A real building's officers: known by address, their keys elsewhere. */
export function createOfficers(addresses: Readonly<Partial<Record<Office, readonly string[]>>>): Officers {
  return {
    addressesOf: (office) => (addresses[office] ?? []).map((address) => address.toLowerCase() as Hex),
    sign: () => [],
  };
}

/**
 * The demonstration's officers, whose keys the hub holds: `path` is JSON of one private key, or several, per office.
 * Throws `config_invalid` when it cannot be read.
 */
export function createHeldOfficers(path: string): Officers {
  const keys = readKeys(path);
  return {
    addressesOf: (office) => keys[office].map(({ address }) => address),
    sign: (office, digest) => keys[office].map(({ address, key }) => ({ address, signature: signDigest(digest, key) })),
  };
}

interface HeldKey {
  readonly address: Hex;
  readonly key: Uint8Array;
}

function readKeys(path: string): Record<Office, readonly HeldKey[]> {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<Office, string | readonly string[]>>;
    const held = (office: Office): HeldKey[] =>
      [file[office] ?? []]
        .flat()
        .map((text) => fromHex(text))
        .map((key) => ({ address: addressOf(key), key }))
        .sort((a, b) => (a.address < b.address ? -1 : 1));
    return Object.fromEntries(offices.map((office) => [office, held(office)])) as Record<Office, HeldKey[]>;
  } catch (error) {
    throw fail('config_invalid', { key: 'officers.keyFile', rule: 'must be JSON of a key per office' }, error);
  }
}

import type { Hex, Office, Officers } from '../platform/ports/index.ts';

export const offices: readonly Office[] = [
  'board',
  'minter',
  'attestor',
  'certifier',
  'steward',
  'guardian',
  'clearing',
];

/** A real building's officers: known by address, their keys elsewhere. */
export function createOfficers(addresses: Readonly<Partial<Record<Office, readonly string[]>>>): Officers {
  return {
    addressesOf: (office) => (addresses[office] ?? []).map((address) => address.toLowerCase() as Hex),
    sign: () => [],
  };
}

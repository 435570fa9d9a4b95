import { readFileSync } from 'node:fs';
import { fail } from '../platform/errors.ts';
import type { Hex } from '../platform/ports/index.ts';

/** Where this building's contracts stand, as the deploy script writes it. */
export interface Deployment {
  readonly chainId: number;
  readonly genesisHash: Hex;
  readonly contracts: Readonly<Record<string, Hex>>;
  readonly deployedAtBlock: number;
  readonly hubId: Hex;
}

/** Undefined when there is no such file (nothing is deployed yet); throws `config_invalid` naming the wrong field. */
export function loadDeployment(path: string): Deployment | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return parseDeployment(path, text);
}

function parseDeployment(path: string, text: string): Deployment {
  const invalid = (field: string, rule: string) => fail('config_invalid', { key: `${path} ${field}`, rule });
  let raw: Record<string, unknown>;
  try {
    raw = Object(JSON.parse(text));
  } catch (error) {
    throw fail('config_invalid', { key: path, rule: 'must be JSON' }, error);
  }
  for (const field of ['chainId', 'deployedAtBlock']) {
    if (!Number.isSafeInteger(raw[field]) || Number(raw[field]) < 0) throw invalid(field, 'must be a whole number');
  }
  for (const field of ['genesisHash', 'hubId']) {
    if (!isHex(raw[field], 32)) throw invalid(field, 'must be 32 bytes as 0x…');
  }
  const contracts: Record<string, Hex> = {};
  for (const [name, address] of Object.entries(Object(raw.contracts))) {
    if (!isHex(address, 20)) throw invalid(`contracts.${name}`, 'must be an address as 0x…');
    contracts[name] = address.toLowerCase() as Hex;
  }
  if (Object.keys(contracts).length === 0) throw invalid('contracts', 'must name at least one contract');
  return {
    chainId: Number(raw.chainId),
    genesisHash: String(raw.genesisHash).toLowerCase() as Hex,
    contracts,
    deployedAtBlock: Number(raw.deployedAtBlock),
    hubId: String(raw.hubId).toLowerCase() as Hex,
  };
}

function isHex(value: unknown, bytes: number): value is Hex {
  return typeof value === 'string' && new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`).test(value);
}

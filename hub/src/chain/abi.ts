import { readFileSync } from 'node:fs';
import { fail } from '../platform/errors.ts';
import type { DeclaredCall } from '../platform/ports/index.ts';

/** One entry of a contract's JSON ABI; only what is looked at here. */
export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
}

export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly components?: readonly AbiParameter[];
}

export interface Abis {
  /** Throws `config_invalid` when there is no ABI of that name. */
  of(contract: string): readonly AbiItem[];
  /** Throws `config_invalid` naming the first call that the contracts do not have, or have otherwise. */
  check(calls: readonly DeclaredCall[]): void;
}

/** The committed ABIs `<folder>/<Contract>.json`, read at first use. Needs no ethers. */
export function createAbis(folder: URL): Abis {
  const known = new Map<string, readonly AbiItem[]>();

  function of(contract: string): readonly AbiItem[] {
    const kept = known.get(contract);
    if (kept) return kept;
    if (!/^\w+$/.test(contract)) throw fail('config_invalid', { key: contract, rule: 'is not the name of a contract' });
    let abi: readonly AbiItem[];
    try {
      abi = JSON.parse(readFileSync(new URL(`${contract}.json`, folder), 'utf8')).abi;
    } catch (error) {
      throw fail('config_invalid', { key: contract, rule: 'has no readable ABI' }, error);
    }
    known.set(contract, abi);
    return abi;
  }

  function check(calls: readonly DeclaredCall[]): void {
    for (const { contract, fn, inputs } of calls) {
      const key = `${contract}.${fn}`;
      const found = of(contract).filter((item) => item.type === 'function' && item.name === fn);
      // A call names its function only, so an overloaded one would be a guess.
      if (found.length !== 1) {
        throw fail('config_invalid', {
          key,
          rule: found.length === 0 ? 'is not in the ABI' : 'is overloaded in the ABI',
        });
      }
      const types = (found[0]?.inputs ?? []).map(typeText);
      if (inputs && types.join() !== inputs.join()) {
        throw fail('config_invalid', { key, rule: `takes (${types.join(', ')}), not (${inputs.join(', ')})` });
      }
    }
  }

  return { of, check };
}

function typeText(parameter: AbiParameter): string {
  if (!parameter.type.startsWith('tuple')) return parameter.type;
  return `(${(parameter.components ?? []).map(typeText).join(',')})${parameter.type.slice('tuple'.length)}`;
}

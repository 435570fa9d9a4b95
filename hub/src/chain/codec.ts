import type { Interface, InterfaceAbi, ParamType, Result } from 'ethers/abi';
import { fail } from '../platform/errors.ts';
import type { Call, Hex } from '../platform/ports/index.ts';
import type { Abis } from './abi.ts';

export interface RawLog {
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** Plain values ↔ bytes. Integers come back as bigint, addresses and bytes as lower-case hex, tuples as objects. */
export interface Codec {
  /** Throws `config_invalid` when the arguments do not fit the ABI. */
  encode(call: Call): Promise<Hex>;
  /** One output as itself, several as an object by name. */
  decode(call: Call, data: Hex): Promise<unknown>;
  /** What a revert says, e.g. `NotRelayer()`; undefined when it says nothing that the contract's ABI knows. */
  reason(contract: string, data: Hex): Promise<string | undefined>;
  /** Undefined for an event that the ABI does not have. */
  event(contract: string, log: RawLog): Promise<{ name: string; args: Record<string, unknown> } | undefined>;
}

export function createCodec(abis: Abis): Codec {
  const interfaces = new Map<string, Interface>();

  async function interfaceOf(contract: string): Promise<Interface> {
    const { Interface } = await import('ethers/abi');
    const made = interfaces.get(contract) ?? new Interface(abis.of(contract) as InterfaceAbi);
    interfaces.set(contract, made);
    return made;
  }

  return {
    async encode({ contract, fn, args }) {
      const abi = await interfaceOf(contract);
      try {
        return abi.encodeFunctionData(fn, args) as Hex;
      } catch (error) {
        throw fail(
          'config_invalid',
          { key: `${contract}.${fn}`, rule: `does not take these arguments: ${textOf(error)}` },
          error,
        );
      }
    },
    async decode({ contract, fn }, data) {
      const abi = await interfaceOf(contract);
      const outputs = abi.getFunction(fn)?.outputs ?? [];
      const result = abi.decodeFunctionResult(fn, data);
      return outputs.length === 1 ? plain(outputs[0]!, result[0]) : fields(outputs, result);
    },
    async reason(contract, data) {
      const parsed = (await interfaceOf(contract)).parseError(data);
      if (!parsed) return undefined;
      return parsed.name === 'Error' ? String(parsed.args[0]) : `${parsed.name}(${parsed.args.join(', ')})`;
    },
    async event(contract, { topics, data }) {
      const parsed = (await interfaceOf(contract)).parseLog({ topics, data });
      return parsed ? { name: parsed.name, args: fields(parsed.fragment.inputs, parsed.args) } : undefined;
    },
  };
}

function plain(type: ParamType, value: unknown): unknown {
  if (type.baseType === 'array') return [...(value as Result)].map((item) => plain(type.arrayChildren!, item));
  if (type.baseType === 'tuple') return fields(type.components!, value as Result);
  return typeof value === 'string' && type.type !== 'string' ? value.toLowerCase() : value;
}

function fields(types: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(types.map((type, at) => [type.name || String(at), plain(type, values[at])]));
}

function textOf(error: unknown): string {
  return error instanceof Error && 'shortMessage' in error ? String(error.shortMessage) : String(error);
}

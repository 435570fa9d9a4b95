import type { FunctionFragment, Interface, ParamType } from 'ethers';
import type { RpcError } from '../../dev-chain/simulator.ts';
import type { Building } from './building.ts';

/** What is looked up: every value of these, for every argument of its type. */
export interface LookedUp {
  readonly addresses: readonly string[];
  readonly seats: readonly number[];
  readonly numbers: readonly (number | bigint)[];
  readonly words: readonly string[];
}

const isReading = (each: FunctionFragment): boolean =>
  each.stateMutability === 'view' || each.stateMutability === 'pure';

function valuesOf({ type }: ParamType, lookedUp: LookedUp): readonly unknown[] | undefined {
  if (type === 'address') return lookedUp.addresses;
  if (type === 'uint24') return lookedUp.seats;
  const bits = /^uint(\d+)$/.exec(type)?.[1];
  if (bits) return lookedUp.numbers.filter((each) => BigInt(each) < 1n << BigInt(bits));
  if (type === 'bytes32') return lookedUp.words;
  return undefined;
}

function argumentsOf(fragment: FunctionFragment, lookedUp: LookedUp): unknown[][] {
  let rows: unknown[][] = [[]];
  for (const param of fragment.inputs) {
    const values = valuesOf(param, lookedUp);
    if (values === undefined) return [];
    rows = rows.flatMap((row) => values.map((value) => [...row, value]));
  }
  return rows;
}

/** The functions of a contract that change something. */
export const changingOf = (abi: Interface): FunctionFragment[] =>
  abi.fragments.filter(
    (each): each is FunctionFragment => each.type === 'function' && !isReading(each as FunctionFragment),
  );

/**
 * All that contracts of the building answer when they are asked: every function that only reads, with every combination of
 * what is looked up. By `Contract.function`, then by arguments.
 */
export async function fingerprint(
  building: Building,
  addresses: readonly string[],
  lookedUp: LookedUp,
): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  const asked = Object.entries(building.deployment.contracts).filter(([, address]) =>
    addresses.some((each) => each.toLowerCase() === address.toLowerCase()),
  );
  for (const [name, to] of asked) {
    const { interface: abi } = building.at(name as Parameters<Building['at']>[0], to);
    const functions = abi.fragments.filter((each) => each.type === 'function') as FunctionFragment[];
    for (const fragment of functions.filter(isReading)) {
      const answers = new Map<string, string>();
      for (const args of argumentsOf(fragment, lookedUp)) {
        const data = abi.encodeFunctionData(fragment, args);
        const answer = building.simulator.request('eth_call', [{ to, data }, 'latest']);
        answers.set(
          args.join(','),
          (await answer.catch((error: RpcError) => `reverts: ${error.data ?? error.message}`)) as string,
        );
      }
      found.set(`${name}.${fragment.format('sighash')}`, answers);
    }
  }
  return found;
}

/** The functions whose answers differ. */
export function changedBetween(
  before: Map<string, Map<string, string>>,
  after: Map<string, Map<string, string>>,
): string[] {
  return [...before]
    .filter(([fn, answers]) => [...answers].some(([args, answer]) => after.get(fn)!.get(args) !== answer))
    .map(([fn]) => fn.split('(')[0]!)
    .sort();
}

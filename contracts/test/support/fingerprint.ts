import { type FunctionFragment, type Interface, isError, type ParamType } from 'ethers';
import type { Building } from './building.ts';

/** What is looked up: every value of these, for every argument of its type. */
export interface LookedUp {
  readonly addresses: readonly string[];
  readonly seats: readonly number[];
  readonly numbers: readonly number[];
  readonly words: readonly string[];
}

const isReading = (each: FunctionFragment): boolean =>
  each.stateMutability === 'view' || each.stateMutability === 'pure';

function valuesOf({ type }: ParamType, lookedUp: LookedUp): readonly unknown[] | undefined {
  if (type === 'address') return lookedUp.addresses;
  if (type === 'uint24') return lookedUp.seats;
  if (/^uint\d+$/.test(type)) return lookedUp.numbers;
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
 * All that the building's contracts answer when they are asked: every function that only reads, with every combination of
 * what is looked up. By `Contract.function`, then by arguments.
 */
export async function fingerprint(building: Building, lookedUp: LookedUp): Promise<Map<string, Map<string, string>>> {
  const found = new Map<string, Map<string, string>>();
  for (const [name, address] of Object.entries(building.deployment.contracts)) {
    const { interface: abi } = building.at(name as Parameters<Building['at']>[0], address);
    const reading = abi.fragments.filter((each) => each.type === 'function') as FunctionFragment[];
    for (const fragment of reading.filter(isReading)) {
      const answers = new Map<string, string>();
      for (const args of argumentsOf(fragment, lookedUp)) {
        const data = abi.encodeFunctionData(fragment, args);
        const answer = await building.provider.call({ to: address, data }).catch((error: unknown) => {
          if (isError(error, 'CALL_EXCEPTION')) return `reverts with ${error.data}`;
          throw error;
        });
        answers.set(args.join(','), answer);
      }
      found.set(`${name}.${fragment.name}`, answers);
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
    .map(([fn]) => fn)
    .sort();
}

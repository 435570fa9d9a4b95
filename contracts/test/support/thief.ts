import { concat, type FunctionFragment, type ParamType, type SigningKey, solidityPacked, type Wallet } from 'ethers';
import type { Building } from './building.ts';

/** Values that a thief would give for an argument, the most promising first; undefined where only its type counts. */
export type Guess = (param: ParamType, fn: string) => readonly unknown[] | undefined;

/** A call that went through. */
export interface Success {
  readonly data: string;
  /** Accounts whose storage it would write; none: it does nothing. */
  readonly wrote: readonly string[];
}

export interface Attempt {
  readonly tries: number;
  readonly successes: readonly Success[];
  /** Whether a signature that the thief made was looked at. */
  readonly wasSignatureRead: boolean;
}

type Signed = Pick<ReturnType<SigningKey['sign']>, 'r' | 's' | 'v' | 'yParityAndS' | 'serialized'>;

/** Where a signature belongs in an argument; filled in when it is known what to sign. */
class Slot {
  readonly fill: (next: () => Signed) => unknown;
  constructor(fill: (next: () => Signed) => unknown) {
    this.fill = fill;
  }
}

/** Of the right form, by nobody. */
const half = `0x${'11'.repeat(32)}`;
const FORM: Signed = { r: half, s: half, v: 27, yParityAndS: half, serialized: concat([half, half, '0x1b']) };

const MOST_GUESSES = 48;

const wholeSlots = [new Slot((next) => next().serialized)];
const listSlots = [1, 2].map((count) => new Slot((next) => Array.from({ length: count }, () => next().serialized)));
const partSlots = (part: 'v' | 'r' | 's') => [new Slot((next) => next()[part])];
/** Spends of seat 1 in the exact and the at-most form, and a ballot. */
const packedSlots = (validUntil: number) =>
  [
    { types: ['uint24', 'uint64', 'uint32', 'uint40'], values: [1, 1_000_000, 1, validUntil] },
    { types: ['uint24', 'uint64', 'uint64', 'uint32', 'uint40'], values: [1, 1_000_000, 1_000_000, 1, validUntil] },
    { types: ['uint24', 'uint8', 'uint8', 'uint8'], values: [1, 1, 1, 1] },
  ].map(
    ({ types, values }) =>
      new Slot((next) => {
        const { r, yParityAndS } = next();
        return concat([solidityPacked(types, values), r, yParityAndS]);
      }),
  );

function slotsOf({ name, type }: ParamType, validUntil: number): readonly Slot[] | undefined {
  // One that is only handed on has no name.
  if (type === 'bytes' && (/signature$/i.test(name) || name === '')) return wholeSlots;
  if (type === 'bytes[]' && /signatures$/i.test(name)) return listSlots;
  if (/^[vrs]$/.test(name)) return partSlots(name as 'v' | 'r' | 's');
  if (type === 'bytes' && name === 'items') return packedSlots(validUntil);
  return undefined;
}

/** Whether a function asks for somebody's signature. */
export const asksForSignature = (params: readonly ParamType[]): boolean =>
  params.some(
    (each) =>
      slotsOf(each, 0) !== undefined || asksForSignature((each.isArray() ? each.arrayChildren : each).components ?? []),
  );

/** One of each list, all together: at most so many, and of those the first first. */
function product(lists: readonly (readonly unknown[])[], most: number): unknown[][] {
  return lists.reduce<unknown[][]>(
    (rows, list) => list.flatMap((value) => rows.map((row) => [...row, value])).slice(0, most),
    [[]],
  );
}

function filled(value: unknown, next: () => Signed): unknown {
  if (value instanceof Slot) return value.fill(next);
  return Array.isArray(value) ? value.map((each) => filled(each, next)) : value;
}

interface CallTrace {
  readonly to?: string;
  readonly input: string;
  readonly error?: string;
  readonly calls?: readonly CallTrace[];
}
type Prestate = Readonly<Record<string, { readonly storage?: object }>>;

/** What a call recovers signers from: what it wants to have signed. */
const digestsIn = (call: CallTrace): string[] => [
  ...(/^0x0{39}1$/.test(call.to ?? '') ? [call.input.slice(0, 66)] : []),
  ...(call.calls ?? []).flatMap(digestsIn),
];

/** Somebody with a stolen key who tries whatever a contract offers, and signs with it all that is asked for. */
export function thiefOf(building: Building, wallet: Wallet, guess: Guess, validUntil: number) {
  const traced = (to: string, data: string, tracer: object): Promise<unknown> =>
    building.simulator.request('debug_traceCall', [{ from: wallet.address, to, data }, 'latest', tracer]);

  const valuesOf = (param: ParamType, fn: string): readonly unknown[] => {
    const known = slotsOf(param, validUntil) ?? guess(param, fn);
    if (known) return known;
    if (param.isArray()) return valuesOf(param.arrayChildren, fn).map((each) => [each]);
    if (param.isTuple())
      return product(
        param.components.map((each) => valuesOf(each, fn)),
        MOST_GUESSES,
      );
    throw new Error(`${fn}: nobody has thought of what a thief would give for ${param.type} ${param.name}`);
  };
  const wroteBy = async (to: string, data: string): Promise<string[]> => {
    const tracer = { tracer: 'prestateTracer', tracerConfig: { diffMode: true } };
    const { pre, post } = (await traced(to, data, tracer)) as { pre: Prestate; post: Prestate };
    const touched = [...Object.entries(pre), ...Object.entries(post)].filter(([, { storage }]) => storage);
    return [...new Set(touched.map(([address]) => address))];
  };

  return async (contract: string, address: string, fragment: FunctionFragment): Promise<Attempt> => {
    const fn = `${contract}.${fragment.name}`;
    const { interface: abi } = building.at(contract as Parameters<Building['at']>[0], address);
    const successes: Success[] = [];
    const tried = new Set<string>();
    let wasSignatureRead = false;
    /** Answers what the call wanted to have signed. */
    const make = async (args: readonly unknown[], signatures: readonly Signed[]): Promise<string[]> => {
      let count = 0;
      const next = (): Signed => signatures[Math.min(count++, signatures.length - 1)]!;
      const data = abi.encodeFunctionData(fragment, filled(args, next) as unknown[]);
      if (tried.has(data)) return [];
      tried.add(data);
      const call = (await traced(address, data, { tracer: 'callTracer' })) as CallTrace;
      if (call.error === undefined) successes.push({ data, wrote: await wroteBy(address, data) });
      return digestsIn(call);
    };
    for (const args of product(
      fragment.inputs.map((each) => valuesOf(each, fn)),
      MOST_GUESSES,
    )) {
      const asked = new Set(await make(args, [FORM]));
      // What is asked for next shows only when the signature before it was good.
      for (const digest of asked) {
        wasSignatureRead = true;
        for (const each of await make(args, [wallet.signingKey.sign(digest)])) asked.add(each);
      }
      if (asked.size > 1)
        await make(
          args,
          [...asked].map((digest) => wallet.signingKey.sign(digest)),
        );
    }
    return { tries: tried.size, successes, wasSignatureRead };
  };
}

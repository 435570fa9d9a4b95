import type { DeclaredCall, Hex, Reads } from '../../platform/ports/index.ts';

type At = 'latest' | 'finalized';
const contract = 'FoodUSD';
/** What the token says of an account that is nobody's. */
const noLimit = 2n ** 256n - 1n;

export const limitReads: readonly DeclaredCall[] = [
  { contract, fn: 'dailyLimitOf', inputs: ['address'] },
  { contract, fn: 'limitChangeOf', inputs: ['address'] },
  { contract, fn: 'defaultDailyLimit', inputs: [] },
];

/** An account's limit as the finalized chain has it. */
export interface AccountLimit {
  readonly account: Hex;
  /** Its own; null where the token's default counts. */
  readonly limitMicros: number | null;
  readonly raisedToMicros: number | null;
  readonly effectiveAtMs: number | null;
}

/** The last change of an account's limit; `effectiveAt` (seconds) is 0 when none waits. */
export interface LimitChange {
  readonly raisedTo: bigint;
  readonly effectiveAt: bigint;
  readonly revision: bigint;
}

const ask = <T>(reads: Reads, fn: string, args: unknown[], at: At) => reads.read<T>({ contract, fn, args }, at);

export const limitChangeOf = (reads: Reads, account: Hex, at: At): Promise<LimitChange> =>
  ask<LimitChange>(reads, 'limitChangeOf', [account], at);

export const dailyLimitOf = (reads: Reads, account: Hex, at: At): Promise<bigint> =>
  ask<bigint>(reads, 'dailyLimitOf', [account], at);

export const readDefault = async (reads: Reads): Promise<number> =>
  microsOf(await ask<bigint>(reads, 'defaultDailyLimit', [], 'finalized'));

/** As the finalized token has it. */
export async function readAccount(reads: Reads, account: Hex, common: number): Promise<AccountLimit> {
  const [limit, change] = await Promise.all([
    dailyLimitOf(reads, account, 'finalized'),
    limitChangeOf(reads, account, 'finalized'),
  ]);
  const isOwn = limit !== noLimit && limit !== BigInt(common);
  const isWaiting = change.effectiveAt !== 0n;
  return {
    account,
    limitMicros: isOwn ? microsOf(limit) : null,
    raisedToMicros: isWaiting ? microsOf(change.raisedTo) : null,
    effectiveAtMs: isWaiting ? Number(change.effectiveAt) * 1000 : null,
  };
}

/** An own wallet may set 64 bits: above what anybody can have here every limit is the same. */
export const microsOf = (value: bigint): number =>
  value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);

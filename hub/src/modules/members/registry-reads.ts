import { fail } from '../../platform/errors.ts';
import type { DeclaredCall, Hex, Reads, SeatNumber } from '../../platform/ports/index.ts';

export const zeroAddress: Hex = `0x${'00'.repeat(20)}`;

/** What waits for a seat's key in the registry; `newKey` is zero when nothing does. */
export interface WaitingChange {
  readonly newKey: Hex;
  /** Seconds since 1970. */
  readonly effectiveAt: number;
  /** Of the seat's last message about its key. */
  readonly revision: number;
  readonly isRecovery: boolean;
}

type At = 'latest' | 'finalized';
const contract = 'SeatRegistry';

/** What is asked of the registry about keys. */
export const registryCalls: readonly DeclaredCall[] = [
  { contract, fn: 'keyOf', inputs: ['uint24'] },
  { contract, fn: 'formerSeatOf', inputs: ['address'] },
  { contract, fn: 'keyChangeOf', inputs: ['uint24'] },
  { contract, fn: 'isFrozen', inputs: ['uint24'] },
  { contract, fn: 'isBoard', inputs: ['address'] },
  { contract, fn: 'threshold', inputs: [] },
];

const ask = <T>(reads: Reads, fn: string, args: unknown[], at: At) => reads.read<T>({ contract, fn, args }, at);

export const keyOf = (reads: Reads, seat: SeatNumber, at: At): Promise<Hex> => ask<Hex>(reads, 'keyOf', [seat], at);

export const isFrozen = (reads: Reads, seat: SeatNumber, at: At): Promise<boolean> =>
  ask<boolean>(reads, 'isFrozen', [seat], at);

export const isBoard = (reads: Reads, address: Hex): Promise<boolean> =>
  ask<boolean>(reads, 'isBoard', [address], 'latest');

export const thresholdOf = async (reads: Reads): Promise<number> =>
  Number(await ask<bigint>(reads, 'threshold', [], 'latest'));

/** The seat that the key served before it was changed; 0 for none. */
export const formerSeatOf = async (reads: Reads, key: Hex, at: At): Promise<SeatNumber> =>
  Number(await ask<bigint>(reads, 'formerSeatOf', [key], at));

export async function waitingChangeOf(reads: Reads, seat: SeatNumber, at: At): Promise<WaitingChange> {
  type Answer = { newKey: Hex; effectiveAt: bigint; revision: bigint; isRecovery: boolean };
  const { newKey, effectiveAt, revision, isRecovery } = await ask<Answer>(reads, 'keyChangeOf', [seat], at);
  return { newKey, effectiveAt: Number(effectiveAt), revision: Number(revision), isRecovery };
}

/** Whether the key serves the seat, or served it until a later change. */
export async function hasServed(reads: Reads, seat: SeatNumber, key: Hex, at: At): Promise<boolean> {
  return (await keyOf(reads, seat, at)) === key || (await formerSeatOf(reads, key, at)) === seat;
}

/** The reads, or why there are none. Throws `chain_offline`. */
export function mustRead(reads: Reads | undefined): Reads {
  if (!reads) throw fail('chain_offline');
  return reads;
}

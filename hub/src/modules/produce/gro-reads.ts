import type { DeclaredCall, Hex, Readiness, Reads, SeatNumber } from '../../platform/ports/index.ts';
import { type At, never, notYet } from './gro-batch.ts';

const contract = 'GroToken';
const retiredClass = 3n;
export const zeroAddress: Hex = `0x${'00'.repeat(20)}`;

/** What is asked of the token and of the registry, besides the batches themselves. */
export const groCalls: Readonly<Record<string, DeclaredCall>> = {
  lotOf: { contract, fn: 'lotOf', inputs: ['uint256'] },
  isCertifier: { contract, fn: 'isCertifier', inputs: ['address'] },
  isSteward: { contract, fn: 'isSteward', inputs: ['address'] },
  gramsToday: { contract, fn: 'gramsToday', inputs: ['address'] },
  balanceOf: { contract, fn: 'balanceOf', inputs: ['address', 'uint256'] },
  isHarvestUsed: { contract, fn: 'isHarvestUsed', inputs: ['uint256', 'bytes32'] },
  isShiftUsed: { contract, fn: 'isShiftUsed', inputs: ['bytes32'] },
  isConsumeUsed: { contract, fn: 'isConsumeUsed', inputs: ['uint24', 'uint32'] },
  isTransferUsed: { contract, fn: 'isTransferUsed', inputs: ['uint24', 'uint32'] },
  formerSeatOf: { contract: 'SeatRegistry', fn: 'formerSeatOf', inputs: ['address'] },
  wordsOf: { contract: 'SeatRegistry', fn: 'wordsOf', inputs: ['uint24[]'] },
};

/** A lot as the chain keeps it; `certifier` is zero where there is none. */
export interface ChainLot {
  readonly certifier: Hex;
  readonly certified: bigint;
  readonly minted: bigint;
  readonly isRecalled: boolean;
}

export const lotOf = (reads: Reads, lot: string, at: At): Promise<ChainLot> =>
  reads.read<ChainLot>({ contract, fn: 'lotOf', args: [lot] }, at);

export const ask = <T>(reads: Reads, fn: string, args: readonly unknown[], at: At): Promise<T> =>
  reads.read<T>({ contract, fn, args }, at);

interface ChainSeat {
  readonly key: Hex;
  readonly isRetired: boolean;
  readonly isFrozen: boolean;
}

/** The registry's word: key 160 bits | class 8 | frozen 1. */
export async function seatOf(reads: Reads, seat: SeatNumber, at: At): Promise<ChainSeat> {
  const call = { contract: 'SeatRegistry', fn: 'wordsOf', args: [[seat]] };
  const [word = 0n] = await reads.read<bigint[]>(call, at);
  return {
    key: `0x${BigInt.asUintN(160, word).toString(16).padStart(40, '0')}`,
    isRetired: BigInt.asUintN(8, word >> 160n) === retiredClass,
    isFrozen: BigInt.asUintN(1, word >> 168n) === 1n,
  };
}

/** Whether the key served some seat before: what lies there is in the hands of whoever has that key. */
export const isFormerKey = async (reads: Reads, key: Hex, at: At): Promise<boolean> =>
  (await reads.read<bigint>({ contract: 'SeatRegistry', fn: 'formerSeatOf', args: [key] }, at)) !== 0n;

/** Why the seat is given nothing, undefined when it is. */
export function receivingRefusal({ key, isRetired }: ChainSeat): Readiness | undefined {
  if (key === zeroAddress) return notYet('seat_not_recorded');
  return isRetired ? never('seat_retired') : undefined;
}

/** Why the seat's signature does not count, undefined when it does. */
export function signingRefusal(seat: ChainSeat, signer: Hex | undefined): Readiness | undefined {
  if (seat.key !== zeroAddress && seat.key !== signer) return never('key_changed');
  return receivingRefusal(seat) ?? (seat.isFrozen ? notYet('seat_frozen') : undefined);
}

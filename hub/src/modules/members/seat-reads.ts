import type { DeclaredCall, Hex, Reads, SeatNumber } from '../../platform/ports/index.ts';

/** A seat as the registry's word has it. */
export interface SeatOnChain {
  /** Zero address for a seat that was never issued. */
  readonly key: Hex;
  readonly isRecorded: boolean;
  readonly isRetired: boolean;
  readonly isFrozen: boolean;
}

const retiredClass = 3n;

export const seatWordsCall: DeclaredCall = { contract: 'SeatRegistry', fn: 'wordsOf', inputs: ['uint24[]'] };

/** What the registry says of many seats, in one call. */
export async function seatsOnChain(
  reads: Reads,
  seats: readonly SeatNumber[],
  at: 'latest' | 'finalized',
): Promise<Map<SeatNumber, SeatOnChain>> {
  const asked = [...new Set(seats)];
  if (asked.length === 0) return new Map();
  const words = await reads.read<bigint[]>({ contract: 'SeatRegistry', fn: 'wordsOf', args: [asked] }, at);
  return new Map(asked.map((seat, index) => [seat, fromWord(words[index]!)]));
}

/** Key 160 bits | class 8 | frozen 1 (contracts/coop/registry/SeatWords.sol). */
const fromWord = (word: bigint): SeatOnChain => ({
  key: `0x${BigInt.asUintN(160, word).toString(16).padStart(40, '0')}`,
  isRecorded: word !== 0n,
  isRetired: BigInt.asUintN(8, word >> 160n) === retiredClass,
  isFrozen: BigInt.asUintN(1, word >> 168n) === 1n,
});

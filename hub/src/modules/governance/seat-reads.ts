import type { DeclaredCall, Hex, Readiness, Reads, SeatNumber } from '../../platform/ports/index.ts';

export type At = 'latest' | 'finalized';

export const ready: Readiness = { verdict: 'ready' };
export const never = (reason: string): Readiness => ({ verdict: 'never', reason });
export const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });

/** The registry's word of a seat (`SeatWords`). */
export interface SeatWord {
  readonly key: Hex;
  /** 1 resident, 2 guest, 3 retired. */
  readonly class: number;
  readonly isFrozen: boolean;
  /** Seconds since 1970. */
  readonly issuedAt: number;
}

export const wordsCall: DeclaredCall = { contract: 'SeatRegistry', fn: 'wordsOf', inputs: ['uint24[]'] };

const zeroKey: Hex = `0x${'00'.repeat(20)}`;
const resident = 1;
const retired = 3;

/** Key 160 bits | class 8 | frozen 8 | issued 40, of each seat in the order asked. */
export async function wordsOf(reads: Reads, seats: readonly SeatNumber[], at: At): Promise<SeatWord[]> {
  const words = await reads.read<bigint[]>({ contract: wordsCall.contract, fn: wordsCall.fn, args: [seats] }, at);
  return words.map((word) => ({
    key: `0x${BigInt.asUintN(160, word).toString(16).padStart(40, '0')}`,
    class: Number(BigInt.asUintN(8, word >> 160n)),
    isFrozen: BigInt.asUintN(8, word >> 168n) !== 0n,
    issuedAt: Number(BigInt.asUintN(40, word >> 176n)),
  }));
}

/** Why the seat cannot speak with that key now: some of it passes (`not-yet`), some never does. */
export function seatReadiness(word: SeatWord, signer: Hex): Readiness {
  if (word.class === retired) return never('seat_retired');
  if (word.key === zeroKey) return notYet('seat_not_recorded');
  if (word.class !== resident) return never('not_a_resident');
  if (word.key !== signer) return never('key_changed');
  return word.isFrozen ? notYet('seat_frozen') : ready;
}

/**
 * What the newest block says is only believed where it lets something through or asks to wait; that something can never
 * land must stand in a block that is final.
 */
export async function believed(look: (at: At) => Promise<Readiness[]>): Promise<Readiness[]> {
  const now = await look('latest');
  if (now.every(({ verdict }) => verdict !== 'never')) return now;
  const final = await look('finalized');
  return now.map((verdict, index) => {
    if (verdict.verdict !== 'never' || final[index]!.verdict === 'never') return verdict;
    return notYet('not_final_yet');
  });
}

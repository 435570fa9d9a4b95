import type { SeatNumber } from '../../../platform/ports/index.ts';
import type { ClaimRow } from './claim-rows.ts';

/** What a member asks of one article, in whole base units (pieces, grams): `atLeast ≤ want ≤ upTo`. */
export interface Claim {
  readonly seat: SeatNumber;
  /** With less they would rather have none. 0: any amount will do. */
  readonly atLeast: number;
  readonly want: number;
  /** So many they take, to fill a case. */
  readonly upTo: number;
  /** Oldest first: what they want adds up to `want`, what they tolerate to `upTo − want`. */
  readonly rows: readonly ClaimRow[];
  /** Which part of their wants they got lately, from 0 to 1; only *least served first* asks. */
  readonly servedShare?: number;
  /** What they pay for tolerated units of the order's other articles, in micro-units. */
  readonly borneMicros?: number;
}

/** Who gets what while there is not enough for everybody. */
export type Policy = 'first-come' | 'pro-rata' | 'least-served';

/** The whole building's one order of time: nobody's two claims share a place. */
export const placeOf = ({ rows }: Claim): number => rows[0]?.place ?? Number.MAX_SAFE_INTEGER;

export const byTime = (one: Claim, other: Claim): number => placeOf(one) - placeOf(other) || one.seat - other.seat;

export const totalOf = (claims: readonly Claim[], part: 'atLeast' | 'want' | 'upTo'): number =>
  claims.reduce((total, claim) => total + claim[part], 0);

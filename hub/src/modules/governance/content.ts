import { randomBytes } from 'node:crypto';
import type { Hex, SeatNumber } from '../../platform/ports/index.ts';
import { concat, fromHex, keccak, type ProposalContent, toHex, uintBytes } from '../../signing/index.ts';
import type { ProposalKind } from './governance.schema.ts';
import { keyOfName } from './numbers.ts';
import type { Change } from './proposals.store.ts';

const dayS = 86_400;
/** How long after the building's close ballots can reach the chain: a month without internet voids nothing. */
export const submissionS = 45 * dayS;
/** The governor takes nothing down later than this before the submission's end. */
export const latestRecordS = 3 * dayS;
/** How long a proposal that passed can be carried out. */
export const executionWindowS = 90 * dayS;

export const kindNumbers: Readonly<Record<ProposalKind, number>> = { text: 0, spending: 1, parameters: 2 };

export const secondsOf = (ms: number): number => Math.floor(ms / 1000);

const selectorOf = (signature: string): Uint8Array => keccak(signature).slice(0, 4);
const transferSelector = selectorOf('transfer(address,uint256)');
const setSelector = selectorOf('set(bytes32,uint256)');

/** A call of two words, as both kinds have them: selector, then each argument in 32 bytes. */
const callOf = (selector: Uint8Array, first: Hex, second: number): Hex =>
  toHex(concat(selector, new Uint8Array(32 - fromHex(first).length), fromHex(first), uintBytes(second, 32)));

export interface ContentPlace {
  readonly foodUsd: Hex;
  readonly parameters: Hex;
  /** Whom a spending without a seat pays. */
  readonly clearing: Hex;
}

/** What the proposal calls when it passes. */
export function callsOf(
  change: Change | undefined,
  place: ContentPlace,
  addressOf: (seat: SeatNumber) => Hex | undefined,
): { targets: Hex[]; calls: Hex[] } {
  if (!change) return { targets: [], calls: [] };
  if ('number' in change) {
    const { key, value } = change.number;
    return { targets: [place.parameters], calls: [callOf(setSelector, keyOfName(key), value)] };
  }
  const { amountMicros, toSeat } = change.spending;
  const payee = toSeat === undefined ? place.clearing : addressOf(toSeat);
  if (!payee) throw new Error(`seat ${toSeat} has no key`);
  return { targets: [place.foodUsd], calls: [callOf(transferSelector, payee, amountMicros)] };
}

/** What goes to the chain of the texts: a salted hash, from which nobody learns or guesses them. */
export const textHashOf = (salt: Hex, texts: readonly string[]): Hex =>
  toHex(keccak(fromHex(salt), JSON.stringify(texts)));

export const newSalt = (): Hex => toHex(randomBytes(32));

/** The times of a proposal that opens now, in seconds since 1970. */
export function timesOf(nowMs: number, openForDays: number) {
  const opensAt = secondsOf(nowMs);
  const closesAt = opensAt + openForDays * dayS;
  return { opensAt, closesAt, submissionEnd: closesAt + submissionS };
}

/** When a proposal that passed can be carried out at the earliest, UTC ms. */
export const executesAtMs = (content: Pick<ProposalContent, 'submissionEnd'>, delayS: number): number =>
  (content.submissionEnd + delayS) * 1000;

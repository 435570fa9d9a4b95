/** What the money's model speaks of: accounts, seats, signed messages, and why one of them is not carried out. */

/** Why an item of a batch is not carried out. */
export const defect = {
  unknownSeat: 1,
  seatFrozen: 2,
  used: 3,
  expired: 4,
  badAmount: 5,
  wrongSigner: 6,
  unfunded: 7,
  overLimit: 8,
  aboveReserve: 9,
  overAllowance: 10,
  retired: 11,
  badReceiver: 12,
} as const;

export type State = 'none' | 'pending' | 'paid' | 'restored';

export class Account {
  balance = 0n;
  frozen = false;
  member = false;
  ownLimit = 0n;
  spent = 0n;
  spentOn = -1;
  /** What the owner allowed the book of orders to take. */
  allowance = 0n;
  raise: { to: bigint; at: number } | undefined;
  limitRevision = 0;
}

export interface Seat {
  key: string;
  frozen: boolean;
  retired: boolean;
  /** Number of the last message about its key. */
  keyRevision: number;
  freezeRevision: number;
  change: { newKey: string; at: number; isRecovery: boolean } | undefined;
}

/** What a message says and who signed exactly that; nobody when it was signed for something else. */
export interface Signed {
  readonly seat: number;
  readonly amount: bigint;
  readonly validUntil: number;
  readonly signer: string | undefined;
}
export interface Deposit extends Signed {
  readonly ref: string;
}
export interface SignedTransfer extends Signed {
  readonly to: string;
  readonly nonce: number;
}
export interface Redeem extends Signed {
  readonly ref: string;
}
export interface Spend extends Signed {
  readonly maxAmount: bigint;
}

/** What a batch met, item by item; an item without a defect was carried out. */
export type Found = number[][];

import type { Hex, SignedMessage } from '../platform/ports/index.ts';

/** One field of an EIP-712 struct; only the static types that our messages use, plus `bytes32`. */
export interface Field {
  readonly name: string;
  readonly type: 'address' | 'bytes32' | `uint${number}`;
}

/** Whose contract verifies the message: the domain's `verifyingContract`. */
export type Verifier = 'FoodUSD';

export interface Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly verifyingContract: Hex;
}

const fields = (list: string): Field[] =>
  list.split(',').map((part) => {
    const [type, name] = part.split(' ') as [Field['type'], string];
    return { type, name };
  });

/** Every message that moves money or speaks for an officer. The order of fields is part of the signature. */
export const messageTypes = {
  Spend: fields(
    'address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode',
  ),
  Closing: fields('bytes32 subject,bytes32 termsHash,bytes32 itemsHash,uint64 total,address payee'),
  Mint: fields('uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil'),
  Attestation: fields('uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt'),
  Terms: fields('address payee,address closer,uint64 target,uint64 ceiling,uint40 deadline,bytes32 detailsHash'),
} as const satisfies Record<string, readonly Field[]>;

export type MessageType = keyof typeof messageTypes;

/** How a `Spend` may be used: the amount as signed, or at most that much under a signed `Closing`. */
export const spendMode = { exact: 0, atMost: 1 } as const;

export function foodUsdDomain(chainId: number, foodUsd: Hex): Domain {
  return { name: 'Food USD', version: '1', chainId, verifyingContract: foodUsd };
}

export interface Spend {
  readonly book: Hex;
  readonly subject: Hex;
  readonly termsHash: Hex;
  readonly seat: number;
  readonly maxAmount: number;
  readonly revision: number;
  /** Seconds since 1970. */
  readonly validUntil: number;
  readonly mode: number;
}

export interface Terms {
  readonly payee: Hex;
  readonly closer: Hex;
  readonly target: number;
  readonly ceiling: number;
  /** Seconds since 1970. */
  readonly deadline: number;
  readonly detailsHash: Hex;
}

export interface Closing {
  readonly subject: Hex;
  readonly termsHash: Hex;
  readonly itemsHash: Hex;
  readonly total: number;
  readonly payee: Hex;
}

export interface Mint {
  readonly seat: number;
  readonly amount: number;
  readonly depositRef: Hex;
  readonly validUntil: number;
}

export interface Attestation {
  readonly reserve: number;
  readonly documentHash: Hex;
  readonly sequence: number;
  readonly takenAt: number;
}

interface Fields {
  Spend: Spend;
  Closing: Closing;
  Mint: Mint;
  Attestation: Attestation;
  Terms: Terms;
}

/** A message as it is kept in an intent. Amounts are safe integers, so JSON keeps them exactly. */
export function message<T extends MessageType>(type: T, value: Fields[T]): SignedMessage {
  return { type, fields: { ...value } };
}

/** The fields of a kept message, typed. Throws when it is of another type. */
export function fieldsOf<T extends MessageType>(kept: SignedMessage, type: T): Fields[T] {
  if (kept.type !== type) throw new Error(`signing: expected a ${type}, found a ${kept.type}`);
  return kept.fields as unknown as Fields[T];
}

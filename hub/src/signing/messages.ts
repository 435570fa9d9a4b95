import type { Hex, SignedMessage } from '../platform/ports/index.ts';

/** One field of an EIP-712 struct: the types that our messages use, and lists of the structs below. */
export interface Field {
  readonly name: string;
  readonly type: 'address' | 'bytes32' | 'bytes' | `uint${number}` | 'address[]' | 'bytes[]' | `${StructType}[]`;
}

/** Structs inside messages; none of them holds another one. */
export type StructType = 'Seat';

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

export const structTypes: Readonly<Record<StructType, readonly Field[]>> = {
  Seat: fields('uint24 seat,address key,uint8 class,bytes32 dwelling'),
};

/** Every message that moves money or speaks for an officer. The order of fields is part of the signature. */
export const messageTypes = {
  // FoodUSD
  Spend: fields(
    'address book,bytes32 subject,bytes32 termsHash,uint24 seat,uint64 maxAmount,uint32 revision,uint40 validUntil,uint8 mode',
  ),
  Closing: fields('bytes32 subject,bytes32 termsHash,bytes32 itemsHash,uint64 total,address payee'),
  Mint: fields('uint24 seat,uint64 amount,bytes32 depositRef,uint40 validUntil'),
  Attestation: fields('uint64 reserve,bytes32 documentHash,uint64 sequence,uint40 takenAt'),
  Terms: fields('address payee,address closer,uint64 target,uint64 ceiling,uint40 deadline,bytes32 detailsHash'),
  Transfer: fields('uint24 seat,address to,uint64 amount,uint32 nonce,bytes32 reasonHash,uint40 validUntil'),
  DailyLimit: fields('uint24 seat,uint64 limit,uint32 revision,uint40 validUntil'),
  Redeem: fields('uint24 seat,uint64 amount,bytes32 redemptionRef,uint40 validUntil'),
  Payout: fields('bytes32 redemptionRef,bytes32 documentHash,uint40 validUntil'),
  Restore: fields('bytes32 redemptionRef,bytes32 caseHash,uint40 validUntil'),
  // SeatRegistry
  Issue: fields('Seat[] seats,uint40 validUntil'),
  ChangeKey: fields('uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil'),
  RecoverKey: fields('uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil'),
  CancelKeyChange: fields('uint24 seat,uint32 revision,uint40 validUntil'),
  Rotate: fields('address[] board,uint8 threshold,uint32 revision,uint40 validUntil'),
  // Board
  Call: fields('address target,bytes data,bytes32 salt,uint40 validUntil'),
  // CoopGovernor
  Proposal: fields(
    'uint24 proposer,uint8 kind,bytes32 textHash,address[] targets,bytes[] calls,uint40 opensAt,uint40 closesAt,uint40 submissionEnd,bytes32 salt',
  ),
  Ballot: fields('bytes32 proposal,uint24 seat,uint8 support,uint8 votes,uint8 revision'),
  Retire: fields('uint24 seat,bytes32 caseHash,uint40 validUntil'),
  // GroToken
  Certify: fields('bytes32 farm,uint32 harvestDay,uint32 serial,uint64 grams,bytes32 documentHash,uint40 validUntil'),
  Harvest: fields('uint256 lot,uint24 seat,uint64 grams,bytes32 ref,uint40 validUntil'),
  Recall: fields('uint256 lot,bytes32 caseHash,uint40 validUntil'),
  Consume: fields('uint24 seat,uint256 lot,uint64 grams,bytes32 reasonHash,uint32 nonce,uint40 validUntil'),
  Shift: fields('uint24 seat,uint16 shifts,bytes32 ref,uint40 validUntil'),
  GroTransfer: fields(
    'uint24 seat,address to,uint256 id,uint64 amount,bytes32 dataHash,uint32 nonce,uint40 validUntil',
  ),
} as const satisfies Record<string, readonly Field[]>;

export type MessageType = keyof typeof messageTypes;

/** What a message is called inside its signature, where that is not its name here: two contracts have a `Transfer`. */
const primaryTypes: Partial<Record<MessageType, string>> = { GroTransfer: 'Transfer' };

/** The message's EIP-712 primary type. */
export const primaryTypeOf = (type: MessageType): string => primaryTypes[type] ?? type;

/**
 * How a `Spend` may be used: the amount as signed; at most that much under a signed `Closing`; or as signed and before the
 * order's target is met, kept in the book and given back if it never is.
 */
export const spendMode = { exact: 0, atMost: 1, escrow: 2 } as const;

const domainNames = {
  FoodUSD: 'Food USD',
  SeatRegistry: 'Stoop Seats',
  Board: 'Stoop Board',
  GroToken: 'Gro Token',
  CoopGovernor: 'Stoop Votes',
} as const;

/** Whose contract verifies the message: the domain's `verifyingContract`. */
export type Verifier = keyof typeof domainNames;

export function domainOf(verifier: Verifier, chainId: number, verifyingContract: Hex): Domain {
  return { name: domainNames[verifier], version: '1', chainId, verifyingContract };
}

export const foodUsdDomain = (chainId: number, foodUsd: Hex): Domain => domainOf('FoodUSD', chainId, foodUsd);

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

export interface Transfer {
  readonly seat: number;
  readonly to: Hex;
  readonly amount: number;
  /** Any that the seat has not used; they need not rise. */
  readonly nonce: number;
  readonly reasonHash: Hex;
  readonly validUntil: number;
}

/** What may leave a seat's account in a day. */
export interface DailyLimit {
  readonly seat: number;
  readonly limit: number;
  /** Higher than that of the account's last message about its limit. */
  readonly revision: number;
  readonly validUntil: number;
}

export interface Redeem {
  readonly seat: number;
  readonly amount: number;
  readonly redemptionRef: Hex;
  readonly validUntil: number;
}

export interface Payout {
  readonly redemptionRef: Hex;
  readonly documentHash: Hex;
  readonly validUntil: number;
}

export interface Restore {
  readonly redemptionRef: Hex;
  readonly caseHash: Hex;
  readonly validUntil: number;
}

export interface Issue {
  readonly seats: readonly NewSeat[];
  readonly validUntil: number;
}

export interface NewSeat {
  readonly seat: number;
  readonly key: Hex;
  /** 1 resident, 2 guest. */
  readonly class: number;
  readonly dwelling: Hex;
}

/** A key change by the seat's old key (`ChangeKey`) or by the board (`RecoverKey`). */
export interface KeyChange {
  readonly seat: number;
  readonly oldKey: Hex;
  readonly newKey: Hex;
  /** One more than that of the seat's last message about its key. */
  readonly revision: number;
  readonly validUntil: number;
}

export interface CancelKeyChange {
  readonly seat: number;
  readonly revision: number;
  readonly validUntil: number;
}

/** A seat that is ended for good. */
export interface Retire {
  readonly seat: number;
  readonly caseHash: Hex;
  readonly validUntil: number;
}

/** A certifier's word on a lot of produce. */
export interface Certify {
  /** Keyed commitment to where it grew. */
  readonly farm: Hex;
  /** Days since 1970. */
  readonly harvestDay: number;
  readonly serial: number;
  readonly grams: number;
  readonly documentHash: Hex;
  readonly validUntil: number;
}

/** So much of a certified lot is this seat's; the lot's certifier signs. */
export interface Harvest {
  /** The lot's id (uint256) as a decimal string. */
  readonly lot: string;
  readonly seat: number;
  readonly grams: number;
  readonly ref: Hex;
  readonly validUntil: number;
}

export interface Recall {
  /** The lot's id (uint256) as a decimal string. */
  readonly lot: string;
  readonly caseHash: Hex;
  readonly validUntil: number;
}

export interface Consume {
  readonly seat: number;
  /** The lot's id (uint256) as a decimal string. */
  readonly lot: string;
  readonly grams: number;
  /** Keyed commitment, never the reason's text. */
  readonly reasonHash: Hex;
  /** Any that the seat has not used for a `Consume`. */
  readonly nonce: number;
  readonly validUntil: number;
}

/** A steward's word on work that a seat did. */
export interface Shift {
  readonly seat: number;
  readonly shifts: number;
  readonly ref: Hex;
  readonly validUntil: number;
}

/** A holder's `Transfer` of GRO (id 0, micro-units) or of a lot (grams); its data is signed by its hash. */
export interface GroTransfer {
  readonly seat: number;
  readonly to: Hex;
  /** uint256 as a decimal string: `0` for GRO, else the lot's id. */
  readonly id: string;
  readonly amount: number;
  readonly dataHash: Hex;
  /** Any that the seat has not used for a `Transfer` of this token. */
  readonly nonce: number;
  readonly validUntil: number;
}

/** A proposal's content; its struct hash is its id on chain. Times in seconds since 1970. */
export interface ProposalContent {
  readonly proposer: number;
  /** 0 text, 1 spending, 2 parameters, 3 roles and upgrades. */
  readonly kind: number;
  readonly textHash: Hex;
  readonly targets: readonly Hex[];
  readonly calls: readonly Hex[];
  readonly opensAt: number;
  readonly closesAt: number;
  readonly submissionEnd: number;
  readonly salt: Hex;
}

export interface Ballot {
  readonly proposal: Hex;
  readonly seat: number;
  /** 0 against, 1 for, 2 abstain. */
  readonly support: number;
  /** 1 to 7; they cost their square in credits. */
  readonly votes: number;
  /** Higher than that of the seat's ballot before; 255 is final. */
  readonly revision: number;
}

/** Another board in the place of the present one; both sign it. */
export interface Rotate {
  readonly board: readonly Hex[];
  readonly threshold: number;
  /** One more than the registry's `boardRevision`. */
  readonly revision: number;
  readonly validUntil: number;
}

/** What the board has its own account call. */
export interface BoardCall {
  readonly target: Hex;
  readonly data: Hex;
  readonly salt: Hex;
  readonly validUntil: number;
}

interface Fields {
  Spend: Spend;
  Closing: Closing;
  Mint: Mint;
  Attestation: Attestation;
  Terms: Terms;
  Transfer: Transfer;
  DailyLimit: DailyLimit;
  Redeem: Redeem;
  Payout: Payout;
  Restore: Restore;
  Issue: Issue;
  ChangeKey: KeyChange;
  RecoverKey: KeyChange;
  CancelKeyChange: CancelKeyChange;
  Rotate: Rotate;
  Call: BoardCall;
  Retire: Retire;
  Certify: Certify;
  Harvest: Harvest;
  Recall: Recall;
  Consume: Consume;
  Shift: Shift;
  GroTransfer: GroTransfer;
  Proposal: ProposalContent;
  Ballot: Ballot;
}

/** A message as it is kept in an intent. Amounts are safe integers, so JSON keeps them exactly. */
export function message<T extends MessageType>(type: T, value: Fields[T]): SignedMessage {
  return { type, fields: { ...value } as SignedMessage['fields'] };
}

/** The fields of a kept message, typed. Throws when it is of another type. */
export function fieldsOf<T extends MessageType>(kept: SignedMessage, type: T): Fields[T] {
  if (kept.type !== type) throw new Error(`signing: expected a ${type}, found a ${kept.type}`);
  return kept.fields as unknown as Fields[T];
}

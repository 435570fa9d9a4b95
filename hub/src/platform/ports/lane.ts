import type { Reader, Tx } from './store.ts';
import type { Hex, SeatNumber } from './values.ts';

export type IntentState = 'signed' | 'queued' | 'sent' | 'landed' | 'final' | 'void';

/** A signature that entitles an intent: a member's, an officer's, or the hub's own. */
export interface Authorisation {
  readonly by: 'member' | 'officer' | 'hub';
  readonly seat?: SeatNumber;
  readonly address: Hex;
  readonly signature: Hex;
  /** What was signed when it is not the intent's own message, e.g. an order's `Closing`. */
  readonly message?: SignedMessage;
}

export interface SignedMessage {
  /** `Spend`, `Mint`, `Attestation`, `Closing`, … (see signing/messages.ts). */
  readonly type: string;
  /** Field values; 64-bit and larger integers as decimal strings so that it survives JSON. */
  readonly fields: Readonly<Record<string, FieldValue>>;
}

export type SignedStruct = Readonly<Record<string, string | number>>;
/** A plain value, or a list of structs. */
export type FieldValue = string | number | readonly SignedStruct[];

export interface Intent {
  readonly id: string;
  readonly lane: string;
  /** The chain's subject (bytes32): what the nullifier is keyed to. */
  readonly subject: Hex;
  readonly seat?: SeatNumber;
  readonly message: SignedMessage;
  readonly authorisations: readonly Authorisation[];
  readonly notBeforeMs: number;
  readonly validUntilMs: number;
  /** Intents that must be final first. */
  readonly after: readonly string[];
  readonly state: IntentState;
  readonly reason?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A contract call as plain values; `chain` turns it into bytes and checks names and types at start. */
export interface Call {
  readonly contract: string;
  readonly fn: string;
  readonly args: readonly unknown[];
}

/** A function that is called or read; `inputs` are its Solidity types in order, tuples written out. */
export interface DeclaredCall {
  readonly contract: string;
  readonly fn: string;
  readonly inputs?: readonly string[];
}

/** Reads of chain state. `at` is a tag: decisions use `finalized`. */
export interface Reads {
  read<T>(call: Call, at: 'latest' | 'finalized'): Promise<T>;
  /** False: other chain id, other genesis, missing code, or no line. */
  isOnline(): boolean;
}

export type Readiness =
  | { readonly verdict: 'ready' }
  | { readonly verdict: 'not-yet' | 'never'; readonly reason: string };

export interface LanePolicy {
  readonly batchMax: number;
  readonly longestWaitMs: number;
}

/** How one kind of intent reaches the outside. Declared by the module whose business it is. */
export interface Lane {
  readonly name: string;
  readonly carrier: string;
  /** Lanes drain in this order: registry 10, mint 20, transfer 30, lock 40, proposal 50, spend 60, ballot 70. */
  readonly rank: number;
  readonly policy: LanePolicy;
  /** What it calls and reads on chain: checked against the contracts before anything is sent. */
  readonly calls?: readonly DeclaredCall[];
  /** Items that must travel together (an order's spends); the key of their group. */
  groupOf(intent: Intent): string;
  /** Looks at chain state before anything is spent on sending. One verdict per item, same order. */
  preflight(items: readonly Intent[], reads: Reads): Promise<readonly Readiness[]>;
  /** Items become one call. Pure over the reader: the same items give the same call. */
  prepare(items: readonly Intent[], reader: Reader): Call;
  /** Which items have landed, from state. Only this decides. */
  landed(items: readonly Intent[], reads: Reads, at: 'latest' | 'finalized'): Promise<readonly boolean[]>;
  /** The item is final: post what follows. */
  settled(tx: Tx, intent: Intent): void;
  /** A restored store has read all that landed; `settled` was called for it in this transaction. What is left over ends here. */
  caughtUp?(tx: Tx): void;
  /** The item will never land: put its money where it belongs. */
  voided(tx: Tx, intent: Intent, reason: string): void;
}

/** An attempt: the exact bytes, kept before they leave. */
export interface Attempt {
  readonly id: string;
  readonly lane: string;
  readonly carrier: string;
  readonly intentIds: readonly string[];
  /** The raw bytes to be sent. */
  readonly payload: Hex;
  /** How to find out whether it landed, e.g. the transaction hash. */
  readonly locator: string;
  readonly senderNonce: number;
  readonly state: 'prepared' | 'sent' | 'mined' | 'final' | 'dropped';
  readonly createdAtMs: number;
}

/** Carries attempts to one outside. prepare → (stored) → perform → probe; only probe decides. */
export interface Carrier {
  readonly name: string;
  /** Whose nonces `prepare` uses; left out when it is always the same. A restored hub's may be another one. */
  sender?(): Promise<string>;
  /** Builds and signs the exact bytes. Does not send. `highestNonce`: of this sender, stored and not free again. */
  prepare(
    call: Call,
    used: { highestNonce: number },
  ): Promise<{ payload: Hex; locator: string; senderNonce: number; costWei: bigint }>;
  perform(attempt: Attempt): Promise<void>;
  /** What became of it, from the outside's own records. `gone`: can never land (its nonce was used by another). */
  probe(
    attempt: Attempt,
  ): Promise<{ outcome: 'unknown' | 'mined' | 'final' | 'failed' | 'gone'; gasUsed?: number; blockNumber?: number }>;
  readonly reads: Reads;
  /** Undefined when it can carry; otherwise why not, for people. */
  unavailable(): Promise<string | undefined>;
}

/** Where the building stands on its chain. Undefined everywhere until the contracts are deployed. */
export interface OnChain {
  readonly chainId: number;
  readonly hubId: Hex;
  readonly foodUsd: Hex;
  readonly groupBuying: Hex;
  readonly seatRegistry: Hex;
  /** Every contract of the deployment by its name; an older building may lack some. */
  readonly contracts: Readonly<Record<string, Hex>>;
  /** The co-op's clearing account: by default the payee of every order. */
  readonly clearing: Hex;
}

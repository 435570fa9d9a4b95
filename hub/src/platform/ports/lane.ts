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
/** A plain value, or a list of texts or of structs. */
export type FieldValue = string | number | readonly string[] | readonly SignedStruct[];

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
  /** It should have left by then, e.g. some time before its order closes on chain. */
  readonly urgentAtMs?: number;
  /** When it was handed to its lane for the first time: its waiting counts from here. */
  readonly queuedAtMs?: number;
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

/** How patient a lane is. What waits leaves at the latest when its time is up, whatever it costs then. */
export interface LanePolicy {
  /** Items of one attempt; 10–50 unless the outside is made for more. A full batch leaves at once. */
  readonly batchMax: number;
  /** How long the oldest may wait for a fuller batch and a cheaper hour; the building's patience multiplies it. */
  readonly longestWaitMs: number;
  /** A batch that is dearer per item waits, though never past the longest wait or an item's validity. */
  readonly costCeilingWei?: bigint;
  /** A further attempt may leave while one is under way: what they do cannot get into each other's way, but by seat. */
  readonly isParallel?: boolean;
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
  /** Looks at chain state before anything is spent on sending. One verdict per item, same order; a batch is of one asking. */
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

/** One form of an attempt: same place, same effect (or none), other terms. */
export interface AttemptVersion {
  readonly payload: Hex;
  readonly locator: string;
  /** It only takes the attempt's place and does nothing. */
  readonly isCancel?: boolean;
}

/** An attempt: the exact bytes, kept before they leave. */
export interface Attempt {
  readonly id: string;
  readonly lane: string;
  readonly carrier: string;
  readonly intentIds: readonly string[];
  /** The raw bytes to be sent: those of the newest version. */
  readonly payload: Hex;
  /** How to find out whether it landed, e.g. the transaction hash. */
  readonly locator: string;
  /** The versions before the newest, oldest first: any of them may still land. */
  readonly earlier?: readonly AttemptVersion[];
  /** The newest version does nothing. */
  readonly isCancel?: boolean;
  readonly senderNonce: number;
  readonly state: 'prepared' | 'sent' | 'mined' | 'final' | 'dropped';
  readonly createdAtMs: number;
  /** When the newest version was made. */
  readonly versionAtMs?: number;
}

/** Bytes that are ready to leave, and what they may cost: at most, and likely. */
export interface Prepared {
  readonly payload: Hex;
  readonly locator: string;
  readonly senderNonce: number;
  readonly costWei: bigint;
  readonly likelyWei?: bigint;
}

export interface Probed {
  /** `gone`: no version can ever land (their place was used by another). */
  readonly outcome: 'unknown' | 'mined' | 'final' | 'failed' | 'gone';
  /** Which version it was; left out: the newest. */
  readonly locator?: string;
  readonly gasUsed?: number;
  readonly paidWei?: bigint;
  readonly blockNumber?: number;
}

/** Carries attempts to one outside. prepare → (stored) → perform → probe; only probe decides. */
export interface Carrier {
  readonly name: string;
  /** How many attempts may be under way at once; one when left out. */
  readonly inFlightMax?: number;
  /** What it may spend in 24 hours; beyond that only what the treasurer presses leaves. */
  readonly dailyCapWei?: bigint;
  /** Whose nonces `prepare` uses; left out when it is always the same. A restored hub's may be another one. */
  sender?(): Promise<string>;
  /** Builds and signs the exact bytes. Does not send. `highestNonce`: of this sender, stored and not free again. */
  prepare(call: Call, used: { highestNonce: number }): Promise<Prepared>;
  perform(attempt: Attempt): Promise<void>;
  /** What became of it, from the outside's own records: whichever of its versions landed. */
  probe(attempt: Attempt): Promise<Probed>;
  /** What the call would likely cost now. Throws as `prepare` does. Left out: nothing. */
  quote?(call: Call): Promise<{ readonly gas: bigint; readonly costWei: bigint }>;
  /** Whether it pays to send now rather than to wait, `latestMs` at the longest. Left out: always. */
  isCheap?(latestMs: number): boolean;
  /** For an attempt that has not landed for too long: bytes for the same place on better terms; undefined while its own will do. */
  replace?(attempt: Attempt): Promise<Prepared | undefined>;
  /** Bytes that take the attempt's place and do nothing. */
  cancel?(attempt: Attempt): Promise<Prepared>;
  /** Bytes that do nothing, for the first empty place that keeps these attempts from landing; undefined when there is none. */
  fillGap?(open: readonly Attempt[]): Promise<Prepared | undefined>;
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

import type { Reader } from './store.ts';
import type { Actor, Hex } from './values.ts';

/** Whose signature a message of the building's business needs, besides members'. `clearing`: the co-op's own account. */
export type Office = 'board' | 'minter' | 'attestor' | 'certifier' | 'steward' | 'guardian' | 'clearing';

/**
 * Officers' keys. In a real building none is held here: `sign` answers none and the message waits for the officers' own
 * wallets. The demonstration building holds them under a passphrase, and says so; while they are locked it is as in a real one.
 */
export interface Officers {
  /** Who may sign for the office, lower-case addresses. The board's are the registry's to tell in a real building. */
  addressesOf(office: Office): readonly Hex[];
  /** The signatures of the keys held here, ascending by address. */
  sign(office: Office, digest: Uint8Array): readonly { address: Hex; signature: Hex }[];
}

/** The lock of officers' keys that the hub holds. */
export interface OfficerKeys {
  /** `remainingMs` is without end where a test or a drill keeps them open. */
  state(): { readonly isOpen: false } | { readonly isOpen: true; readonly remainingMs: number };
  /** For a bounded time. Throws `wrong_passphrase`, `too_many_requests`, `busy`. */
  unlock(passphrase: string): Promise<void>;
  /** Until the hub stops: founding, tests and drills. */
  keepOpen(passphrase: string): Promise<void>;
  lock(): void;
}

/** A message that waits for officers' own wallets. */
export interface OfficerMessage {
  readonly id: string;
  readonly office: Office;
  /** EIP-712 as `eth_signTypedData_v4` takes it. */
  readonly typedData: object;
  /** Whose signatures are there already, lower-case addresses. */
  readonly signedBy: readonly Hex[];
  /** What the bytes in it mean, for people: an office's change. */
  readonly about?: Readonly<Record<string, string>>;
}

/** What of a module's messages waits for keys that no hub holds. */
export interface OfficerMessages {
  unsigned(reader: Reader): readonly OfficerMessage[];
  /** Whether the message is this module's and still wants a signature. */
  isUnsigned(reader: Reader, id: string): boolean;
  /** Throws `not_allowed` when the signer holds no such office, `not_found`, `already_exists`. */
  authorise(actor: Actor, id: string, signature: Hex, idempotencyKey?: string): Promise<void>;
}

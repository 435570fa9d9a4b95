import type { Hex } from '../../platform/ports/index.ts';

export type Office = 'minter' | 'attestor';

/**
 * Officers' keys. In a real building none is held here: `sign` answers undefined and the message waits for the
 * officer's own wallet. The demonstration building holds them, and says so.
 */
export interface Officers {
  /** Who may sign for the office, lower-case addresses. */
  addressesOf(office: Office): readonly Hex[];
  /** The signature of a key held here, or undefined. */
  sign(office: Office, digest: Uint8Array): { address: Hex; signature: Hex } | undefined;
}

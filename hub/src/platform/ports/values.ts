/** Micro-units of a currency (1 FUSD = 1_000_000), always a safe integer checked at the edge. */
export type Micros = number & { readonly __unit: 'micros' };

/** A seat's number in the registry (uint24). Every limit, vote and nullifier is keyed to it. */
export type SeatNumber = number;

/** 0x-prefixed lower-case hex. */
export type Hex = `0x${string}`;

export type Role =
  | 'resident'
  | 'guest'
  | 'coordinator'
  | 'gardener'
  | 'certifier'
  | 'creator'
  | 'treasurer'
  | 'board'
  | 'maintainer';

export type DeviceKind = 'kiosk' | 'phone';

/** Who acts. `device` is the approved browser's id; a device may be known while nobody is signed in. */
export interface Actor {
  readonly seat?: SeatNumber;
  readonly roles: readonly Role[];
  readonly deviceId?: string;
  readonly deviceKind?: DeviceKind;
  readonly sessionId?: string;
  /** Set for the hub's own work (jobs, watcher, command line): its name, shown in the audit. */
  readonly system?: string;
}

export const nobody: Actor = { roles: [] };

/** The hub acting for itself. */
export const system = (name: string): Actor => ({ roles: [], system: name });

import type { OtherNetwork } from './networks.ts';
import type { ParameterValue } from './parameters.ts';

/** A seat that is issued with the registry. */
export interface FoundingSeat {
  readonly seat: number;
  readonly key: string;
  /** 1 resident, 2 guest. */
  readonly class: number;
  /** Keyed commitment to a resident's dwelling, 32 bytes; zeros for a guest. */
  readonly dwelling: string;
  /** False for a member's own wallet; true, or left out, when the hub made the key. */
  readonly heldByHub?: boolean;
}

/** What a deployment binds. Addresses in any case; amounts in micro-units; times in seconds. */
export interface DeployConfig {
  /** 32 bytes of the building's own: the first part of every subject. */
  readonly hubId: string;
  readonly board: readonly string[];
  readonly threshold: number;
  readonly seats: readonly FoundingSeat[];
  /** How many residents' seats one dwelling may have. */
  readonly votingSeatsPerDwelling: number;
  readonly minters: readonly string[];
  readonly attestors: readonly string[];
  readonly relayers: readonly string[];
  /** Who may pause the money and cancel proposals. */
  readonly guardians: readonly string[];
  /** Who certify produce. */
  readonly certifiers: readonly string[];
  /** Who write down shifts. */
  readonly stewards: readonly string[];
  readonly defaultDailyLimitMicros: number;
  /** What each minter may have minted in a day (UTC). */
  readonly minterDailyAllowanceMicros: number;
  /** How long minters, attestors, certifiers, stewards and roles stay announced before they take effect. */
  readonly adminDelaySeconds: number;
  /** Values and bounds in place of the defaults, by name. */
  readonly parameters?: Readonly<Record<string, Partial<ParameterValue>>>;
  /** Keys besides seats' that the hub made or keeps: no officer's outside `dev`. */
  readonly heldByHub?: readonly string[];
  /** Chains that have no name here. */
  readonly networks?: Readonly<Record<string, OtherNetwork>>;
}

/** `deployments/<chainId>.json`. */
export interface Deployment {
  readonly chainId: number;
  readonly genesisHash: string;
  readonly contracts: Readonly<Record<DeployedName, string>>;
  /** None of the contracts is older than this block. */
  readonly deployedAtBlock: number;
  readonly hubId: string;
}

/** The building's contracts by the name under which they are found; for an upgradeable one its proxy. */
export const deployedNames = [
  'SeatRegistry',
  'FoodUSD',
  'GroupBuying',
  'GroToken',
  'SeatLock',
  'CoopGovernor',
  'Parameters',
  'Board',
  'AccessManager',
] as const;
export type DeployedName = (typeof deployedNames)[number];

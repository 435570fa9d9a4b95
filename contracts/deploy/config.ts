import { getAddress, isHexString } from 'ethers';

/** A seat that is issued with the registry. */
export interface FoundingSeat {
  readonly seat: number;
  readonly key: string;
  /** 1 resident, 2 guest. */
  readonly class: number;
  /** Keyed commitment to a resident's dwelling, 32 bytes; zeros for a guest. */
  readonly dwelling: string;
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
  readonly defaultDailyLimitMicros: number;
  /** What each minter may mint in a day (UTC). */
  readonly minterDailyAllowanceMicros: number;
  /** How long upgrades, minters, attestors and roles stay announced before they take effect. */
  readonly adminDelaySeconds: number;
}

/** `deployments/<chainId>.json`. */
export interface Deployment {
  readonly chainId: number;
  readonly genesisHash: string;
  readonly contracts: {
    readonly SeatRegistry: string;
    readonly FoodUSD: string;
    readonly GroupBuying: string;
    readonly Board: string;
    readonly AccessManager: string;
  };
  readonly deployedAtBlock: number;
  readonly hubId: string;
}

/** Below this the delay protects nobody; the demonstration chain alone may go lower. */
export const SHORTEST_ADMIN_DELAY_SECONDS = 7 * 24 * 3600;

const addresses = (name: string, list: readonly string[], least: number): string[] => {
  if (!Array.isArray(list) || list.length < least) throw new Error(`${name}: needs at least ${least}`);
  const checked = list.map((each) => getAddress(each));
  if (new Set(checked).size !== checked.length) throw new Error(`${name}: the same address stands twice`);
  return checked;
};

/** Checks a configuration before anything is sent. Throws an Error that names the key. */
export function checkConfig(config: DeployConfig, allowShortDelay: boolean): DeployConfig {
  if (!isHexString(config.hubId, 32)) throw new Error('hubId: must be 32 bytes of hex');
  const board = addresses('board', config.board, 3);
  if (!(config.threshold >= 2 && config.threshold <= board.length)) {
    throw new Error(`threshold: must be 2 to ${board.length}`);
  }
  const minters = addresses('minters', config.minters, 1);
  const attestors = addresses('attestors', config.attestors, 1);
  const relayers = addresses('relayers', config.relayers, 1);
  for (const [one, other] of [
    [minters, attestors],
    [minters, relayers],
    [attestors, relayers],
  ] as const) {
    const shared = one.find((each) => other.includes(each));
    if (shared) throw new Error(`minters, attestors, relayers: ${shared} stands in two of them`);
  }
  const seats = config.seats.map((each) => ({ ...each, key: getAddress(each.key) }));
  addresses(
    'seats',
    seats.map((each) => each.key),
    0,
  );
  for (const each of seats) {
    if (!isHexString(each.dwelling, 32))
      throw new Error(`seats: the dwelling of seat ${each.seat} must be 32 bytes of hex`);
  }
  if (!(config.votingSeatsPerDwelling >= 1 && config.votingSeatsPerDwelling <= 255)) {
    throw new Error('votingSeatsPerDwelling: must be 1 to 255');
  }
  for (const key of ['defaultDailyLimitMicros', 'minterDailyAllowanceMicros'] as const) {
    if (!(Number.isSafeInteger(config[key]) && config[key] > 0)) {
      throw new Error(`${key}: must be a whole number of micro-units, more than 0`);
    }
  }
  if (!allowShortDelay && config.adminDelaySeconds < SHORTEST_ADMIN_DELAY_SECONDS) {
    throw new Error(`adminDelaySeconds: must be at least ${SHORTEST_ADMIN_DELAY_SECONDS}`);
  }
  return { ...config, board, minters, attestors, relayers, seats };
}

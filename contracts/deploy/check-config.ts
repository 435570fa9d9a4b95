import { readFileSync } from 'node:fs';
import { getAddress, isHexString, keccak256, toUtf8Bytes } from 'ethers';
import type { DeployConfig, FoundingSeat } from './config.ts';
import type { Network } from './networks.ts';
import { refuseOfficers } from './officers.ts';
import { parametersOf } from './parameters.ts';

/** Below this the delay protects nobody; the demonstration chain alone may go lower. */
export const SHORTEST_ADMIN_DELAY_SECONDS = 7 * 24 * 3600;
/** A creation must fit a block of every chain, and a message of the Filecoin chain. The board issues further seats. */
export const MOST_FOUNDING_SEATS = 100;
const LARGEST_SEAT = 2 ** 24 - 1;
const NO_DWELLING = `0x${'0'.repeat(64)}`;

/** Reads a configuration. Throws an Error for a key that there is not, so that a misspelt one is never left out in silence. */
export function readConfig(file: string): DeployConfig {
  const read = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  for (const key of Object.keys(read)) {
    if (!(configKeys as readonly string[]).includes(key)) throw new Error(`${file}: there is no ${key}`);
  }
  for (const key of configKeys) {
    if (!optionalKeys.has(key) && read[key] === undefined) throw new Error(`${file}: ${key} is missing`);
  }
  return read as unknown as DeployConfig;
}

const configKeys = [
  'hubId',
  'board',
  'threshold',
  'seats',
  'votingSeatsPerDwelling',
  'minters',
  'attestors',
  'relayers',
  'guardians',
  'certifiers',
  'stewards',
  'defaultDailyLimitMicros',
  'minterDailyAllowanceMicros',
  'adminDelaySeconds',
  'parameters',
  'heldByHub',
  'networks',
] as const satisfies readonly (keyof DeployConfig)[];
const optionalKeys: ReadonlySet<string> = new Set(['parameters', 'heldByHub', 'networks']);

/** A masked Filecoin id is another form of an actor that cannot sign typed data. */
const isMasked = (address: string): boolean => BigInt(address) >> 64n === 0xffn << 88n;

function addresses(name: string, list: readonly string[], least: number): string[] {
  if (!Array.isArray(list) || list.length < least) throw new Error(`${name}: needs at least ${least}`);
  const checked = list.map((each) => addressOf(name, each));
  if (new Set(checked).size !== checked.length) throw new Error(`${name}: the same address stands twice`);
  return checked;
}

function addressOf(name: string, text: string): string {
  let address: string;
  try {
    address = getAddress(text);
  } catch {
    throw new Error(`${name}: ${text} is no address`);
  }
  if (BigInt(address) === 0n || isMasked(address)) throw new Error(`${name}: ${address} can sign nothing`);
  return address;
}

const isMicros = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/** Checks a configuration before anything is sent. Throws an Error that names the key. */
export function checkConfig(config: DeployConfig, network: Network, deployer?: string): DeployConfig {
  if (!isHexString(config.hubId, 32)) throw new Error('hubId: must be 32 bytes of hex');
  const board = addresses('board', config.board, 3);
  if (board.length > 16) throw new Error('board: takes at most 16 keys');
  if (!(Number.isInteger(config.threshold) && config.threshold >= 2 && config.threshold <= board.length)) {
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
  const seats = checkSeats(config);
  for (const key of ['defaultDailyLimitMicros', 'minterDailyAllowanceMicros'] as const) {
    if (!isMicros(config[key])) throw new Error(`${key}: must be a whole number of micro-units, more than 0`);
  }
  if (!(network.isDev ? config.adminDelaySeconds >= 0 : config.adminDelaySeconds >= SHORTEST_ADMIN_DELAY_SECONDS)) {
    throw new Error(`adminDelaySeconds: must be at least ${SHORTEST_ADMIN_DELAY_SECONDS}`);
  }
  parametersOf(config.parameters);
  const checked: DeployConfig = {
    ...config,
    board,
    minters,
    attestors,
    relayers,
    seats,
    guardians: addresses('guardians', config.guardians, 1),
    certifiers: addresses('certifiers', config.certifiers, 0),
    stewards: addresses('stewards', config.stewards, 0),
    heldByHub: (config.heldByHub ?? []).map((each) => addressOf('heldByHub', each)),
  };
  if (!network.isDev) refuseOfficers(checked, deployer);
  return checked;
}

function checkSeats(config: DeployConfig): FoundingSeat[] {
  const most = config.votingSeatsPerDwelling;
  if (!(Number.isInteger(most) && most >= 1 && most <= 255))
    throw new Error('votingSeatsPerDwelling: must be 1 to 255');
  if (!Array.isArray(config.seats)) throw new Error('seats: must be a list');
  if (config.seats.length > MOST_FOUNDING_SEATS) {
    throw new Error(
      `seats: ${config.seats.length} of them, and at most ${MOST_FOUNDING_SEATS} are founded with the registry; the board issues the others afterwards`,
    );
  }
  const seats = config.seats.map((each) => ({ ...each, key: addressOf('seats', each.key) }));
  if (new Set(seats.map((each) => each.key)).size !== seats.length)
    throw new Error('seats: the same address stands twice');
  const numbers = new Set<number>();
  const dwellings = new Map<string, number>();
  for (const { seat, class: seatClass, dwelling } of seats) {
    if (!(Number.isInteger(seat) && seat >= 1 && seat <= LARGEST_SEAT))
      throw new Error(`seats: there is no seat ${seat}`);
    if (numbers.has(seat)) throw new Error(`seats: seat ${seat} stands twice`);
    numbers.add(seat);
    if (seatClass !== 1 && seatClass !== 2) throw new Error(`seats: the class of seat ${seat} must be 1 or 2`);
    if (!isHexString(dwelling, 32)) throw new Error(`seats: the dwelling of seat ${seat} must be 32 bytes of hex`);
    if ((dwelling === NO_DWELLING) === (seatClass === 1)) {
      throw new Error(`seats: the dwelling of seat ${seat} must be zeros for a guest, a commitment for a resident`);
    }
    if (seatClass !== 1) continue;
    const count = (dwellings.get(dwelling.toLowerCase()) ?? 0) + 1;
    if (count > most) throw new Error(`seats: the dwelling of seat ${seat} has more than ${most} residents’ seats`);
    dwellings.set(dwelling.toLowerCase(), count);
  }
  return seats;
}

/** Names a configuration, whatever the order of its keys. */
export function hashConfig(config: DeployConfig, network: Network): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, each]) => [key, sorted(each)]),
    );
  };
  return keccak256(toUtf8Bytes(JSON.stringify(sorted({ ...config, network: network.name }))));
}

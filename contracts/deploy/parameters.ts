/** The numbers that a building starts with. Money in micro-units, shares in basis points, times in seconds. */
import { encodeBytes32String } from 'ethers';

/** A number's value and the bounds within which members move it by a vote on parameters. */
export interface ParameterValue {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

const unit = 1_000_000;
const hour = 3600;
const day = 24 * hour;
const share = (value: number, least: number, most = 10_000): ParameterValue => ({ value, least, most });

/**
 * For a building of about 24 seats. The bounds are what no vote on parameters can leave: a majority stays a majority, a
 * vote on roles waits seven days at least, and no season is too short to vote in. Only a vote on roles can widen them.
 */
export const defaultParameters = {
  // A kilogram of certified produce is 1 GRO, a shift of about two hours 5.
  'gro.perGram': { value: 1000, least: 0, most: unit },
  'gro.perShift': { value: 5 * unit, least: 0, most: 100 * unit },
  'gro.seasonCapPerSeat': { value: 500 * unit, least: 0, most: 100_000 * unit },
  'gro.seasonCap': { value: 6000 * unit, least: 0, most: 1_000_000 * unit },
  'produce.gramsPerDay': { value: 200_000, least: 0, most: 10_000_000 },
  'season.length': { value: 91 * day, least: 28 * day, most: 366 * day },
  'lock.cap': { value: 500 * unit, least: unit, most: 1_000_000 * unit },
  'vote.quorum': share(3000, 1000),
  'vote.leastFor': { value: 5, least: 2, most: 1000 },
  'vote.text.threshold': share(5000, 5000),
  'vote.spending.threshold': share(5000, 5000),
  'vote.parameters.threshold': share(6000, 5000),
  'vote.roles.threshold': share(6667, 6000),
  'vote.text.delay': { value: day, least: 0, most: 30 * day },
  'vote.spending.delay': { value: day, least: 12 * hour, most: 30 * day },
  'vote.parameters.delay': { value: 7 * day, least: day, most: 30 * day },
  'vote.roles.delay': { value: 7 * day, least: 7 * day, most: 60 * day },
  'vote.proposalsPerSeason': { value: 3, least: 1, most: 100 },
  'spending.perMonth': { value: 1000 * unit, least: 0, most: 100_000 * unit },
  'orders.markup': share(300, 0, 3000),
  'orders.automaticLimit': { value: 500 * unit, least: 0, most: 100_000 * unit },
  'garden.plantingPlan': { value: 0, least: 0, most: Number.MAX_SAFE_INTEGER },
} as const satisfies Record<string, ParameterValue>;

export type ParameterName = keyof typeof defaultParameters;

/** A parameter as the contract takes it. */
export interface Parameter {
  readonly key: string;
  readonly value: bigint;
  readonly least: bigint;
  readonly most: bigint;
}

/** A hash needs all 256 bits, which no JSON number has. */
const hashes: ReadonlySet<string> = new Set<ParameterName>(['garden.plantingPlan']);

/** Every parameter, with a configuration's own values in place of the defaults. Throws an Error that names a wrong one. */
export function parametersOf(own: Readonly<Record<string, Partial<ParameterValue>>> = {}): Parameter[] {
  for (const name of Object.keys(own)) {
    if (!Object.hasOwn(defaultParameters, name)) throw new Error(`parameters.${name}: there is no such parameter`);
  }
  return Object.entries(defaultParameters).map(([name, standard]) => {
    const { value, least, most } = { ...standard, ...own[name] };
    const isWhole = [value, least, most].every((each) => Number.isSafeInteger(each) && each >= 0);
    if (!isWhole || value < least || value > most) {
      throw new Error(
        `parameters.${name}: needs whole numbers, least ≤ value ≤ most; got ${value}, ${least} to ${most}`,
      );
    }
    const top = hashes.has(name) ? 2n ** 256n - 1n : BigInt(most);
    return { key: encodeBytes32String(name), value: BigInt(value), least: BigInt(least), most: top };
  });
}

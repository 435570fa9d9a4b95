import type { Hex, Reader, Tx } from '../../platform/ports/index.ts';

/** A number of the building with the bounds within which members move it. */
export interface BuildingNumber {
  readonly key: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

/** What stands while the chain has not told its numbers: those that the deployment gives a building of about 24 seats. */
const firstValues: Readonly<Record<string, number>> = {
  'season.length': 91 * 86_400,
  'lock.cap': 500_000_000,
  'vote.quorum': 3000,
  'vote.leastFor': 5,
  'vote.text.threshold': 5000,
  'vote.spending.threshold': 5000,
  'vote.parameters.threshold': 6000,
  'vote.text.delay': 86_400,
  'vote.spending.delay': 86_400,
  'vote.parameters.delay': 7 * 86_400,
  'vote.proposalsPerSeason': 3,
};

const sql = {
  all: 'SELECT key, value, least, most FROM building_numbers ORDER BY key',
  one: 'SELECT key, value, least, most FROM building_numbers WHERE key = @key',
  declare: `INSERT INTO building_numbers (key, value, least, most) VALUES (@key, @value, @least, @most)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, least = excluded.least, most = excluded.most`,
  set: 'UPDATE building_numbers SET value = @value WHERE key = @key',
} as const;

interface Row {
  readonly key: string;
  readonly value: string;
  readonly least: string;
  readonly most: string;
}

/** Undefined for what does not fit a safe integer (a hash): nobody votes on those here. */
function toNumber({ key, value, least, most }: Row): BuildingNumber | undefined {
  const whole = { key, value: Number(value), least: Number(least), most: Number(most) };
  return [whole.value, whole.least, whole.most].every(Number.isSafeInteger) ? whole : undefined;
}

/** Every number that the chain has told and that people can count with. */
export const buildingNumbers = (reader: Reader): BuildingNumber[] =>
  reader
    .prepare(sql.all)
    .all<Row>()
    .flatMap((row) => toNumber(row) ?? []);

export const buildingNumber = (reader: Reader, key: string): BuildingNumber | undefined => {
  const row = reader.prepare(sql.one).get<Row>({ key });
  return row && toNumber(row);
};

/** The value as it stands, or the one that a building starts with. */
export const numberNow = (reader: Reader, key: string): number =>
  buildingNumber(reader, key)?.value ?? firstValues[key] ?? 0;

export const declareNumber = (tx: Tx, key: Hex, value: bigint, least: bigint, most: bigint): void =>
  void tx
    .prepare(sql.declare)
    .run({ key: nameOfKey(key), value: String(value), least: String(least), most: String(most) });

export const setNumber = (tx: Tx, key: Hex, value: bigint): void =>
  void tx.prepare(sql.set).run({ key: nameOfKey(key), value: String(value) });

/** A key of the contract is its name, filled up with zero bytes. */
export const nameOfKey = (key: Hex): string => Buffer.from(key.slice(2), 'hex').toString('utf8').replace(/\0+$/, '');
export const keyOfName = (name: string): Hex => `0x${Buffer.from(name, 'utf8').toString('hex').padEnd(64, '0')}`;

import { v7 as uuidv7 } from 'uuid';
import type { Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { DwellingView, HouseholdView } from './members.schema.ts';

const selectDwelling = 'SELECT pk FROM dwellings WHERE name = @name';
const selectDwellingOf = 'SELECT d.id FROM members m JOIN dwellings d ON d.pk = m.dwelling_pk WHERE m.seat = @seat';
const insertDwelling = 'INSERT INTO dwellings (id, name) VALUES (@id, @name)';
const selectDwellings = `
  SELECT d.id, d.name, (SELECT group_concat(seat) FROM members WHERE dwelling_pk = d.pk) AS seats FROM dwellings d ORDER BY d.name`;
const selectHouseholds = `
  SELECT h.id, h.name, (SELECT group_concat(seat) FROM members WHERE household_pk = h.pk) AS seats FROM households h ORDER BY h.pk`;
const insertHousehold = 'INSERT INTO households (id, name) VALUES (@id, @name)';
const selectHousehold = 'SELECT household_pk AS pk FROM members WHERE seat = @seat';
const updateHousehold = 'UPDATE members SET household_pk = @pk WHERE seat = @seat';

interface Group {
  readonly id: string;
  readonly name: string;
  readonly seats: string | null;
}

const withSeats = ({ id, name, seats }: Group) => ({
  id,
  name,
  seats: (seats ?? '')
    .split(',')
    .filter(Boolean)
    .map(Number)
    .sort((a, b) => a - b),
});

export const dwellings = (reader: Reader): DwellingView[] =>
  reader.prepare(selectDwellings).all<Group>().map(withSeats);

export const households = (reader: Reader): HouseholdView[] =>
  reader.prepare(selectHouseholds).all<Group>().map(withSeats);

/** Key of the dwelling of that name, in any case; undefined when there is none. */
export const dwellingPk = (reader: Reader, name: string): number | undefined =>
  reader.prepare(selectDwelling).get<{ pk: number }>({ name })?.pk;

export const dwellingIdOf = (reader: Reader, seat: SeatNumber): string | undefined =>
  reader.prepare(selectDwellingOf).get<{ id: string }>({ seat })?.id;

export function createDwelling(tx: Tx, name: string): { pk: number; id: string } {
  const id = uuidv7();
  const { lastInsertRowid: pk } = tx.prepare(insertDwelling).run({ id, name });
  tx.changed('dwelling', id, 1);
  return { pk, id };
}

export function createHousehold(tx: Tx, name: string): { pk: number; id: string } {
  const id = uuidv7();
  const { lastInsertRowid: pk } = tx.prepare(insertHousehold).run({ id, name });
  return { pk, id };
}

export const householdPkOf = (reader: Reader, seat: SeatNumber): number | undefined =>
  reader.prepare(selectHousehold).get<{ pk: number | null }>({ seat })?.pk ?? undefined;

export const joinHousehold = (tx: Tx, seat: SeatNumber, pk: number): void =>
  void tx.prepare(updateHousehold).run({ seat, pk });

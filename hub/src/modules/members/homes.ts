import { fail } from '../../platform/errors.ts';
import type { Actor, SeatNumber, Store } from '../../platform/ports/index.ts';
import {
  createDwelling,
  createHousehold,
  dwellingPk,
  dwellings,
  householdPkOf,
  households,
  joinHousehold,
} from './homes.store.ts';
import type { DwellingView, HouseholdView } from './members.schema.ts';
import { memberAt, touchMember } from './members.store.ts';

export interface Homes {
  dwellings(): DwellingView[];
  /** Throws `already_exists`. */
  addDwelling(actor: Actor, name: string, idempotencyKey?: string): Promise<DwellingView>;
  /** All of them for the board, the own one for others. */
  households(actor: Actor): HouseholdView[];
  /** A shared view of several seats. Throws `not_found`, `already_exists` for a seat that shares one already. */
  addHousehold(
    actor: Actor,
    household: { name: string; seats: readonly SeatNumber[] },
    idempotencyKey?: string,
  ): Promise<HouseholdView>;
}

export function createHomes(store: Store): Homes {
  return {
    dwellings: () => store.read(dwellings),

    addDwelling: (actor, wanted, idempotencyKey) =>
      store.act({ name: 'dwelling.add', actor, idempotencyKey, body: { name: wanted } }, (tx) => {
        const name = wanted.trim();
        if (dwellingPk(tx, name) !== undefined) throw fail('already_exists', { field: 'name' });
        const { id } = createDwelling(tx, name);
        tx.audit({ dwelling: id });
        return { id, name, seats: [] };
      }),

    households: (actor) =>
      store
        .read(households)
        .filter(
          ({ seats }) => actor.roles.includes('board') || (actor.seat !== undefined && seats.includes(actor.seat)),
        ),

    addHousehold: (actor, household, idempotencyKey) =>
      store.act({ name: 'household.add', actor, idempotencyKey, body: household }, (tx) => {
        const name = household.name.trim();
        const seats = [...household.seats].sort((a, b) => a - b);
        const { pk, id } = createHousehold(tx, name);
        for (const seat of seats) {
          if (!memberAt(tx, seat)) throw fail('not_found', { noun: 'member' });
          if (householdPkOf(tx, seat) !== undefined) throw fail('already_exists', { field: 'seats' });
          joinHousehold(tx, seat, pk);
          const member = touchMember(tx, seat);
          tx.changed('member', member.id, member.revision, `seat:${seat}`);
        }
        tx.changed('household', id, 1, 'role:board');
        tx.audit({ household: id, seats: seats.join(' ') });
        return { id, name, seats };
      }),
  };
}

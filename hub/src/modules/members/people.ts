import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, Role, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { createDwelling, dwellingPk } from './homes.store.ts';
import { saveWrap, wrapOf } from './keys.store.ts';
import type { Keys } from './keys.ts';
import type { Language, SeatClass, TileShows } from './members.schema.ts';
import {
  highestSeat,
  holdersOf,
  holdsRole,
  insertMember,
  type Member,
  memberAt,
  replaceRoles,
  saveLanguage,
  saveRecorded,
  saveTile,
  seatOfAddress,
  touchMember,
} from './members.store.ts';
import { assertGoodPin } from './pin.ts';

/** A printed code is asked for once more when it may have been mislaid. */
export const recoveryConfirmAfterMs = 7 * 86_400_000;
const renewWithinMs = 10 * 60_000;

export interface NewPerson {
  readonly name: string;
  readonly seatClass: SeatClass;
  readonly dwelling?: string;
  readonly roles: readonly Role[];
  readonly pin: string;
  readonly language?: Language;
  /** Lower- or mixed-case address of the member's own wallet; without it the hub makes a key. */
  readonly walletAddress?: string;
  /** A certain seat (the demonstration's); otherwise the next free one. */
  readonly seat?: SeatNumber;
}

export interface Enrolled {
  readonly seat: SeatNumber;
  readonly address: Hex;
  /** Printed once; the hub does not know it. */
  readonly recoveryCode: string;
}

export interface Enrolment {
  readonly idempotencyKey?: string;
  /** Done in the same transaction. */
  readonly also?: (tx: Tx, seat: SeatNumber) => void;
}

export interface People {
  enrol(actor: Actor, person: NewPerson, how?: Enrolment): Promise<Enrolled & { readonly isNew: boolean }>;
  setRoles(actor: Actor, seat: SeatNumber, roles: readonly Role[], idempotencyKey?: string): Promise<void>;
  setTile(actor: Actor, tile: { shows: TileShows; alias?: string }, idempotencyKey?: string): Promise<void>;
  setLanguage(actor: Actor, language: Language, idempotencyKey?: string): Promise<void>;
  /** The registry on chain knows these seats now. */
  markRecorded(tx: Tx, seats: readonly SeatNumber[]): void;
}

export function createPeople(deps: { store: Store; keys: Keys }): People {
  const { store, keys } = deps;
  // Seats whose keys are being made: the wrap is bound to the seat before the row exists.
  const reserved = new Set<SeatNumber>();

  function reserve(wanted: SeatNumber | undefined): SeatNumber {
    if (wanted !== undefined && reserved.has(wanted)) throw fail('already_exists', { field: 'seat' });
    const seat = wanted ?? Math.max(store.read(highestSeat), ...reserved) + 1;
    reserved.add(seat);
    return seat;
  }

  /** The answer was lost: the code cannot be told again, so the same key and the same PIN print a new one, for ten minutes. */
  async function renewCode(actor: Actor, seat: SeatNumber, pin: string): Promise<string> {
    const { member, wrap } = store.read((reader) => ({
      member: memberAt(reader, seat)!,
      wrap: wrapOf(reader, seat, 'pin'),
    }));
    const secret = await keys.openByPin(wrap, pin, member);
    if (!secret) throw fail('idempotency_key_reused');
    const recovery = await keys.sealByNewCode(secret, member);
    secret.fill(0);
    await store.act({ name: 'recovery-code.renew', actor }, (tx) => {
      if (tx.nowMs - member.enrolledAtMs > renewWithinMs) throw fail('idempotency_key_reused');
      saveWrap(tx, seat, 'recovery', recovery.wrap, recovery.lookup);
      tx.audit({ seat });
    });
    return recovery.code;
  }

  function mustBe(tx: Tx, seat: SeatNumber | undefined): Member {
    const member = seat === undefined ? undefined : memberAt(tx, seat);
    if (!member) throw fail('not_found', { noun: 'member' });
    return member;
  }

  /** Tells the member's own pages and the board's. */
  function changed(tx: Tx, seat: SeatNumber): Member {
    const member = touchMember(tx, seat);
    tx.changed('member', member.id, member.revision, `seat:${seat}`);
    tx.changed('member', member.id, member.revision, 'role:board');
    tx.audit({ seat });
    return member;
  }

  return {
    async enrol(actor, person, how = {}) {
      assertGoodPin(person.pin);
      const { pin, walletAddress, ...described } = person;
      const wallet = walletAddress?.toLowerCase() as Hex | undefined;
      const roles = rolesOf(person.seatClass, person.roles);
      const seat = reserve(person.seat);
      try {
        const { address, pinWrap, recovery } = await keys.create(seat, pin, wallet);
        let isNew = false;
        const kept = await store.act(
          { name: 'member.enrol', actor, idempotencyKey: how.idempotencyKey, body: { ...described, wallet } },
          (tx) => {
            isNew = true;
            if (memberAt(tx, seat)) throw fail('already_exists', { field: 'seat' });
            if (seatOfAddress(tx, address) !== undefined) throw fail('already_exists', { field: 'walletAddress' });
            const id = uuidv7();
            insertMember(tx, {
              seat,
              id,
              name: person.name.trim(),
              seatClass: person.seatClass,
              address,
              keyStorage: wallet ? 'wallet' : 'hub',
              dwellingPk: dwellingFor(tx, person.dwelling),
              language: person.language ?? 'en',
              roles,
              recoveryConfirmDueAtMs: tx.nowMs + recoveryConfirmAfterMs,
            });
            saveWrap(tx, seat, 'pin', pinWrap);
            saveWrap(tx, seat, 'recovery', recovery.wrap, recovery.lookup);
            tx.changed('member', id, 1, 'role:board');
            tx.changed('tile', id, 1);
            tx.audit({ seat, class: person.seatClass, roles: roles.join(' ') });
            tx.emit({ type: 'member.enrolled', seat });
            how.also?.(tx, seat);
            return { seat, address };
          },
        );
        const recoveryCode = isNew ? recovery.code : await renewCode(actor, kept.seat, pin);
        return { ...kept, recoveryCode, isNew };
      } finally {
        reserved.delete(seat);
      }
    },

    setRoles: (actor, seat, wanted, idempotencyKey) =>
      store.act({ name: 'member.set-roles', actor, idempotencyKey, body: { seat, wanted } }, (tx) => {
        const member = mustBe(tx, seat);
        const roles = rolesOf(member.seatClass, wanted);
        const isLastBoard = holdsRole(tx, seat, 'board') && !roles.includes('board') && holdersOf(tx, 'board') === 1;
        if (isLastBoard) throw fail('not_allowed', { needs: 'another board member' });
        replaceRoles(tx, seat, roles);
        tx.audit({ before: member.roles.join(' '), after: roles.join(' ') });
        changed(tx, seat);
      }),

    setTile: (actor, { shows, alias }, idempotencyKey) =>
      store.act({ name: 'member.set-tile', actor, idempotencyKey, body: { shows, alias } }, (tx) => {
        const { seat, id } = mustBe(tx, actor.seat);
        if (shows === 'alias' && !alias?.trim()) throw fail('bad_request', { field: 'alias', rule: 'must be given' });
        saveTile(tx, seat, shows, shows === 'alias' ? alias?.trim() : undefined);
        const member = changed(tx, seat);
        tx.changed('tile', id, member.revision);
      }),

    setLanguage: (actor, language, idempotencyKey) =>
      store.act({ name: 'member.set-language', actor, idempotencyKey, body: { language } }, (tx) => {
        const { seat } = mustBe(tx, actor.seat);
        saveLanguage(tx, seat, language);
        changed(tx, seat);
      }),

    markRecorded(tx, seats) {
      for (const seat of seats) if (saveRecorded(tx, seat)) changed(tx, seat);
    },
  };
}

/** The class first, then the offices. Throws `bad_request` when a guest would hold one, or the class is another. */
function rolesOf(seatClass: SeatClass, wanted: readonly Role[]): Role[] {
  const offices = wanted.filter((role) => role !== seatClass);
  const isWrong = (role: Role) =>
    role === 'resident' || role === 'guest' || (seatClass === 'guest' && role !== 'creator');
  if (offices.some(isWrong)) throw fail('bad_request', { field: 'roles', rule: `do not fit a ${seatClass}` });
  return [seatClass, ...new Set(offices)];
}

function dwellingFor(tx: Tx, name: string | undefined): number | undefined {
  const wanted = name?.trim();
  return wanted ? (dwellingPk(tx, wanted) ?? createDwelling(tx, wanted).pk) : undefined;
}

import { v7 as uuidv7 } from 'uuid';
import { fail } from '../platform/errors.ts';
import type { Micros, Reader, SeatNumber, Tx } from '../platform/ports/index.ts';
import {
  currencyId,
  findAccount,
  findHold,
  findMovement,
  type HoldRow,
  insertHold,
  isReversed,
  newestHolds,
  postingsOf,
  setHold,
} from './journal.store.ts';
import { type Leg, post, seatOwner } from './movements.ts';

/**
 * The co-op's own accounts. `issued` is the contra of all money in the building; `outside` of foreign movements;
 * `suppliers` of what `rounding` to the cent adds to the sum of goods.
 */
const hub = {
  clearing: 'hub:clearing',
  issued: 'hub:issued',
  outside: 'hub:outside',
  rounding: 'hub:rounding',
  suppliers: 'hub:suppliers',
} as const;

/**
 * Where money of the building is: a seat's, free to use; the co-op's clearing account; what it has signed away and the
 * chain has not taken yet (`leaving`); what waits at the token to be paid out by bank (`redeeming`); nowhere (`issued`).
 */
export type Side = SeatNumber | 'clearing' | 'leaving' | 'redeeming' | 'issued';

/** What a movement is about: the noun and id of the room whose business it is. */
export interface About {
  readonly noun: string;
  readonly id: string;
  readonly reason?: string;
}

/** Told, in the same unit of work, that a hold of its noun went void because the account is short. */
export interface HoldOwner {
  readonly noun: string;
  /** False while what was signed for it may land: such a hold stays. True when left out. */
  canVoid?(reader: Reader, hold: { id: string }): boolean;
  voided(tx: Tx, hold: { id: string; seat: SeatNumber; subjectId: string }, reason: string): void;
}

export interface Balance {
  readonly availableMicros: number;
  readonly heldMicros: number;
  /** Goods taken whose settlement failed, as a positive number. */
  readonly owedMicros: number;
  readonly isShort: boolean;
}

/** Where money came from or went, or somewhere outside when it is left out. */
export interface ForeignMove {
  readonly from?: Side;
  readonly to?: Side;
  readonly amount: Micros;
}

/** A movement between two places of the building that the hub decides: none goes below zero. */
export interface Move {
  readonly kind: 'charge' | 'redemption' | 'reversal';
  readonly from: Side;
  readonly to: Side;
  readonly amount: Micros;
}

export interface Journal {
  deposit(tx: Tx, seat: SeatNumber, amount: Micros, about: About): string;
  hold(tx: Tx, seat: SeatNumber, amount: Micros, about: About): string;
  release(tx: Tx, holdId: string, reason: string): void;
  charge(tx: Tx, holdId: string, amount?: Micros): string;
  pay(tx: Tx, holdId: string, to: Side): string;
  move(tx: Tx, move: Move, about: About): string;
  reverse(tx: Tx, movementId: string, reason: string): string;
  owe(tx: Tx, holdId: string, reason: string): void;
  round(tx: Tx, amountMicros: number, about: About): void;
  refund(tx: Tx, holdId: string, reason: string): void;
  postForeign(tx: Tx, move: ForeignMove, about: About): void;
  balance(reader: Reader, seat: SeatNumber): Balance;
}

/** Double-entry money of one currency. Every function runs inside the caller's unit of work. */
export function createJournal(code: string, owners: () => readonly HoldOwner[]): Journal {
  const available = (seat: SeatNumber, amountMicros: number): Leg => ({
    owner: seatOwner(seat),
    kind: 'available',
    amountMicros,
  });
  const held = (seat: SeatNumber, amountMicros: number): Leg => ({
    owner: seatOwner(seat),
    kind: 'held',
    amountMicros,
  });
  const clearing = (amountMicros: number): Leg => ({ owner: hub.clearing, kind: 'clearing', amountMicros });
  function legAt(side: Side | undefined, amountMicros: number): Leg {
    if (side === undefined) return { owner: hub.outside, kind: 'outside', amountMicros };
    if (typeof side === 'number') return available(side, amountMicros);
    if (side === 'issued') return { owner: hub.issued, kind: 'issued', amountMicros };
    return { owner: `hub:${side}`, kind: 'clearing', amountMicros };
  }
  const subject = (about: About) => ({ subjectNoun: about.noun, subjectId: about.id, reason: about.reason });

  function openHold(reader: Reader, holdId: string, state: HoldRow['state']): HoldRow {
    const hold = findHold(reader, holdId);
    if (!hold) throw fail('not_found', { noun: 'hold' });
    if (hold.state !== state) throw fail('conflict', { noun: 'hold' });
    return hold;
  }

  const aboutHold = (hold: HoldRow, reason?: string) => ({
    currencyId: hold.currencyId,
    subjectNoun: hold.subjectNoun,
    subjectId: hold.subjectId,
    reason,
  });

  function endByRelease(tx: Tx, hold: HoldRow, reason: string): void {
    const { id } = post(tx, {
      kind: 'release',
      ...aboutHold(hold, reason),
      legs: [held(hold.seat, -hold.amountMicros), available(hold.seat, hold.amountMicros)],
    });
    setHold(tx, hold.id, 'released', id);
  }

  /** Newest first, until what is available covers the rest or nothing unsettled is left. */
  function voidWhatIsUncovered(tx: Tx, currency: number, seat: SeatNumber): void {
    const reason = 'account_short';
    for (const hold of newestHolds(tx, currency, seat)) {
      const free = findAccount(tx, currency, seatOwner(seat), 'available')?.balanceMicros ?? 0;
      if (free >= 0) return;
      const owner = owners().find((candidate) => candidate.noun === hold.subjectNoun);
      if (owner?.canVoid?.(tx, { id: hold.publicId }) === false) continue;
      endByRelease(tx, hold, reason);
      owner?.voided(tx, { id: hold.publicId, seat, subjectId: hold.subjectId }, reason);
    }
  }

  return {
    /** Money came in from outside: the seat may use it at once. Answers the movement's id. */
    deposit(tx, seat, amount, about) {
      const legs: Leg[] = [{ owner: hub.issued, kind: 'issued', amountMicros: -amount }, available(seat, amount)];
      return post(tx, { kind: 'deposit', currencyId: currencyId(tx, code), legs, ...subject(about) }).publicId;
    },

    /** Sets money aside. Throws `account_short` or `not_enough_money`. Answers the hold's id. */
    hold(tx, seat, amount, about) {
      const currency = currencyId(tx, code);
      const free = findAccount(tx, currency, seatOwner(seat), 'available')?.balanceMicros ?? 0;
      if (free < 0) throw fail('account_short');
      const movement = post(tx, {
        kind: 'hold',
        currencyId: currency,
        legs: [available(seat, -amount), held(seat, amount)],
        ...subject(about),
      });
      const publicId = uuidv7();
      insertHold(tx, {
        publicId,
        currencyId: currency,
        seat,
        amountMicros: amount,
        subjectNoun: about.noun,
        subjectId: about.id,
        begunBy: movement.id,
      });
      return publicId;
    },

    /** Gives the whole hold back. Throws `conflict` when it has ended already. */
    release(tx, holdId, reason) {
      endByRelease(tx, openHold(tx, holdId, 'held'), reason);
    },

    /** Takes `amount` of the hold (all of it when left out) for the co-op's clearing account; the rest returns at once. */
    charge(tx, holdId, amount) {
      const hold = openHold(tx, holdId, 'held');
      const taken = amount ?? hold.amountMicros;
      if (taken > hold.amountMicros) {
        throw fail('not_enough_money', { availableMicros: hold.amountMicros, neededMicros: taken });
      }
      const rest = hold.amountMicros - taken;
      const legs = [held(hold.seat, -hold.amountMicros), clearing(taken)];
      if (rest > 0) legs.push(available(hold.seat, rest));
      const movement = post(tx, { kind: 'charge', ...aboutHold(hold), legs });
      setHold(tx, hold.id, 'charged', movement.id, taken);
      return movement.publicId;
    },

    /** The whole hold goes to somebody else than the clearing account. */
    pay(tx, holdId, to) {
      const hold = openHold(tx, holdId, 'held');
      const legs = [held(hold.seat, -hold.amountMicros), legAt(to, hold.amountMicros)];
      const movement = post(tx, { kind: 'charge', ...aboutHold(hold), legs });
      setHold(tx, hold.id, 'charged', movement.id);
      return movement.publicId;
    },

    /** Moves money that nobody has set aside. Throws `not_enough_money`. Answers the movement's id. */
    move(tx, { kind, from, to, amount }, about) {
      const legs = [legAt(from, -amount), legAt(to, amount)];
      return post(tx, { kind, currencyId: currencyId(tx, code), legs, ...subject(about) }).publicId;
    },

    /** Undoes a movement by its mirror image, once. Throws `conflict` the second time and for holds (they end otherwise). */
    reverse(tx, movementId, reason) {
      const movement = findMovement(tx, movementId);
      if (!movement) throw fail('not_found', { noun: 'movement' });
      const isEnded = isReversed(tx, movement.id) || !['deposit', 'foreign', 'redemption'].includes(movement.kind);
      if (isEnded) throw fail('conflict', { noun: 'movement' });
      return post(tx, {
        kind: 'reversal',
        currencyId: movement.currencyId,
        subjectNoun: movement.subjectNoun ?? undefined,
        subjectId: movement.subjectId ?? undefined,
        reason,
        reverses: movement.id,
        legs: postingsOf(tx, movement.id).map((leg) => ({ ...leg, amountMicros: -leg.amountMicros })),
      }).publicId;
    },

    /**
     * A charge that did not settle, before goods were handed out: the money is the member's again, even when the co-op has
     * given it away meanwhile.
     */
    refund(tx, holdId, reason) {
      const hold = openHold(tx, holdId, 'charged');
      const taken = hold.amountMicros;
      const { owner, kind } = postingsOf(tx, hold.endedBy!).find(
        (leg) => leg.amountMicros > 0 && leg.owner !== seatOwner(hold.seat),
      )!;
      const movement = post(tx, {
        kind: 'reversal',
        ...aboutHold(hold, reason),
        reverses: hold.endedBy!,
        isForced: true,
        legs: [{ owner, kind, amountMicros: -taken }, available(hold.seat, taken)],
      });
      setHold(tx, hold.id, 'released', movement.id);
    },

    /** A charge that did not settle after goods were handed out: never released, the member owes it. */
    owe(tx, holdId, reason) {
      const hold = openHold(tx, holdId, 'charged');
      const taken = hold.amountMicros;
      // On chain the money never moved: it stays set aside, beside a debt of the same size.
      const movement = post(tx, {
        kind: 'owe',
        ...aboutHold(hold, reason),
        isForced: true,
        legs: [
          clearing(-taken),
          held(hold.seat, taken),
          { owner: seatOwner(hold.seat), kind: 'owed', amountMicros: -taken },
          { owner: hub.clearing, kind: 'owed', amountMicros: taken },
        ],
      });
      setHold(tx, hold.id, 'owed', movement.id);
    },

    /**
     * What rounding an order to the cent added to what goods come to, or below zero took off: on an account of its own,
     * beside the money, so that members' shares and the supplier's sum explain each other.
     */
    round(tx, amountMicros, about) {
      if (amountMicros === 0) return;
      const legs: Leg[] = [
        { owner: hub.rounding, kind: 'owed', amountMicros },
        { owner: hub.suppliers, kind: 'owed', amountMicros: -amountMicros },
      ];
      post(tx, { kind: 'owe', currencyId: currencyId(tx, code), legs, ...subject(about) });
    },

    /** A finalized movement that the hub did not start. It may leave the account short; uncovered holds go void. */
    postForeign(tx, { from, to, amount }, about) {
      const currency = currencyId(tx, code);
      post(tx, {
        kind: 'foreign',
        currencyId: currency,
        legs: [legAt(from, -amount), legAt(to, amount)],
        ...subject(about),
      });
      if (typeof from === 'number') voidWhatIsUncovered(tx, currency, from);
    },

    balance(reader, seat) {
      const currency = currencyId(reader, code);
      const of = (kind: 'available' | 'held' | 'owed') =>
        findAccount(reader, currency, seatOwner(seat), kind)?.balanceMicros ?? 0;
      const free = of('available');
      return { availableMicros: free, heldMicros: of('held'), owedMicros: -of('owed') || 0, isShort: free < 0 };
    },
  };
}

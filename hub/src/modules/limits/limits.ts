import { v7 as uuidv7 } from 'uuid';
import { positiveMicros } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, OnChain, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { foodUsdDomain, message, type SignAsMember, subjectOf } from '../../signing/index.ts';
import { coopSeat, type OfficerWords } from '../members/index.ts';
import { limitsLane } from './limits.lanes.ts';
import type { DailyLimit } from './limits.schema.ts';
import { accountLimit, defaultLimit, lastWish, type Wish } from './limits.store.ts';

/** What limits need of the members' room. */
export interface LimitMembers {
  readonly sign: SignAsMember;
  addressOf(reader: Reader, seat: SeatNumber): Hex | undefined;
}

export interface LimitsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly members: LimitMembers;
  readonly words: OfficerWords;
  readonly onChain: () => OnChain | undefined;
}

export interface LimitIntention {
  readonly actor: Actor & { readonly seat: SeatNumber };
  readonly idempotencyKey?: string;
}

/** What may leave a seat's account in a day, and how that changes. */
export interface Limits {
  /**
   * Whether one amount is at most what the seat may send in a whole day: more could never be carried out. While the hub has not heard the token's limit nothing is refused; the lane asks the token itself before it sends.
   */
  isWithin(reader: Reader, seat: SeatNumber, amountMicros: number): boolean;
  /** Throws `above_daily_limit` where `isWithin` says no. */
  assertWithin(reader: Reader, seat: SeatNumber, amountMicros: number, field: string): void;
  /** The member's word: lower counts once it is recorded and takes a raise back, higher two days later. Throws `grant_needed`. */
  set(intention: LimitIntention, limitMicros: number): Promise<void>;
  /** The co-op's own, by the key of its clearing account. */
  setForCoop(intention: LimitIntention, limitMicros: number): Promise<void>;
  view(reader: Reader, seat: SeatNumber): DailyLimit;
}

/** As long as money that is signed for. */
const validMs = 120 * 24 * 60 * 60 * 1000;
const seconds = (ms: number): number => Math.floor(ms / 1000);
const isUnderWay = ({ state }: Wish): boolean => state !== 'final' && state !== 'void';
const hasLeft = ({ state }: Wish): boolean => state === 'sent' || state === 'landed';

/** The owner's page, and of the co-op's seat the treasurer's, reads it again. */
export const tellLimit = (tx: Tx, seat: SeatNumber): void =>
  tx.changed('daily-limit', String(seat), 0, seat === coopSeat ? 'role:treasurer' : `seat:${seat}`);

export function createLimits({ store, clock, members, words, onChain }: LimitsDeps): Limits {
  function founded(): OnChain {
    const found = onChain();
    if (!found) throw fail('not_founded');
    return found;
  }

  const accountOf = (reader: Reader, seat: SeatNumber): Hex | undefined =>
    seat === coopSeat ? onChain()?.clearing : members.addressOf(reader, seat);

  function known(reader: Reader, seat: SeatNumber) {
    const account = accountOf(reader, seat);
    const row = account && accountLimit(reader, account);
    const raise =
      row?.raisedToMicros != null && row.effectiveAtMs != null
        ? { limitMicros: row.raisedToMicros, effectiveAtMs: row.effectiveAtMs }
        : undefined;
    return { limitMicros: row?.limitMicros ?? defaultLimit(reader), raise };
  }

  const limitOf = (reader: Reader, seat: SeatNumber): number =>
    known(reader, seat).limitMicros ?? Number.POSITIVE_INFINITY;

  /** Whether the wish is no more than to stay as it is: what has not left is dropped, and nothing has to be signed. */
  function isMerelyDropping(reader: Reader, seat: SeatNumber, limitMicros: number): boolean {
    const { limitMicros: now, raise } = known(reader, seat);
    const wish = lastWish(reader, seat);
    const isOpen = wish !== undefined && isUnderWay(wish);
    if (now !== limitMicros || raise || (isOpen && hasLeft(wish))) return false;
    if (!isOpen) throw fail('bad_request', { field: 'limitMicros', rule: 'is the daily limit already' });
    return true;
  }

  /** By the clock, so that a restored hub's next word is above those that it has forgotten. */
  const nextRevision = (reader: Reader, seat: SeatNumber): number =>
    Math.max(seconds(clock.nowMs()), (lastWish(reader, seat)?.fields.revision ?? 0) + 1);

  /** A word that has not left makes room for the next one; one that has left is behind it on the chain in any case. */
  function dropLast(tx: Tx, seat: SeatNumber): void {
    const wish = lastWish(tx, seat);
    if (wish && isUnderWay(wish) && !hasLeft(wish)) outbox.withdraw(tx, wish.intentId, 'replaced');
  }

  async function drop({ actor, idempotencyKey }: LimitIntention, seat: SeatNumber, limitMicros: number): Promise<void> {
    await store.act({ name: 'limit.drop', actor, idempotencyKey, body: { limitMicros } }, (tx) => {
      dropLast(tx, seat);
      tx.audit({ seat });
      tellLimit(tx, seat);
    });
  }

  const messageFor = (seat: SeatNumber, limit: number, revision: number, validUntilMs: number) =>
    message('DailyLimit', { seat, limit, revision, validUntil: seconds(validUntilMs) });

  return {
    isWithin: (reader, seat, amountMicros) => amountMicros <= limitOf(reader, seat),

    assertWithin(reader, seat, amountMicros, field) {
      const limitMicros = limitOf(reader, seat);
      if (amountMicros > limitMicros)
        throw fail('above_daily_limit', { field, rule: 'must be at most the daily limit', limitMicros });
    },

    async set(intention, limitMicros) {
      const { actor, idempotencyKey } = intention;
      const { seat } = actor;
      const limit = positiveMicros(limitMicros, 'limitMicros');
      const { chainId, foodUsd, hubId } = founded();
      if (store.read((reader) => isMerelyDropping(reader, seat, limit))) return drop(intention, seat, limit);
      const revision = store.read((reader) => nextRevision(reader, seat));
      const validUntilMs = clock.nowMs() + validMs;
      const signed = messageFor(seat, limit, revision, validUntilMs);
      const signature = await members.sign(actor, foodUsdDomain(chainId, foodUsd), signed);
      await store.act({ name: 'limit.set', actor, idempotencyKey, body: { limitMicros } }, (tx) => {
        if (revision <= (lastWish(tx, seat)?.fields.revision ?? 0)) throw fail('conflict', { noun: 'daily limit' });
        dropLast(tx, seat);
        const intentId = outbox.add(tx, {
          lane: limitsLane,
          subject: subjectOf(hubId, 'daily-limit', uuidv7()),
          seat,
          message: signed,
          authorisations: [{ by: 'member', seat, address: members.addressOf(tx, seat)!, signature }],
          validUntilMs,
        });
        outbox.queue(tx, intentId);
        tx.audit({ seat, limitMicros });
        tellLimit(tx, seat);
      });
    },

    async setForCoop(intention, limitMicros) {
      const { actor, idempotencyKey } = intention;
      const limit = positiveMicros(limitMicros, 'limitMicros');
      const { hubId } = founded();
      if (store.read((reader) => isMerelyDropping(reader, coopSeat, limit))) return drop(intention, coopSeat, limit);
      await store.act({ name: 'limit.coop', actor, idempotencyKey, body: { limitMicros } }, (tx) => {
        const revision = nextRevision(tx, coopSeat);
        dropLast(tx, coopSeat);
        const validUntilMs = tx.nowMs + validMs;
        words.propose(tx, {
          lane: limitsLane,
          subject: subjectOf(hubId, 'daily-limit', uuidv7()),
          seat: coopSeat,
          message: messageFor(coopSeat, limit, revision, validUntilMs),
          validUntilMs,
        });
        tx.audit({ seat: coopSeat, limitMicros });
        tellLimit(tx, coopSeat);
      });
    },

    view(reader, seat) {
      const wish = lastWish(reader, seat);
      const isTold = wish !== undefined && wish.state !== 'final' && wish.reason !== 'replaced';
      return {
        ...known(reader, seat),
        defaultMicros: defaultLimit(reader),
        wish: isTold
          ? { limitMicros: wish.fields.limit, state: stateOf(wish), reason: wish.reason ?? undefined }
          : undefined,
      };
    },
  };
}

function stateOf(wish: Wish): NonNullable<DailyLimit['wish']>['state'] {
  if (wish.state === 'void') return 'void';
  if (hasLeft(wish)) return 'recording';
  return wish.state === 'signed' ? 'signing' : 'here';
}

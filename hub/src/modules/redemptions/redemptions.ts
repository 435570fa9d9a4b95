import { v7 as uuidv7 } from 'uuid';
import { positiveMicros } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { message, subjectOf } from '../../signing/index.ts';
import { coopSeat, type OfficerWords } from '../members/index.ts';
import { createMoneySigning, hasNotLeft, type SignedMoneyDeps, signedMoneyOwner } from '../treasury/index.ts';
import type { Booking } from './booking.ts';
import { proposePayout, proposeRestore, secondsOf, wordValidMs } from './ending.ts';
import { redemptionsLane } from './redemptions.lanes.ts';
import type { NewOwnRedemption, NewRedemption, Paid } from './redemptions.schema.ts';
import {
  findRedemption,
  insertRedemption,
  isBankReferenceUsed,
  type RedemptionRow,
  redemptionOfHold,
  setRedemption,
} from './redemptions.store.ts';

export interface RedemptionsDeps extends SignedMoneyDeps {
  readonly store: Store;
  readonly words: OfficerWords;
  readonly booking: Booking;
}

export interface Redemptions {
  /**
   * Sets the money aside and signs; `first` is done before it in the same unit of work. Answers the id. Throws
   * `above_daily_limit`, `not_enough_money`, `account_short`, `grant_needed`.
   */
  ask(
    actor: Actor & { seat: SeatNumber },
    asked: NewRedemption,
    idempotencyKey?: string,
    first?: (tx: Tx) => void,
  ): Promise<string>;
  /** Throws `conflict` once it has left the hub. */
  cancel(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
  /** The bank has paid. Throws `conflict` unless it is pending, `already_exists` for a used reference. */
  markPaid(actor: Actor, id: string, paid: Paid, idempotencyKey?: string): Promise<void>;
  /** It is not paid: the money goes back. Throws `conflict` when it was paid or has just left. */
  refuse(actor: Actor, id: string, reason: string, idempotencyKey?: string): Promise<void>;
  /** A supplier was paid by bank. Answers the id. Throws `above_daily_limit`, `not_enough_money`, `already_exists`. */
  redeemOwn(actor: Actor, own: NewOwnRedemption, idempotencyKey?: string): Promise<string>;
}

/** It can still be taken back. */
export const isStillHere = (reader: Reader, row: RedemptionRow): boolean =>
  row.state === 'asked' && hasNotLeft(reader, row.intentId);

export function createRedemptions(deps: RedemptionsDeps): Redemptions {
  const { store, journal, words, booking } = deps;
  const signing = createMoneySigning(deps);

  function mustBe(tx: Tx, id: string): RedemptionRow {
    const row = findRedemption(tx, id);
    if (!row) throw fail('not_found', { noun: 'redemption' });
    return row;
  }

  function pay(tx: Tx, row: RedemptionRow, paid: Paid, decidedBy?: SeatNumber): void {
    const endIntentId = proposePayout(tx, words, row, paid);
    setRedemption(tx, row, { state: 'paying', bankReference: paid.bankReference, endIntentId, decidedBy });
  }

  function takeBack(tx: Tx, row: RedemptionRow, state: 'cancelled' | 'void', reason: string): void {
    outbox.withdraw(tx, row.intentId, reason);
    booking.voided(tx, row, reason);
    if (state === 'cancelled') setRedemption(tx, mustBe(tx, row.id), { state, reason });
  }

  return {
    async ask(actor, asked, idempotencyKey, first) {
      const amount = positiveMicros(asked.amountMicros, 'amountMicros');
      store.read((reader) => deps.assertWithinLimit(reader, actor.seat, amount, 'amountMicros'));
      const id = uuidv7();
      const redemptionRef = subjectOf(signing.founded().hubId, 'redemption', id);
      const signed = await signing.sign(actor, amount, (validUntil) =>
        message('Redeem', { seat: actor.seat, amount, redemptionRef, validUntil }),
      );
      return store.act({ name: 'redemption.ask', actor, idempotencyKey, body: asked }, (tx) => {
        first?.(tx);
        const about = { noun: 'redemption', id };
        const aside = signing.setAside(tx, signed, { lane: redemptionsLane, subject: redemptionRef, about });
        const { payTo } = asked;
        const row = { id, seat: actor.seat, isOwn: false, amountMicros: amount, redemptionRef, payTo };
        insertRedemption(tx, { ...row, ...aside, bankReference: null });
        tx.audit({ redemption: id, amountMicros: amount });
        return id;
      });
    },

    async cancel(actor, id, idempotencyKey) {
      await store.act({ name: 'redemption.cancel', actor, idempotencyKey, body: { id } }, (tx) => {
        const row = findRedemption(tx, id);
        if (!row || row.isOwn || row.seat !== actor.seat) throw fail('not_found', { noun: 'redemption' });
        if (row.state !== 'asked') throw fail('conflict', { noun: 'redemption' });
        takeBack(tx, row, 'cancelled', 'cancelled');
        tx.audit({ redemption: id });
      });
    },

    async markPaid(actor, id, paid, idempotencyKey) {
      await store.act({ name: 'redemption.pay', actor, idempotencyKey, body: { id, paid } }, (tx) => {
        const row = mustBe(tx, id);
        if (row.state !== 'pending') throw fail('conflict', { noun: 'redemption' });
        if (row.seat === actor.seat) throw fail('not_allowed', { needs: 'another treasurer than the one who is paid' });
        if (isBankReferenceUsed(tx, paid.bankReference)) throw fail('already_exists', { field: 'bankReference' });
        pay(tx, row, paid, actor.seat);
        tx.audit({ redemption: id, seat: row.seat, amountMicros: row.amountMicros });
      });
    },

    async refuse(actor, id, reason, idempotencyKey) {
      await store.act({ name: 'redemption.refuse', actor, idempotencyKey, body: { id, reason } }, (tx) => {
        const row = mustBe(tx, id);
        if (row.state === 'asked') takeBack(tx, row, 'void', reason);
        else {
          if (row.state !== 'pending') throw fail('conflict', { noun: 'redemption' });
          const endIntentId = proposeRestore(tx, words, row, reason);
          setRedemption(tx, row, { state: 'returning', reason, endIntentId, decidedBy: actor.seat });
        }
        tx.audit({ redemption: id, seat: row.seat });
      });
    },

    redeemOwn(actor, own, idempotencyKey) {
      const amount = positiveMicros(own.amountMicros, 'amountMicros');
      return store.act({ name: 'redemption.own', actor, idempotencyKey, body: own }, (tx) => {
        if (isBankReferenceUsed(tx, own.bankReference)) throw fail('already_exists', { field: 'bankReference' });
        deps.assertWithinLimit(tx, coopSeat, amount, 'amountMicros');
        const id = uuidv7();
        const redemptionRef = subjectOf(signing.founded().hubId, 'redemption', id);
        journal.move(tx, { kind: 'charge', from: 'clearing', to: 'leaving', amount }, { noun: 'redemption', id });
        const validUntilMs = tx.nowMs + wordValidMs;
        const intentId = words.propose(tx, {
          lane: redemptionsLane,
          subject: redemptionRef,
          seat: coopSeat,
          message: message('Redeem', { seat: coopSeat, amount, redemptionRef, validUntil: secondsOf(validUntilMs) }),
          validUntilMs,
        });
        const { payTo, bankReference } = own;
        const row = { id, seat: coopSeat, isOwn: true, amountMicros: amount, redemptionRef, payTo };
        insertRedemption(tx, { ...row, holdId: null, intentId, bankReference });
        tx.audit({ redemption: id, amountMicros: amount });
        return id;
      });
    },
  };
}

export const holdOwner = signedMoneyOwner('redemption', redemptionOfHold, isStillHere, (tx, row, reason) =>
  setRedemption(tx, row, { state: 'void', reason }),
);

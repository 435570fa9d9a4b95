import { v7 as uuidv7 } from 'uuid';
import type { Journal } from '../../../journal/index.ts';
import { outbox } from '../../../outbox/index.ts';
import { fail } from '../../../platform/errors.ts';
import type { Actor, Micros, Reader, SeatNumber, Store, Tx } from '../../../platform/ports/index.ts';
import { setLine } from '../bank/bank.store.ts';
import type { Treasury } from '../treasury.ts';
import type { FollowUp, NewReversal } from './reversals.schema.ts';
import {
  bookedLineOf,
  decideReversal,
  depositOfMovement,
  findReversal,
  insertReversal,
  isReversedOrAsked,
  type ReversalRow,
  setFollowUp,
} from './reversals.store.ts';

/** As redemptions are asked for. */
export type Redeem = (
  actor: Actor & { seat: SeatNumber },
  asked: { amountMicros: number; payTo: string },
  idempotencyKey: string | undefined,
  first: (tx: Tx) => void,
) => Promise<string>;

export interface ReversalDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly treasury: Pick<Treasury, 'takeBack'>;
  readonly redeem: Redeem;
}

export interface Reversals {
  /** Answers its id. Throws `conflict` when it is reversed or asked for already. */
  ask(actor: Actor, reversal: NewReversal, idempotencyKey?: string): Promise<string>;
  /** Throws `second_person_needed`, `not_enough_money` when the member has spent it. */
  confirm(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
  /** Nothing is reversed; also for the one who asked. */
  refuse(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
  /** The member signs back what the chain has minted for them by mistake. Throws `grant_needed`, `conflict`. */
  giveBack(actor: Actor & { seat: SeatNumber }, id: string, idempotencyKey?: string): Promise<void>;
}

/** Neither the officer who asked nor the member whose money it is may decide. */
export function mayConfirm(actor: Actor, row: Pick<ReversalRow, 'state' | 'askedBySeat' | 'seat'>): boolean {
  return row.state === 'asked' && actor.seat !== undefined && actor.seat !== row.askedBySeat && actor.seat !== row.seat;
}

/** Deposits that were booked to the wrong member, or twice: taken back by two officers. */
export function createReversals({ store, journal, treasury, redeem }: ReversalDeps): Reversals {
  function asked(tx: Tx, id: string): ReversalRow {
    const row = findReversal(tx, id);
    if (!row) throw fail('not_found', { noun: 'reversal' });
    if (row.state !== 'asked') throw fail('conflict', { noun: 'reversal' });
    return row;
  }

  function decide(
    tx: Tx,
    row: ReversalRow,
    bySeat: SeatNumber,
    state: 'done' | 'refused',
    done?: { followUp: FollowUp; reversingId: string },
  ) {
    const { followUp = null, reversingId = null } = done ?? {};
    decideReversal(tx, { id: row.id, state, bySeat, followUp, reversingId });
    tx.changed('reversal', row.id, 2, 'role:treasurer');
    tx.changed('reversal', row.id, 2, 'role:board');
    tx.audit({ reversal: row.id, followUp, amountMicros: row.amountMicros, ofSeat: row.seat });
  }

  /** The mint has not left: it never will. Otherwise the tokens are the member's to sign back; until then they are set aside. */
  function takeBack(tx: Tx, row: ReversalRow): { followUp: FollowUp; reversingId: string } {
    const { intentId } = depositOfMovement(tx, row.movementId)!;
    const state = outbox.find(tx, intentId)?.state;
    if (state === 'void') throw fail('conflict', { noun: 'deposit' });
    if (state === 'signed' || state === 'queued') {
      const reversingId = treasury.takeBack(tx, row.depositId, row.reason);
      const line = bookedLineOf(tx, row.depositId);
      if (line) setLine(tx, line, { state: 'open', note: 'reversed' });
      return { followUp: 'mint-withdrawn', reversingId };
    }
    const about = { noun: 'reversal', id: row.id, reason: row.reason };
    return { followUp: 'member-signs', reversingId: journal.hold(tx, row.seat, row.amountMicros as Micros, about) };
  }

  return {
    ask(actor, reversal, idempotencyKey) {
      return store.act({ name: 'reversal.ask', actor, idempotencyKey, body: reversal }, (tx) => {
        const deposit = depositOfMovement(tx, reversal.movementId);
        if (!deposit) throw fail('not_found', { noun: 'deposit' });
        if (deposit.seat === actor.seat) throw fail('second_person_needed', { who: 'the member whose money it is' });
        if (isReversedOrAsked(tx, reversal.movementId)) throw fail('conflict', { noun: 'movement' });
        const id = uuidv7();
        insertReversal(tx, { id, ...reversal, askedBySeat: actor.seat! });
        tx.changed('reversal', id, 1, 'role:treasurer');
        tx.changed('reversal', id, 1, 'role:board');
        tx.audit({ reversal: id, ofSeat: deposit.seat, amountMicros: deposit.amountMicros });
        return id;
      });
    },

    confirm(actor, id, idempotencyKey) {
      return store.act({ name: 'reversal.confirm', actor, idempotencyKey, body: { id } }, (tx) => {
        const row = asked(tx, id);
        if (actor.seat === row.askedBySeat) throw fail('second_person_needed', { who: 'the one who asked' });
        if (!mayConfirm(actor, row)) throw fail('second_person_needed', { who: 'the member whose money it is' });
        decide(tx, row, actor.seat!, 'done', takeBack(tx, row));
      });
    },

    refuse(actor, id, idempotencyKey) {
      return store.act({ name: 'reversal.refuse', actor, idempotencyKey, body: { id } }, (tx) => {
        decide(tx, asked(tx, id), actor.seat!, 'refused');
      });
    },

    async giveBack(actor, id, idempotencyKey) {
      const toSign = (reader: Reader): ReversalRow => {
        const row = findReversal(reader, id);
        if (!row || row.seat !== actor.seat) throw fail('not_found', { noun: 'reversal' });
        return row;
      };
      const { amountMicros, title } = store.read(toSign);
      await redeem(actor, { amountMicros, payTo: `↩ ${title}`.slice(0, 120) }, idempotencyKey, (tx) => {
        const row = toSign(tx);
        if (row.followUp !== 'member-signs') throw fail('conflict', { noun: 'reversal' });
        journal.release(tx, row.reversingId!, 'given_back');
        setFollowUp(tx, id, 'given-back');
        tx.changed('reversal', id, 3, 'role:treasurer');
        tx.audit({ reversal: id, givenBackMicros: amountMicros });
      });
    },
  };
}

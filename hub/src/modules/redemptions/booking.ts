import type { Journal, Side } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Micros, SeenEvent, Tx } from '../../platform/ports/index.ts';
import type { Hex } from '../../platform/ports/values.ts';
import { type RedemptionRow, redemptionOfRef, setRedemption } from './redemptions.store.ts';

/** What the finalized chain says of a redemption, booked once, whoever carried it. */
export interface Booking {
  requested(tx: Tx, row: RedemptionRow): void;
  paid(tx: Tx, row: RedemptionRow): void;
  returned(tx: Tx, row: RedemptionRow, reason: string): void;
  /** It will never be requested: the money is free again. */
  voided(tx: Tx, row: RedemptionRow, reason: string): void;
  onEvent(tx: Tx, event: SeenEvent): void;
}

const open = ['pending', 'paying', 'returning'];

export function createBooking(journal: Journal, onRequested: (tx: Tx, row: RedemptionRow) => void): Booking {
  const homeOf = (row: RedemptionRow): Side => (row.isOwn ? 'clearing' : row.seat);
  const about = ({ id }: RedemptionRow, reason?: string) => ({ noun: 'redemption', id, reason });
  const amountOf = (row: RedemptionRow) => row.amountMicros as Micros;

  const booking: Booking = {
    requested(tx, row) {
      if (row.state === 'asked') {
        const leaving = { kind: 'charge', from: 'leaving', to: 'redeeming', amount: amountOf(row) } as const;
        if (row.holdId === null) journal.move(tx, leaving, about(row));
        else journal.pay(tx, row.holdId, 'redeeming');
      } else if (row.state === 'void' || row.state === 'cancelled') {
        // Given up here after a restore, and carried all the same.
        const move = { from: homeOf(row), to: 'redeeming', amount: amountOf(row) } as const;
        journal.postForeign(tx, move, about(row, 'settled_before_restore'));
      } else return;
      setRedemption(tx, row, { state: 'pending', requestedAtMs: tx.nowMs });
      onRequested(tx, redemptionOfRef(tx, row.redemptionRef)!);
    },

    paid(tx, row) {
      if (!open.includes(row.state)) return;
      dropOther(tx, row);
      journal.move(tx, { kind: 'redemption', from: 'redeeming', to: 'issued', amount: amountOf(row) }, about(row));
      setRedemption(tx, row, { state: 'paid' });
    },

    returned(tx, row, reason) {
      if (!open.includes(row.state)) return;
      dropOther(tx, row);
      const back = { kind: 'reversal', from: 'redeeming', to: homeOf(row), amount: amountOf(row) } as const;
      journal.move(tx, back, about(row, reason));
      // Somebody put it back on chain after the bank had paid: the treasurer has to ask for it.
      const isPaidTwice = row.state === 'paying';
      setRedemption(tx, row, { state: 'returned', reason: isPaidTwice ? 'paid_and_returned' : (row.reason ?? reason) });
    },

    voided(tx, row, reason) {
      if (row.state !== 'asked') return;
      const back = { kind: 'reversal', from: 'leaving', to: 'clearing', amount: amountOf(row) } as const;
      if (row.holdId === null) journal.move(tx, back, about(row, reason));
      else journal.release(tx, row.holdId, reason);
      setRedemption(tx, row, { state: 'void', reason, bankReference: null });
    },

    onEvent(tx, { contract, name, args }) {
      if (contract !== 'FoodUSD' || typeof args.redemptionRef !== 'string') return;
      const now = () => redemptionOfRef(tx, args.redemptionRef as Hex);
      const row = now();
      if (!row) return;
      booking.requested(tx, row);
      if (name === 'RedemptionPaid') booking.paid(tx, now()!);
      if (name === 'RedemptionRestored') booking.returned(tx, now()!, 'put_back');
    },
  };

  /** The officer's other word, if it has not left, is void: a redemption ends once. */
  function dropOther(tx: Tx, { endIntentId }: RedemptionRow): void {
    const intent = endIntentId ? outbox.find(tx, endIntentId) : undefined;
    if (intent?.state === 'signed' || intent?.state === 'queued') outbox.withdraw(tx, intent.id, 'ended_otherwise');
  }

  return booking;
}

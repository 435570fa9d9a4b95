import type { Micros, SeatNumber, Tx } from '../platform/ports/index.ts';
import { currencyId, insertCurrency } from './journal.store.ts';
import type { About } from './journal.ts';
import { post, seatOwner } from './movements.ts';

/** A further currency; `decimals` 0 for what is counted in whole units, as a lot's grams are. */
export function openCurrency(tx: Tx, code: string, decimals: number): void {
  insertCurrency(tx, code, decimals);
}

/** Takes what a seat has out of the books for good: eaten, given away, spoiled. Throws `not_enough_money`. Answers the movement's id. */
export function useUp(tx: Tx, code: string, seat: SeatNumber, amount: Micros, about: About): string {
  return post(tx, {
    kind: 'redemption',
    currencyId: currencyId(tx, code),
    subjectNoun: about.noun,
    subjectId: about.id,
    reason: about.reason,
    legs: [
      { owner: seatOwner(seat), kind: 'available', amountMicros: -amount },
      { owner: 'hub:issued', kind: 'issued', amountMicros: amount },
    ],
  }).publicId;
}

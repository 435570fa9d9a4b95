import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Hex, Reader, Store } from '../../platform/ports/index.ts';
import { digest, keccak, message, toHex } from '../../signing/index.ts';
import { createNonces } from './commitments.ts';
import { findLot, type LotRow } from './lots.store.ts';
import { type OfficerWords, secondsOf, wordValidMs } from './officer-words.ts';
import type { NewGift } from './produce.schema.ts';
import { gramsOf, journalOf, type ProduceMembers, type Seated, told } from './produce.ts';

export const giftsLane = 'gro-transfers';

/** keccak256 of no bytes: nothing is said to the receiver. */
export const noDataHash: Hex = toHex(keccak(''));

export interface Gifts {
  /**
   * Gives a neighbour grams of a lot: theirs at once. Throws `grant_needed`, `not_found`, `lot_recalled`,
   * `not_enough_produce`, and `bad_request` for one's own seat.
   */
  give(actor: Seated, gift: NewGift, idempotencyKey?: string): Promise<void>;
}

export interface GiftsDeps {
  readonly store: Store;
  readonly words: OfficerWords;
  readonly nowMs: () => number;
  readonly members: ProduceMembers;
}

/** What members give each other. A gift is its intent, and the movement that names it: it needs no table. */
export function createGifts({ store, words, nowMs, members }: GiftsDeps): Gifts {
  const nextNonce = createNonces();

  function givable(reader: Reader, { lotId, toSeat }: NewGift): { lot: LotRow & { tokenId: string }; to: Hex } {
    const lot = findLot(reader, lotId);
    if (!lot) throw fail('not_found', { noun: 'lot' });
    if (!lot.tokenId) throw fail('lot_not_certified');
    if (lot.isRecalled) throw fail('lot_recalled');
    const to = members.addressOf(reader, toSeat);
    if (!to) throw fail('not_found', { noun: 'neighbour' });
    return { lot: { ...lot, tokenId: lot.tokenId }, to };
  }

  return {
    async give(actor, gift, idempotencyKey) {
      const { seat } = actor;
      const { toSeat, grams } = gift;
      if (toSeat === seat) throw fail('bad_request', { field: 'toSeat', rule: 'must be somebody else’s' });
      const { lot, to } = store.read((reader) => givable(reader, gift));
      const validUntilMs = nowMs() + wordValidMs;
      const signed = message('GroTransfer', {
        seat,
        to,
        id: lot.tokenId,
        amount: grams,
        dataHash: noDataHash,
        nonce: nextNonce(seat),
        validUntil: secondsOf(validUntilMs),
      });
      const { hubId: _, ...domain } = words.domain();
      const hash = digest(domain, signed);
      const signature = await members.sign(actor, domain, signed);
      await store.act({ name: 'gift.give', actor, idempotencyKey, body: gift }, (tx) => {
        const now = givable(tx, gift);
        // Between reading and signing either may have changed.
        if (now.to !== to || now.lot.tokenId !== lot.tokenId) throw fail('conflict', { noun: 'lot' });
        const journal = journalOf(lot);
        const ownedGrams = Math.max(0, journal.balance(tx, seat).availableMicros);
        if (grams > ownedGrams) throw fail('not_enough_produce', { ownedGrams, neededGrams: grams });
        const intentId = outbox.add(tx, {
          lane: giftsLane,
          // Of the signed message itself: it holds the seat and its nonce.
          subject: toHex(hash),
          seat,
          message: signed,
          authorisations: [{ by: 'member', seat, address: members.addressOf(tx, seat)!, signature }],
          notBeforeMs: members.outgoingWaitsUntil(tx, seat),
          validUntilMs,
        });
        outbox.queue(tx, intentId);
        const about = { noun: 'gift', id: intentId };
        journal.move(tx, { kind: 'charge', from: seat, to: toSeat, amount: gramsOf(grams) }, about);
        for (const one of [seat, toSeat]) told(tx, one);
        tx.audit({ lot: lot.id, toSeat, grams });
      });
    },
  };
}

import { v7 as uuidv7 } from 'uuid';
import { createJournal, type Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, Micros, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { message, type SignAsMember, subjectOf } from '../../signing/index.ts';
import { createNonces, createSalt, saltedHash } from './commitments.ts';
import { currencyOf, findLot, type LotRow, touchLot } from './lots.store.ts';
import { insertConsumption, insertHarvest } from './moves.store.ts';
import { harvestsLane, type OfficerWords, secondsOf, wordValidMs } from './officer-words.ts';
import type { NewConsumption, NewHarvests } from './produce.schema.ts';

export const consumptionsLane = 'consumptions';

/** What produce needs of the members' room. */
export interface ProduceMembers {
  readonly sign: SignAsMember;
  addressOf(reader: Reader, seat: SeatNumber): Hex | undefined;
  nameOf(reader: Reader, seat: SeatNumber): string | undefined;
  /** What neighbours call the seat. */
  labelOf(reader: Reader, seat: SeatNumber): string;
  /** After a recovery nothing leaves the seat; undefined when nothing waits. */
  outgoingWaitsUntil(reader: Reader, seat: SeatNumber): number | undefined;
  /** Every seat with all of its keys. */
  seats(reader: Reader): readonly { readonly seat: SeatNumber; readonly addresses: readonly Hex[] }[];
}

export interface ProduceDeps {
  readonly store: Store;
  readonly words: OfficerWords;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly members: ProduceMembers;
}

export type Seated = Actor & { readonly seat: SeatNumber };

/** The journal of a lot: whole grams. */
export const journalOf = (lot: Pick<LotRow, 'id'>): Journal => createJournal(currencyOf(lot), () => []);
/** Why a movement comes late: a restore gave it up, and the chain took it all the same. */
export const settledBefore = 'settled_before_restore';
/** Every page of the member reads their produce again. */
export const told = (tx: Tx, seat: SeatNumber): void => tx.changed('produce', String(seat), 0, `seat:${seat}`);
export const gramsOf = (grams: number): Micros => grams as Micros;

export interface Produce {
  /**
   * Hands a certified lot's grams to seats. Throws `not_found`, `lot_not_certified`, `lot_recalled`, and `above_certified`
   * when all of it together is more than what is left.
   */
  hand(actor: Actor, harvests: NewHarvests, idempotencyKey?: string): Promise<void>;
  /** The member ate it, gave it away, or it spoiled. Throws `grant_needed`, `not_found`, `not_enough_produce`. */
  consume(actor: Seated, consumption: NewConsumption, idempotencyKey?: string): Promise<void>;
}

export function createProduce({ store, words, clock, members }: ProduceDeps): Produce {
  const nextNonce = createNonces();

  function certified(reader: Reader, id: string): LotRow & { readonly tokenId: string } {
    const lot = findLot(reader, id);
    if (!lot) throw fail('not_found', { noun: 'lot' });
    if (!lot.tokenId) throw fail('lot_not_certified');
    return { ...lot, tokenId: lot.tokenId };
  }

  function handOne(tx: Tx, lot: LotRow & { tokenId: string }, { seat, grams }: { seat: SeatNumber; grams: number }) {
    if (members.addressOf(tx, seat) === undefined) throw fail('not_found', { noun: 'seat' });
    const id = uuidv7();
    const ref = subjectOf(words.domain().hubId, 'harvest', id);
    const validUntil = secondsOf(tx.nowMs + wordValidMs);
    const { intentId } = words.propose(tx, {
      lane: harvestsLane,
      subject: ref,
      seat,
      message: message('Harvest', { lot: lot.tokenId, seat, grams, ref, validUntil }),
      after: lot.intentId ? [lot.intentId] : [],
    });
    journalOf(lot).deposit(tx, seat, gramsOf(grams), { noun: 'harvest', id });
    insertHarvest(tx, { id, lotId: lot.rowId, seat, grams, ref, intentId, state: 'here' });
  }

  return {
    hand(actor, harvests, idempotencyKey) {
      return store.act({ name: 'harvest.hand', actor, idempotencyKey, body: harvests }, (tx) => {
        const lot = certified(tx, harvests.lotId);
        if (lot.isRecalled) throw fail('lot_recalled');
        const wanted = harvests.shares.reduce((sum, { grams }) => sum + grams, 0);
        const leftGrams = lot.certifiedGrams! - lot.handedGrams;
        if (wanted > leftGrams) throw fail('above_certified', { leftGrams });
        for (const share of harvests.shares) handOne(tx, lot, share);
        touchLot(tx, lot);
        tx.audit({ lot: lot.id, grams: wanted, shares: harvests.shares.length });
      });
    },

    async consume(actor, { lotId, grams, why }, idempotencyKey) {
      const { seat } = actor;
      const { hubId, ...domain } = words.domain();
      const lot = store.read((reader) => certified(reader, lotId));
      const id = uuidv7();
      const salt = createSalt();
      const reasonHash = saltedHash(salt, why);
      const validUntilMs = clock.nowMs() + wordValidMs;
      const consume = message('Consume', {
        seat,
        lot: lot.tokenId,
        grams,
        reasonHash,
        nonce: nextNonce(seat),
        validUntil: secondsOf(validUntilMs),
      });
      const signature = await members.sign(actor, domain, consume);
      await store.act({ name: 'consumption.record', actor, idempotencyKey, body: { lotId, grams, why } }, (tx) => {
        if (certified(tx, lotId).tokenId !== lot.tokenId) throw fail('conflict', { noun: 'lot' });
        const ownedGrams = Math.max(0, journalOf(lot).balance(tx, seat).availableMicros);
        if (grams > ownedGrams) throw fail('not_enough_produce', { ownedGrams, neededGrams: grams });
        const intentId = outbox.add(tx, {
          lane: consumptionsLane,
          subject: subjectOf(hubId, 'consumption', id),
          seat,
          message: consume,
          authorisations: [{ by: 'member', seat, address: members.addressOf(tx, seat)!, signature }],
          validUntilMs,
        });
        outbox.queue(tx, intentId);
        const used = { kind: 'redemption', from: seat, to: 'issued', amount: gramsOf(grams) } as const;
        journalOf(lot).move(tx, used, { noun: 'consumption', id });
        insertConsumption(tx, { id, lotId: lot.rowId, seat, grams, why, salt, reasonHash, intentId, state: 'here' });
        told(tx, seat);
        tx.audit({ lot: lotId, grams });
      });
    },
  };
}

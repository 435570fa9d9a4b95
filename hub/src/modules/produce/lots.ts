import { v7 as uuidv7 } from 'uuid';
import { openCurrency } from '../../journal/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, Intent, Store, Tx } from '../../platform/ports/index.ts';
import { message, subjectOf } from '../../signing/index.ts';
import { createSalt, createSerial, farmCommitment, lotTokenId, saltedHash } from './commitments.ts';
import {
  currencyOf,
  findLot,
  insertLot,
  type LotRow,
  lotOfIntent,
  setCertified,
  setCertifying,
  setRecalled,
  touchLot,
} from './lots.store.ts';
import { certifyOf, lotsLane, type OfficerWords, recallsLane, secondsOf, wordValidMs } from './officer-words.ts';
import type { NewLot } from './produce.schema.ts';

const dayMs = 86_400_000;
const longestDays = 60;

/** A day as the chain counts it: whole days since 1970. */
export const dayOf = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / dayMs);
/** `YYYY-MM-DD` of such a day. */
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** Throws `bad_request` for a day that is yet to come anywhere on earth, or long past. */
export function checkDay(day: number, nowMs: number, field: string): void {
  const today = Math.floor(nowMs / dayMs);
  if (day > today + 1 || day < today - longestDays)
    throw fail('bad_request', { field, rule: `must be within the last ${longestDays} days` });
}

export interface Lots {
  /** A gardener's record of what was harvested. Answers its id. */
  record(actor: Actor, lot: NewLot, idempotencyKey?: string): Promise<string>;
  /** The certifier's word on a lot. Throws `not_found`, `conflict` when it was given, `bad_request` above what was recorded. */
  certify(actor: Actor, id: string, grams: number, idempotencyKey?: string): Promise<void>;
  /** Do not eat: nothing more of it is handed out. Throws `not_found`, `lot_not_certified`, `lot_recalled`. */
  recall(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
}

/** A certificate has its signature: from here on the lot has its id on the chain. */
export function takeCertificate(tx: Tx, intent: Pick<Intent, 'id' | 'message'>, certifier: Hex): void {
  const lot = lotOfIntent(tx, intent.id);
  if (!lot) return;
  setCertified(tx, lot.rowId, certifier, lotTokenId(certifier, certifyOf(intent)));
  touchLot(tx, lot);
}

export function createLots({ store, words }: { store: Store; words: OfficerWords }): Lots {
  function mustFind(tx: Tx, id: string): LotRow {
    const lot = findLot(tx, id);
    if (!lot) throw fail('not_found', { noun: 'lot' });
    return lot;
  }

  return {
    record(actor, lot, idempotencyKey) {
      return store.act({ name: 'lot.record', actor, idempotencyKey, body: lot }, (tx) => {
        const harvestDay = dayOf(lot.harvestedOn);
        checkDay(harvestDay, tx.nowMs, 'harvestedOn');
        const id = uuidv7();
        insertLot(tx, { ...lot, id, harvestDay, recordedBy: actor.seat });
        openCurrency(tx, currencyOf({ id }), 0);
        tx.changed('lot', id, 1);
        tx.audit({ lot: id, grams: lot.grams });
        return id;
      });
    },

    certify(actor, id, grams, idempotencyKey) {
      return store.act({ name: 'lot.certify', actor, idempotencyKey, body: { id, grams } }, (tx) => {
        const lot = mustFind(tx, id);
        if (lot.state !== 'recorded') throw fail('conflict', { noun: 'lot' });
        if (grams > lot.recordedGrams)
          throw fail('bad_request', { field: 'grams', rule: `must not exceed the ${lot.recordedGrams} g recorded` });
        const { farm, crop, harvestDay } = lot;
        const document = JSON.stringify({ salt: createSalt(), lot: id, farm, crop, harvestDay, grams });
        const certify = message('Certify', {
          farm: farmCommitment(tx, farm),
          harvestDay,
          serial: createSerial(),
          grams,
          documentHash: saltedHash('0x', document),
          validUntil: secondsOf(tx.nowMs + wordValidMs),
        });
        const subject = subjectOf(words.domain().hubId, 'lot', uuidv7());
        const { intentId, signer } = words.propose(tx, { lane: lotsLane, subject, message: certify });
        setCertifying(tx, lot.rowId, { grams, document, intentId });
        if (signer) takeCertificate(tx, { id: intentId, message: certify }, signer);
        else touchLot(tx, lot);
        tx.audit({ lot: id, grams });
      });
    },

    recall(actor, id, idempotencyKey) {
      return store.act({ name: 'lot.recall', actor, idempotencyKey, body: { id } }, (tx) => {
        const lot = mustFind(tx, id);
        if (!lot.tokenId) throw fail('lot_not_certified');
        if (lot.isRecalled) throw fail('lot_recalled');
        const recall = message('Recall', {
          lot: lot.tokenId,
          caseHash: saltedHash(createSalt(), id),
          validUntil: secondsOf(tx.nowMs + wordValidMs),
        });
        const subject = subjectOf(words.domain().hubId, 'recall', uuidv7());
        words.propose(tx, { lane: recallsLane, subject, message: recall, after: lot.intentId ? [lot.intentId] : [] });
        setRecalled(tx, lot.rowId, true);
        touchLot(tx, lot);
        tx.audit({ lot: id });
      });
    },
  };
}

import { randomBytes, randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { type Journal, positiveMicros } from '../../journal/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, Micros, OnChain, Reader, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { keccak, message, subjectOf, toHex } from '../../signing/index.ts';
import { coopSeat, type OfficerWords } from '../members/index.ts';
import type { CorrectionRules, NewCorrection } from './corrections.schema.ts';
import {
  type CorrectionRow,
  correctedSince,
  findCorrection,
  insertCorrection,
  isNonceUsed,
  setCorrection,
} from './corrections.store.ts';

export const correctionsLane = 'corrections';

const dayMs = 24 * 60 * 60 * 1000;
const validMs = 365 * dayMs;
const nonces = 2 ** 32;

export interface CorrectionsDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly words: OfficerWords;
  readonly rules: CorrectionRules;
  readonly onChain: () => OnChain | undefined;
  readonly addressOf: (reader: Reader, seat: SeatNumber) => Hex | undefined;
}

export interface Corrections {
  /** Throws `bad_request` above the caps, `not_found`, `not_enough_money` of the clearing account. Answers the id. */
  ask(actor: Actor & { seat: SeatNumber }, asked: NewCorrection, idempotencyKey?: string): Promise<string>;
  /** A second person agrees. Throws `not_allowed` for who asked and for who gets it, `conflict` unless it waits for that. */
  approve(actor: Actor & { seat: SeatNumber }, id: string, idempotencyKey?: string): Promise<void>;
  refuse(actor: Actor & { seat: SeatNumber }, id: string, idempotencyKey?: string): Promise<void>;
}

/** What comes after final: short delivery, spoilage, true weight. From the co-op's clearing account, by its own key. */
export function createCorrections(deps: CorrectionsDeps): Corrections {
  const { store, journal, words, rules } = deps;

  function founded(): OnChain {
    const onChain = deps.onChain();
    if (!onChain) throw fail('not_founded');
    return onChain;
  }

  /** Drawn, not counted: a restored store does not know which it has given away since its backup. */
  function freeNonce(reader: Reader): number {
    for (;;) {
      const nonce = randomInt(nonces);
      if (!isNonceUsed(reader, nonce)) return nonce;
    }
  }

  function mustWait(tx: Tx, id: string): CorrectionRow {
    const row = findCorrection(tx, id);
    if (!row) throw fail('not_found', { noun: 'correction' });
    if (row.state !== 'asked') throw fail('conflict', { noun: 'correction' });
    return row;
  }

  function send(tx: Tx, row: CorrectionRow, approvedBy?: SeatNumber): void {
    const { hubId } = founded();
    const to = deps.addressOf(tx, row.toSeat)!;
    const amount = row.amountMicros as Micros;
    journal.move(tx, { kind: 'charge', from: 'clearing', to: 'leaving', amount }, { noun: 'correction', id: row.id });
    const validUntilMs = tx.nowMs + validMs;
    const reasonHash = toHex(keccak(subjectOf(hubId, 'correction', row.id), row.salt, row.note));
    const { nonce } = row;
    const validUntil = Math.floor(validUntilMs / 1000);
    const intentId = words.propose(tx, {
      lane: correctionsLane,
      subject: reasonHash,
      seat: coopSeat,
      message: message('Transfer', { seat: coopSeat, to, amount, nonce, reasonHash, validUntil }),
      validUntilMs,
    });
    setCorrection(tx, row, { state: 'waiting', intentId, approvedBy });
  }

  return {
    ask(actor, asked, idempotencyKey) {
      const amountMicros = positiveMicros(asked.amountMicros, 'amountMicros');
      return store.act({ name: 'correction.ask', actor, idempotencyKey, body: asked }, (tx) => {
        if (amountMicros > rules.maxMicros)
          throw fail('bad_request', { field: 'amountMicros', rule: `must be at most ${rules.maxMicros} at once` });
        if (correctedSince(tx, tx.nowMs - dayMs) + amountMicros > rules.perDayMicros)
          throw fail('bad_request', { field: 'amountMicros', rule: `is above ${rules.perDayMicros} in 24 hours` });
        const { toSeat, note, orderId = null } = asked;
        if (deps.addressOf(tx, toSeat) === undefined) throw fail('not_found', { noun: 'member' });
        const id = uuidv7();
        const salt = toHex(randomBytes(32));
        insertCorrection(tx, {
          id,
          toSeat,
          amountMicros,
          note,
          salt,
          nonce: freeNonce(tx),
          orderId,
          askedBy: actor.seat,
        });
        tx.audit({ correction: id, toSeat, amountMicros });
        // Nobody gives to themselves alone.
        const needsSecond = amountMicros > rules.secondAboveMicros || toSeat === actor.seat;
        if (!needsSecond) send(tx, findCorrection(tx, id)!);
        return id;
      });
    },

    async approve(actor, id, idempotencyKey) {
      await store.act({ name: 'correction.approve', actor, idempotencyKey, body: { id } }, (tx) => {
        const row = mustWait(tx, id);
        if (actor.seat === row.askedBy || actor.seat === row.toSeat)
          throw fail('not_allowed', { needs: 'another person than who asked and who gets it' });
        send(tx, row, actor.seat);
        tx.audit({ correction: id, toSeat: row.toSeat, amountMicros: row.amountMicros });
      });
    },

    async refuse(actor, id, idempotencyKey) {
      await store.act({ name: 'correction.refuse', actor, idempotencyKey, body: { id } }, (tx) => {
        setCorrection(tx, mustWait(tx, id), { state: 'refused', reason: 'refused', approvedBy: actor.seat });
        tx.audit({ correction: id });
      });
    },
  };
}

import { randomBytes, randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { type HoldOwner, type Journal, positiveMicros } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, OnChain, Reader, SeatNumber, Store } from '../../platform/ports/index.ts';
import { foodUsdDomain, keccak, message, type SignAsMember, subjectOf, toHex } from '../../signing/index.ts';
import type { NewTransfer } from './transfers.schema.ts';
import {
  findTransfer,
  insertTransfer,
  isNonceUsed,
  setTransfer,
  type TransferRow,
  tellTransfer,
  transferOfHold,
} from './transfers.store.ts';

/** What transfers need of the members' room. */
export interface TransferMembers {
  readonly sign: SignAsMember;
  addressOf(reader: Reader, seat: SeatNumber): Hex | undefined;
  /** What neighbours call the seat. */
  labelOf(reader: Reader, seat: SeatNumber): string;
  isRetired(reader: Reader, seat: SeatNumber): boolean;
  /** After a recovery outgoing money waits; undefined when it does not. */
  outgoingWaitsUntil(reader: Reader, seat: SeatNumber): number | undefined;
}

export interface TransfersDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly members: TransferMembers;
  readonly onChain: () => OnChain | undefined;
  readonly clock: Clock;
  /** Deposits of the seat that the chain does not know yet: a transfer goes behind them. */
  readonly mintsOnTheWay: (reader: Reader, seat: SeatNumber) => readonly string[];
}

export interface TransferIntention {
  readonly actor: Actor & { readonly seat: SeatNumber };
  readonly idempotencyKey?: string;
}

export interface Transfers {
  /** Sets the money aside, signs and queues. Answers the id. Throws `not_enough_money`, `account_short`, `grant_needed`. */
  send(intention: TransferIntention, transfer: NewTransfer): Promise<string>;
  /** The money returns. Throws `conflict` once it has left the hub, `not_found` for anybody but the sender. */
  cancel(intention: TransferIntention, id: string): Promise<void>;
}

/** Two months without a line, and as much again. */
const validMs = 120 * 24 * 60 * 60 * 1000;
const nonces = 2 ** 32;

export function createTransfers(deps: TransfersDeps): Transfers {
  const { store, journal, members } = deps;

  /** Drawn, not counted: a restored store does not know which it has given away since its backup. */
  function freeNonce(reader: Reader, seat: SeatNumber): number {
    for (;;) {
      const nonce = randomInt(nonces);
      if (!isNonceUsed(reader, seat, nonce)) return nonce;
    }
  }

  return {
    async send({ actor, idempotencyKey }, transfer) {
      const amount = positiveMicros(transfer.amountMicros, 'amountMicros');
      const { toSeat, note } = transfer;
      if (toSeat === actor.seat) throw fail('bad_request', { field: 'toSeat', rule: 'must be somebody else’s' });
      const onChain = deps.onChain();
      if (!onChain) throw fail('not_founded');
      const { to, nonce } = store.read((reader) => ({
        to: members.isRetired(reader, toSeat) ? undefined : members.addressOf(reader, toSeat),
        nonce: freeNonce(reader, actor.seat),
      }));
      if (!to) throw fail('not_found', { noun: 'neighbour' });
      const id = uuidv7();
      const salt = toHex(randomBytes(32));
      const validUntilMs = deps.clock.nowMs() + validMs;
      const signed = message('Transfer', {
        seat: actor.seat,
        to,
        amount,
        nonce,
        reasonHash: toHex(keccak(subjectOf(onChain.hubId, 'transfer', id), salt, note ?? '')),
        validUntil: Math.floor(validUntilMs / 1000),
      });
      const signature = await members.sign(actor, foodUsdDomain(onChain.chainId, onChain.foodUsd), signed);
      return store.act({ name: 'transfer.send', actor, idempotencyKey, body: transfer }, (tx) => {
        // Between reading and signing the receiver may have got another key.
        if (members.addressOf(tx, toSeat) !== to) throw fail('conflict', { noun: 'neighbour' });
        const about = { noun: 'transfer', id };
        const holdId = journal.hold(tx, actor.seat, amount, about);
        const intentId = outbox.add(tx, {
          lane: 'transfers',
          subject: signed.fields.reasonHash as Hex,
          seat: actor.seat,
          message: signed,
          authorisations: [{ by: 'member', seat: actor.seat, address: members.addressOf(tx, actor.seat)!, signature }],
          notBeforeMs: members.outgoingWaitsUntil(tx, actor.seat),
          validUntilMs,
          after: deps.mintsOnTheWay(tx, actor.seat),
        });
        outbox.queue(tx, intentId);
        const row = { id, fromSeat: actor.seat, toSeat, amountMicros: amount, note: note ?? null, salt, nonce };
        insertTransfer(tx, { ...row, holdId, intentId });
        tellTransfer(tx, { ...row, holdId, intentId }, 1);
        tx.audit({ transfer: id, toSeat, amountMicros: amount });
        return id;
      });
    },

    async cancel({ actor, idempotencyKey }, id) {
      await store.act({ name: 'transfer.cancel', actor, idempotencyKey, body: { id } }, (tx) => {
        const row = findTransfer(tx, id);
        if (row?.fromSeat !== actor.seat) throw fail('not_found', { noun: 'transfer' });
        if (row.state !== 'waiting') throw fail('conflict', { noun: 'transfer' });
        outbox.withdraw(tx, row.intentId, 'cancelled');
        journal.release(tx, row.holdId, 'cancelled');
        setTransfer(tx, row, 'cancelled', 'cancelled');
        tx.audit({ transfer: id });
      });
    },
  };
}

/** Its bytes have not left: it can still be taken back. */
export function isStillHere(reader: Reader, row: TransferRow): boolean {
  const state = outbox.find(reader, row.intentId)?.state;
  return row.state === 'waiting' && (state === 'queued' || state === 'signed');
}

/** The journal voided a hold of ours because the sender's account is short: nothing is sent. */
export const holdOwner: HoldOwner = {
  noun: 'transfer',
  canVoid(reader, { id }) {
    const row = transferOfHold(reader, id);
    return row !== undefined && isStillHere(reader, row);
  },
  voided(tx, hold, reason) {
    const row = transferOfHold(tx, hold.id);
    if (!row) return;
    outbox.withdraw(tx, row.intentId, reason);
    setTransfer(tx, row, 'void', reason);
  },
};

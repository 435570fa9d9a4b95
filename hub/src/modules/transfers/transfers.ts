import { randomBytes, randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { positiveMicros } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Reader, SeatNumber, Store } from '../../platform/ports/index.ts';
import { keccak, message, subjectOf, toHex } from '../../signing/index.ts';
import {
  createMoneySigning,
  hasNotLeft,
  type MoneyMembers,
  type SignedMoneyDeps,
  signedMoneyOwner,
} from '../treasury/index.ts';
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
export interface TransferMembers extends MoneyMembers {
  /** What neighbours call the seat. */
  labelOf(reader: Reader, seat: SeatNumber): string;
  isRetired(reader: Reader, seat: SeatNumber): boolean;
}

export interface TransfersDeps extends SignedMoneyDeps {
  readonly store: Store;
  readonly members: TransferMembers;
}

export interface TransferIntention {
  readonly actor: Actor & { readonly seat: SeatNumber };
  readonly idempotencyKey?: string;
}

export interface Transfers {
  /**
   * Sets the money aside, signs and queues. Answers the id. Throws `above_daily_limit`, `not_enough_money`,
   * `account_short`, `grant_needed`.
   */
  send(intention: TransferIntention, transfer: NewTransfer): Promise<string>;
  /** The money returns. Throws `conflict` once it has left the hub, `not_found` for anybody but the sender. */
  cancel(intention: TransferIntention, id: string): Promise<void>;
}

const nonces = 2 ** 32;

export function createTransfers(deps: TransfersDeps): Transfers {
  const { store, journal, members } = deps;
  const signing = createMoneySigning(deps);

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
      const { hubId } = signing.founded();
      const { to, nonce } = store.read((reader) => {
        deps.assertWithinLimit(reader, actor.seat, amount, 'amountMicros');
        return {
          to: members.isRetired(reader, toSeat) ? undefined : members.addressOf(reader, toSeat),
          nonce: freeNonce(reader, actor.seat),
        };
      });
      if (!to) throw fail('not_found', { noun: 'neighbour' });
      const id = uuidv7();
      const salt = toHex(randomBytes(32));
      const reasonHash = toHex(keccak(subjectOf(hubId, 'transfer', id), salt, note ?? ''));
      const signed = await signing.sign(actor, amount, (validUntil) =>
        message('Transfer', { seat: actor.seat, to, amount, nonce, reasonHash, validUntil }),
      );
      return store.act({ name: 'transfer.send', actor, idempotencyKey, body: transfer }, (tx) => {
        // Between reading and signing the receiver may have got another key.
        if (members.addressOf(tx, toSeat) !== to) throw fail('conflict', { noun: 'neighbour' });
        const about = { noun: 'transfer', id };
        const aside = signing.setAside(tx, signed, { lane: 'transfers', subject: reasonHash, about });
        const row = {
          id,
          fromSeat: actor.seat,
          toSeat,
          amountMicros: amount,
          note: note ?? null,
          salt,
          nonce,
          ...aside,
        };
        insertTransfer(tx, row);
        tellTransfer(tx, row, 1);
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

/** It can still be taken back. */
export const isStillHere = (reader: Reader, row: TransferRow): boolean =>
  row.state === 'waiting' && hasNotLeft(reader, row.intentId);

export const holdOwner = signedMoneyOwner('transfer', transferOfHold, isStillHere, (tx, row, reason) =>
  setTransfer(tx, row, 'void', reason),
);

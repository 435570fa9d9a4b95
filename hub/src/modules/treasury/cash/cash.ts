import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../../platform/errors.ts';
import type { Actor, Store } from '../../../platform/ports/index.ts';
import type { Treasury } from '../treasury.ts';
import type { CloseTill, NewCarry, NewReceipt } from './cash.schema.ts';
import {
  closeTill,
  expectedIn,
  insertCarry,
  insertReceipt,
  insertTill,
  isDocumentUsed,
  moneyOrdersOnHand,
  nextReceiptNumber,
  openTill,
} from './cash.store.ts';

export interface CashDeps {
  readonly store: Store;
  readonly treasury: Pick<Treasury, 'recordDeposit'>;
}

export interface Cash {
  /** Throws `till_open`. */
  open(actor: Actor, floatMicros: number, idempotencyKey?: string): Promise<void>;
  /** Throws `till_closed`, or `bad_request` for a difference without a reason. */
  close(actor: Actor, count: CloseTill, idempotencyKey?: string): Promise<void>;
  /** Takes cash or a money order: a deposit and its receipt. Answers the receipt's number. */
  take(actor: Actor, receipt: NewReceipt, idempotencyKey?: string): Promise<number>;
  /** Takes money out for the bank. Throws `not_enough_money` for more than is there. */
  carry(actor: Actor, carry: NewCarry, idempotencyKey?: string): Promise<string>;
}

/** The till and the money orders: every cent that is neither at the bank nor on its way there. */
export function createCash({ store, treasury }: CashDeps): Cash {
  return {
    open(actor, floatMicros, idempotencyKey) {
      return store.act({ name: 'till.open', actor, idempotencyKey, body: { floatMicros } }, (tx) => {
        if (openTill(tx)) throw fail('till_open');
        const id = uuidv7();
        insertTill(tx, { id, bySeat: actor.seat!, floatMicros });
        tx.changed('till', id, 1, 'role:treasurer');
        tx.audit({ till: id, floatMicros });
      });
    },

    close(actor, count, idempotencyKey) {
      return store.act({ name: 'till.close', actor, idempotencyKey, body: count }, (tx) => {
        const till = openTill(tx);
        if (!till) throw fail('till_closed');
        const expectedMicros = expectedIn(tx, till);
        const differenceMicros = count.countedMicros - expectedMicros;
        if (differenceMicros !== 0 && count.reason === undefined)
          throw fail('bad_request', { field: 'reason', rule: `must say why ${differenceMicros} micro-units differ` });
        closeTill(tx, {
          rowId: till.rowId,
          bySeat: actor.seat!,
          expectedMicros,
          countedMicros: count.countedMicros,
          reason: differenceMicros === 0 ? null : count.reason!,
        });
        tx.changed('till', till.id, 2, 'role:treasurer');
        tx.audit({ till: till.id, countedMicros: count.countedMicros, differenceMicros });
      });
    },

    take(actor, receipt, idempotencyKey) {
      return store.act({ name: 'receipt.make', actor, idempotencyKey, body: receipt }, (tx) => {
        const isCash = receipt.kind === 'cash';
        const till = isCash ? openTill(tx) : undefined;
        if (isCash && !till) throw fail('till_closed');
        const document = receipt.kind === 'money-order' ? receipt.document : null;
        if (document !== null && isDocumentUsed(tx, document)) throw fail('already_exists', { field: 'document' });
        const number = nextReceiptNumber(tx);
        const { seat, amountMicros, kind } = receipt;
        const depositId = treasury.recordDeposit(tx, { seat, amountMicros, reference: receiptReference(number) });
        const id = uuidv7();
        const row = { number, id, kind, seat, amountMicros, document, depositId, bySeat: actor.seat! };
        insertReceipt(tx, { ...row, tillId: till?.rowId ?? null });
        tx.changed('receipt', id, 1, 'role:treasurer');
        tx.audit({ receipt: number, kind });
        return number;
      });
    },

    carry(actor, { kind, amountMicros }, idempotencyKey) {
      return store.act({ name: 'till.carry', actor, idempotencyKey, body: { kind, amountMicros } }, (tx) => {
        const till = kind === 'cash' ? openTill(tx) : undefined;
        if (kind === 'cash' && !till) throw fail('till_closed');
        const availableMicros = till ? expectedIn(tx, till) : moneyOrdersOnHand(tx);
        if (amountMicros > availableMicros)
          throw fail('not_enough_money', { availableMicros, neededMicros: amountMicros });
        const id = uuidv7();
        insertCarry(tx, { id, kind, tillId: till?.rowId ?? null, amountMicros, bySeat: actor.seat! });
        tx.changed('till', id, 1, 'role:treasurer');
        tx.audit({ carry: id, kind, amountMicros });
        return id;
      });
    },
  };
}

/** How a receipt is called on paper and in the member's list. */
export const receiptReference = (number: number): string => `R-${String(number).padStart(5, '0')}`;

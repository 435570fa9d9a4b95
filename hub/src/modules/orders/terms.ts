import { randomBytes } from 'node:crypto';
import type { Hex, OnChain, SeatNumber } from '../../platform/ports/index.ts';
import {
  keccak,
  message,
  type Spend,
  spendMode,
  subjectOf,
  type Terms,
  termsHash,
  toHex,
} from '../../signing/index.ts';
import type { NewOrder } from './orders.schema.ts';

/** On-chain windows outlast the building's by this much, so that a month without internet voids nothing. */
export const chainGraceMs = 45 * 24 * 60 * 60 * 1000;

/** How far above its target an order may settle: the last to join may overshoot by up to a whole target. */
const ceilingFactor = 2;

const seconds = (ms: number): number => Math.floor(ms / 1000);

export interface OrderTerms {
  readonly subject: Hex;
  readonly detailsSalt: Hex;
  readonly ceilingMicros: number;
  readonly terms: Terms;
  readonly termsHash: Hex;
}

/** What a new order binds on chain. Goods, title and supplier go in as a salted hash: the world learns none of them. */
export function createTerms(order: NewOrder, id: string, onChain: OnChain, closer: Hex): OrderTerms {
  const { targetMicros, deadlineAtMs } = order;
  const details = [
    order.title,
    order.supplierId,
    order.goodId ?? '',
    order.unit,
    order.unitPriceMicros,
    order.unitsPerCase,
  ];
  return bindTerms(
    { id, targetMicros, ceilingMicros: targetMicros * ceilingFactor, deadlineAtMs, details },
    onChain,
    closer,
  );
}

export interface ToBind {
  readonly id: string;
  readonly targetMicros: number;
  readonly ceilingMicros: number;
  readonly deadlineAtMs: number;
  readonly details: readonly (string | number)[];
}

/** Terms of an order whose details only the hub knows. */
export function bindTerms(order: ToBind, onChain: OnChain, closer: Hex): OrderTerms {
  const detailsSalt = toHex(randomBytes(32));
  const terms: Terms = {
    payee: onChain.clearing,
    closer,
    target: order.targetMicros,
    ceiling: order.ceilingMicros,
    deadline: seconds(order.deadlineAtMs + chainGraceMs),
    detailsHash: toHex(keccak(detailsSalt, JSON.stringify(order.details))),
  };
  return {
    subject: subjectOf(onChain.hubId, 'order', order.id),
    detailsSalt,
    ceilingMicros: order.ceilingMicros,
    terms,
    termsHash: termsHash(message('Terms', terms)),
  };
}

/** The message by which a member's money may move for this order, and for nothing else. */
export function createSpend(
  order: { subject: Hex; termsHash: Hex; executes: NewOrder['executes']; deadlineAtMs: number },
  line: { seat: SeatNumber; amountMicros: number; revision: number },
  onChain: OnChain,
): Spend {
  return {
    book: onChain.groupBuying,
    subject: order.subject,
    termsHash: order.termsHash,
    seat: line.seat,
    maxAmount: line.amountMicros,
    revision: line.revision,
    validUntil: seconds(order.deadlineAtMs + chainGraceMs),
    mode: order.executes === 'at-target' ? spendMode.exact : spendMode.atMost,
  };
}

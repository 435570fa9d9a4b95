/** The book of group orders as it is meant to be: settled at once, or waiting in escrow. */
import type { Money } from './money.ts';
import type { Found, Spend } from './money-words.ts';

export const mode = { exact: 0, atMost: 1, escrow: 2 } as const;
const LARGEST_ESCROW = 2n ** 40n - 1n;

export interface OrderTerms {
  readonly payee: string;
  readonly closer: string;
  readonly target: bigint;
  readonly ceiling: bigint;
  readonly deadline: number;
}

/** One order's spends on their way. */
export interface Batch {
  readonly subject: string;
  /** What stands for the terms where they must be the same. */
  readonly termsHash: string;
  readonly orderId: string;
  readonly terms: OrderTerms;
  readonly mode: number;
  readonly items: readonly Spend[];
  /** Who signed the closing of exactly these amounts. */
  readonly closedBy?: string | undefined;
}

export interface Escrow {
  total: bigint;
  deadline: number;
  executed: boolean;
  /** What was paid back is undefined. */
  readonly entries: ({ seat: number; amount: bigint } | undefined)[];
  readonly joined: Set<number>;
}

/** Why an order was skipped, any of these; taken when there is no why. `found` says what each spend met. */
export interface Outcome {
  readonly why: string[];
  readonly found: Found;
}

const sumOf = (items: readonly Spend[]): bigint => items.reduce((sum, item) => sum + item.amount, 0n);

export class Orders {
  readonly settled = new Map<string, { termsHash: string; total: bigint }>();
  readonly escrows = new Map<string, Escrow>();
  readonly money: Money;
  readonly book: string;

  constructor(money: Money, book: string) {
    this.money = money;
    this.book = book;
  }

  settle(batches: readonly Batch[]): Outcome[] {
    return batches.map((batch) => {
      const { terms } = batch;
      const before = this.settled.get(batch.subject);
      const total = before?.total ?? 0n;
      const why = this.whyNotTerms(terms);
      if (before && before.termsHash !== batch.termsHash) why.push('OtherTerms');
      if (batch.mode === mode.escrow) why.push('UnknownMode');
      const { found, good } = this.look(batch);
      const sum = sumOf(good);
      if (batch.mode === mode.atMost) {
        const asked = sumOf(batch.items);
        if (batch.closedBy !== terms.closer) why.push('NotSignedByCloser');
        if (total + asked < terms.target) why.push('BelowTarget');
        if (sum !== asked) why.push('TotalOutOfRange');
      }
      const enough = total < terms.target ? total + sum >= terms.target : sum > 0n;
      if (!enough || total + sum > terms.ceiling) why.push('TotalOutOfRange');
      if (this.money.paused) why.push('Paused');
      if (why.length === 0) {
        this.money.spend(batch.subject, good, terms.payee);
        this.settled.set(batch.subject, { termsHash: batch.termsHash, total: total + sum });
      }
      return { why, found };
    });
  }

  escrow(batches: readonly Batch[]): Outcome[] {
    return batches.map((batch) => {
      const { terms } = batch;
      const order = this.orderOf(batch);
      const why = this.whyNotEscrow(terms);
      if (batch.mode !== mode.escrow) why.push('UnknownMode');
      const { found, good } = this.look(batch);
      const sum = sumOf(good);
      if (sum === 0n || order.total + sum > terms.ceiling) why.push('TotalOutOfRange');
      if (this.money.paused) why.push('Paused');
      if (why.length === 0) {
        this.money.spend(batch.subject, good, order.executed ? terms.payee : this.book);
        this.add(batch, order, good);
      }
      return { why, found };
    });
  }

  join(key: string, batch: Omit<Batch, 'items' | 'mode'>, amount: bigint): string[] {
    const { terms } = batch;
    const { money } = this;
    const errors = this.whyNotEscrow(terms);
    const number = money.seatOf(key);
    const order = this.orderOf(batch);
    if (number === undefined) errors.push('NotASeat');
    else {
      const seat = money.seats.get(number)!;
      if (seat.frozen) errors.push('SeatIsFrozen');
      if (seat.retired) errors.push('SeatIsRetired');
      if (order.joined.has(number)) errors.push('JoinedBefore');
    }
    if (amount === 0n) errors.push('BadAmount');
    if (order.total + amount > terms.ceiling) errors.push('AboveCeiling');
    const to = order.executed ? terms.payee : this.book;
    errors.push(...money.whyNotTransferFrom(key, to, amount));
    if (number === undefined || errors.length > 0) return errors;
    money.transferFrom(key, to, amount);
    order.joined.add(number);
    this.add(batch, order, [{ seat: number, amount }]);
    return [];
  }

  /** Payment at the target never fails with this token, so there is never anything left to execute. */
  execute(batch: Omit<Batch, 'items' | 'mode'>): string[] {
    const order = this.escrows.get(batch.orderId);
    const errors: string[] = [];
    if (order?.executed) errors.push('AlreadyExecuted');
    if (this.money.now > batch.terms.deadline) errors.push('DeadlinePassed');
    if (!order || order.total < batch.terms.target) errors.push('TargetNotMet');
    if (errors.length === 0) throw new Error('an order has met its target and was not executed');
    return errors;
  }

  refund(orderId: string, index: number): string[] {
    const errors = this.whyNotRefund(orderId);
    const order = this.escrows.get(orderId);
    if (!order?.entries[index]) errors.push('NothingToRefund');
    if (this.money.paused) errors.push('Paused');
    if (!order || errors.length > 0) return errors;
    this.payBack(order, index);
    return [];
  }

  /** While the token rests a page pays nobody and says so. Answers how many were paid. */
  refundPage(orderId: string, from: number, to: number): string[] | number {
    const errors = this.whyNotRefund(orderId);
    const order = this.escrows.get(orderId);
    if (from >= to || to > (order?.entries.length ?? 0)) errors.push('BadPage');
    if (!order || errors.length > 0) return errors;
    let paid = 0;
    for (let index = from; index < to; index += 1) {
      if (!order.entries[index] || this.money.paused) continue;
      this.payBack(order, index);
      paid += 1;
    }
    return paid;
  }

  private look(batch: Batch): { found: Found; good: Spend[] } {
    const found = this.money.whyNotSpend(batch.subject, batch.items);
    return { found, good: batch.items.filter((_, index) => found[index]!.length === 0) };
  }

  private orderOf(batch: Pick<Batch, 'orderId' | 'terms'>): Escrow {
    const fresh = {
      total: 0n,
      deadline: batch.terms.deadline,
      executed: false,
      entries: [],
      joined: new Set<number>(),
    };
    return this.escrows.get(batch.orderId) ?? fresh;
  }

  private add(
    batch: Pick<Batch, 'orderId' | 'terms'>,
    order: Escrow,
    parts: readonly { seat: number; amount: bigint }[],
  ): void {
    this.escrows.set(batch.orderId, order);
    for (const { seat, amount } of parts) {
      order.total += amount;
      if (!order.executed) order.entries.push({ seat, amount });
    }
    if (order.executed || order.total < batch.terms.target) return;
    order.executed = true;
    this.money.account(this.book).balance -= order.total;
    this.money.account(batch.terms.payee).balance += order.total;
  }

  private payBack(order: Escrow, index: number): void {
    const { seat, amount } = order.entries[index]!;
    order.entries[index] = undefined;
    order.total -= amount;
    this.money.account(this.book).balance -= amount;
    this.money.account(this.money.seats.get(seat)!.key).balance += amount;
  }

  private whyNotRefund(orderId: string): string[] {
    const order = this.escrows.get(orderId);
    if (!order) return ['NoSuchOrder'];
    const errors: string[] = [];
    if (order.executed) errors.push('AlreadyExecuted');
    if (this.money.now <= order.deadline) errors.push('DeadlineNotPassed');
    return errors;
  }

  private whyNotTerms(terms: OrderTerms): string[] {
    const why: string[] = [];
    if (terms.target === 0n || terms.ceiling < terms.target) why.push('BadTerms');
    if (this.money.now > terms.deadline) why.push('DeadlinePassed');
    return why;
  }

  private whyNotEscrow(terms: OrderTerms): string[] {
    const why = this.whyNotTerms(terms);
    if (terms.ceiling > LARGEST_ESCROW) why.push('BadTerms');
    if ([this.book, this.money.token].includes(terms.payee)) why.push('BadPayee');
    return why;
  }
}

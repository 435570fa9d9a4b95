import type { HoldOwner, Journal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, Micros, OnChain, Reader, SeatNumber, SignedMessage, Tx } from '../../platform/ports/index.ts';
import { foodUsdDomain, type SignAsMember } from '../../signing/index.ts';

/** What money that a member signs away needs of the members' room. */
export interface MoneyMembers {
  readonly sign: SignAsMember;
  addressOf(reader: Reader, seat: SeatNumber): Hex | undefined;
  /** After a recovery outgoing money waits; undefined when it does not. */
  outgoingWaitsUntil(reader: Reader, seat: SeatNumber): number | undefined;
}

export interface SignedMoneyDeps {
  readonly journal: Journal;
  readonly members: MoneyMembers;
  readonly onChain: () => OnChain | undefined;
  readonly clock: Clock;
  readonly assertWithinLimit: AssertWithinLimit;
  /** Deposits of the seat that the chain does not know yet: what it sends goes behind them. */
  readonly mintsOnTheWay: (reader: Reader, seat: SeatNumber) => readonly string[];
}

/** Throws `above_daily_limit` for an amount that the seat could not send in any day. */
export type AssertWithinLimit = (reader: Reader, seat: SeatNumber, amountMicros: number, field: string) => void;

export interface SignedMoney {
  readonly seat: SeatNumber;
  readonly amountMicros: Micros;
  readonly message: SignedMessage;
  readonly signature: Hex;
  readonly validUntilMs: number;
}

/** Two months without a line, and as much again. */
const validMs = 120 * 24 * 60 * 60 * 1000;

/** How a member signs money away, and how it then waits under a hold of its own. */
export function createMoneySigning({ journal, members, onChain, clock, mintsOnTheWay }: SignedMoneyDeps) {
  function founded(): OnChain {
    const found = onChain();
    if (!found) throw fail('not_founded');
    return found;
  }

  return {
    /** The chain that money is signed for. Throws `not_founded`. */
    founded,

    /** Before the unit of work, for the key may have to be waited for. Throws `not_founded`, and as `SignAsMember` does. */
    async sign(
      actor: Actor & { readonly seat: SeatNumber },
      amountMicros: Micros,
      write: (validUntil: number) => SignedMessage,
    ): Promise<SignedMoney> {
      const { chainId, foodUsd } = founded();
      const validUntilMs = clock.nowMs() + validMs;
      const message = write(Math.floor(validUntilMs / 1000));
      const signature = await members.sign(actor, foodUsdDomain(chainId, foodUsd), message);
      return { seat: actor.seat, amountMicros, message, signature, validUntilMs };
    },

    /** Sets the money aside and queues what was signed. Throws `not_enough_money`, `account_short`. */
    setAside(tx: Tx, signed: SignedMoney, to: { lane: string; subject: Hex; about: { noun: string; id: string } }) {
      const { seat, amountMicros, message, signature, validUntilMs } = signed;
      const holdId = journal.hold(tx, seat, amountMicros, to.about);
      const intentId = outbox.add(tx, {
        lane: to.lane,
        subject: to.subject,
        seat,
        message,
        authorisations: [{ by: 'member', seat, address: members.addressOf(tx, seat)!, signature }],
        notBeforeMs: members.outgoingWaitsUntil(tx, seat),
        validUntilMs,
        after: mintsOnTheWay(tx, seat),
      });
      outbox.queue(tx, intentId);
      return { holdId, intentId };
    },
  };
}

/** Its bytes have not left: it can still be taken back. */
export function hasNotLeft(reader: Reader, intentId: string): boolean {
  const state = outbox.find(reader, intentId)?.state;
  return state === 'queued' || state === 'signed';
}

/** For the journal, which voids a hold when its member's account is short: what was signed for it is never sent. */
export const signedMoneyOwner = <Row extends { readonly intentId: string }>(
  noun: string,
  rowOfHold: (reader: Reader, holdId: string) => Row | undefined,
  isStillHere: (reader: Reader, row: Row) => boolean,
  setVoid: (tx: Tx, row: Row, reason: string) => void,
): HoldOwner => ({
  noun,
  canVoid(reader, { id }) {
    const row = rowOfHold(reader, id);
    return row !== undefined && isStillHere(reader, row);
  },
  voided(tx, { id }, reason) {
    const row = rowOfHold(tx, id);
    if (!row) return;
    outbox.withdraw(tx, row.intentId, reason);
    setVoid(tx, row, reason);
  },
});

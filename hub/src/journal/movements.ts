import { v7 as uuidv7 } from 'uuid';
import { fail } from '../platform/errors.ts';
import type { Tx } from '../platform/ports/index.ts';
import {
  type AccountKind,
  findAccount,
  insertMovement,
  insertPosting,
  type MovementKind,
  openAccount,
} from './journal.store.ts';

export interface Leg {
  readonly owner: string;
  readonly kind: AccountKind;
  readonly amountMicros: number;
}

export interface Movement {
  readonly kind: MovementKind;
  readonly currencyId: number;
  readonly legs: readonly Leg[];
  readonly subjectNoun?: string;
  readonly subjectId?: string;
  readonly reason?: string;
  readonly reverses?: number;
  /** What never reached the chain is undone there as well, whoever has used it meanwhile: the place may go below zero. */
  readonly isForced?: boolean;
}

export const seatOwner = (seat: number): string => `seat:${seat}`;

/** Kinds of account that an action of the hub never takes below zero. */
const neverNegative: readonly AccountKind[] = ['available', 'held', 'clearing'];

/**
 * Posts a balanced movement. Throws `not_enough_money` when a leg would take an account below zero, unless the
 * movement is foreign or forced: the chain has already decided it.
 */
export function post(tx: Tx, movement: Movement): { id: number; publicId: string } {
  const sum = movement.legs.reduce((total, leg) => total + BigInt(leg.amountMicros), 0n);
  if (sum !== 0n) throw new Error(`journal: a ${movement.kind} of ${movement.legs.length} legs does not balance`);
  for (const leg of movement.legs) assertCovered(tx, movement, leg);
  const publicId = uuidv7();
  const id = insertMovement(tx, {
    publicId,
    currencyId: movement.currencyId,
    kind: movement.kind,
    subjectNoun: movement.subjectNoun ?? null,
    subjectId: movement.subjectId ?? null,
    reason: movement.reason ?? null,
    reverses: movement.reverses ?? null,
  });
  for (const leg of movement.legs) {
    insertPosting(tx, id, openAccount(tx, movement.currencyId, leg.owner, leg.kind), leg.amountMicros);
  }
  for (const seat of seatsOf(movement.legs)) tx.changed('money', String(seat), id, `seat:${seat}`);
  return { id, publicId };
}

function assertCovered(tx: Tx, movement: Movement, leg: Leg): void {
  if (leg.amountMicros >= 0 || movement.kind === 'foreign' || movement.isForced) return;
  if (!neverNegative.includes(leg.kind)) return;
  const balance = findAccount(tx, movement.currencyId, leg.owner, leg.kind)?.balanceMicros ?? 0;
  if (balance + leg.amountMicros < 0) {
    throw fail('not_enough_money', { availableMicros: Math.max(balance, 0), neededMicros: -leg.amountMicros });
  }
}

function seatsOf(legs: readonly Leg[]): number[] {
  const owners = new Set(legs.map((leg) => leg.owner).filter((owner) => owner.startsWith('seat:')));
  return [...owners].map((owner) => Number(owner.slice(5)));
}

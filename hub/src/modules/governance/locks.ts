import { randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { createJournal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Hex, Reader, SeatNumber } from '../../platform/ports/index.ts';
import { domainOf, keccak, message, subjectOf, toHex, uintBytes } from '../../signing/index.ts';
import { secondsOf } from './content.ts';
import type { NewLock } from './governance.schema.ts';
import { locksLane, withdrawalMessage, withdrawalsLane } from './locks.lane.ts';
import { insertLockRequest, lastLock, waitingLockRequests } from './locks.store.ts';
import { governanceOnChain, type Intention, type ProposalsDeps, requireResident } from './proposals.ts';
import type { LockWord } from './quadratic.ts';

const gro = createJournal('GRO', () => []);
const dayS = 86_400;
/** `SeatLock.SHORTEST` and `LONGEST`, a day off each: the chain counts from when it is recorded. */
const shortestS = 7 * dayS;
const longestS = 730 * dayS;
const slackS = dayS;
/** What is signed waits for a month without internet. */
const validForS = 45 * dayS;

/** The data that the lock contract reads: `abi.encode(uint40 until)`. */
export const lockData = (untilS: number): Hex => toHex(uintBytes(untilS, 32));

export interface LockNow {
  /** As it will stand once everything that waits has landed; undefined when nothing runs. */
  readonly lock?: LockWord;
  /** Free to lock: what the final chain says, less what is signed already. */
  readonly freeMicros: number;
  /** Has ended and was not taken out. */
  readonly isOver: boolean;
}

export function lockNow(reader: Reader, seat: SeatNumber, nowMs: number): LockNow {
  const nowS = secondsOf(nowMs);
  const word = lastLock(reader, seat);
  const waiting = waitingLockRequests(reader, seat);
  const added = waiting.filter(({ kind }) => kind === 'lock');
  const amountMicros = added.reduce((sum, request) => sum + request.amountMicros, 0);
  const isRunning = word !== undefined && word.amountMicros > 0 && word.untilS > nowS;
  const isOver = word !== undefined && word.amountMicros > 0 && !isRunning && waiting.length === 0;
  const base = word !== undefined && word.amountMicros > 0 ? word : { amountMicros: 0, untilS: 0 };
  const untilS = added.at(-1)?.untilS ?? base.untilS;
  const isAny = isRunning || added.length > 0;
  return {
    lock: isAny ? { amountMicros: base.amountMicros + amountMicros, untilS } : undefined,
    freeMicros: Math.max(0, gro.balance(reader, seat).availableMicros - amountMicros),
    isOver,
  };
}

/**
 * Locks GRO for a time, adds to the lock or makes it longer. Throws `bad_request` naming the field, `not_enough_gro`,
 * `not_allowed` for guests, `grant_needed`, `not_founded`.
 */
export async function lockGro(deps: ProposalsDeps, { actor, idempotencyKey }: Intention, wish: NewLock): Promise<void> {
  const { store, members, clock } = deps;
  const { seat } = actor;
  const place = governanceOnChain(deps.onChain());
  const { amountMicros } = wish;
  const untilS = secondsOf(wish.untilMs);
  const nowS = secondsOf(clock.nowMs());
  const isRunning = store.read((reader) => {
    requireResident(members.voter(reader, seat));
    return checkLock(lockNow(reader, seat, clock.nowMs()), { amountMicros, untilS }, nowS);
  });
  const transfer = message('GroTransfer', {
    seat,
    to: place.seatLock,
    id: '0',
    amount: amountMicros,
    dataHash: toHex(keccak(uintBytes(untilS, 32))),
    nonce: randomInt(2 ** 32),
    // A new lock must still run for a week when it lands; a longer one only has to run.
    validUntil: Math.min(nowS + validForS, isRunning ? untilS : untilS - shortestS),
  });
  const signature = await members.sign(actor, domainOf('GroToken', place.chainId, place.gro), transfer);
  await store.act({ name: 'lock.lock', actor, idempotencyKey, body: wish }, (tx) => {
    const voter = members.voter(tx, seat);
    requireResident(voter);
    if (checkLock(lockNow(tx, seat, tx.nowMs), { amountMicros, untilS }, nowS) !== isRunning)
      throw fail('conflict', { noun: 'lock' });
    const publicId = uuidv7();
    const intentId = outbox.add(tx, {
      lane: locksLane,
      subject: subjectOf(place.hubId, 'lock', publicId),
      seat,
      message: transfer,
      authorisations: [{ by: 'member', seat, address: voter.address, signature }],
      notBeforeMs: members.outgoingWaitsUntil(tx, seat),
      validUntilMs: Number(transfer.fields.validUntil) * 1000,
      // Each builds on the one before.
      after: waitingLockRequests(tx, seat).map((request) => request.intentId),
    });
    outbox.queue(tx, intentId);
    insertLockRequest(tx, { publicId, seat, kind: 'lock', amountMicros, untilS, intentId });
    tx.audit({ lock: publicId, amountMicros });
    tx.changed('lock', String(seat), 0, `seat:${seat}`);
  });
}

/** Answers whether it adds to a lock that runs. */
function checkLock({ lock, freeMicros }: LockNow, wish: LockWord, nowS: number): boolean {
  const wrong = (rule: string) => fail('bad_request', { field: 'untilMs', rule });
  if (wish.amountMicros === 0 && !lock)
    throw fail('bad_request', { field: 'amountMicros', rule: 'must be more than 0' });
  if (wish.amountMicros > 0 && wish.amountMicros > freeMicros)
    throw fail('not_enough_gro', { availableMicros: freeMicros, neededMicros: wish.amountMicros });
  if (wish.untilS > nowS + longestS - slackS) throw wrong('must be less than two years from now');
  if (!lock) {
    if (wish.untilS < nowS + shortestS + slackS) throw wrong('must be at least eight days from now');
    return false;
  }
  if (wish.untilS < lock.untilS || (wish.amountMicros === 0 && wish.untilS === lock.untilS))
    throw wrong('must not be before the lock’s end');
  return true;
}

/** Takes a lock out that has ended. Throws `lock_running`, `not_founded`. */
export async function takeOut(deps: ProposalsDeps, { actor, idempotencyKey }: Intention): Promise<void> {
  const { seat } = actor;
  const place = governanceOnChain(deps.onChain());
  await deps.store.act({ name: 'lock.take-out', actor, idempotencyKey, body: {} }, (tx) => {
    const word = lastLock(tx, seat);
    if (!word || !lockNow(tx, seat, tx.nowMs).isOver) throw fail('lock_running');
    const publicId = uuidv7();
    const intentId = outbox.add(tx, {
      lane: withdrawalsLane,
      subject: subjectOf(place.hubId, 'lock', publicId),
      seat,
      message: withdrawalMessage({ seat, until: word.untilS }),
      // It can go nowhere but to the seat's key: anybody may carry it.
      authorisations: [],
      validUntilMs: tx.nowMs + 10 * 365 * dayS * 1000,
    });
    outbox.queue(tx, intentId);
    insertLockRequest(tx, { publicId, seat, kind: 'withdraw', ...word, intentId });
    tx.audit({ lock: publicId });
    tx.changed('lock', String(seat), 0, `seat:${seat}`);
  });
}

import { outbox } from '../../outbox/index.ts';
import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import { secondsOf } from './content.ts';
import type { Locks } from './governance.schema.ts';
import { lastLock, recentLockRequests } from './locks.store.ts';
import { lockNow } from './locks.ts';
import { numberNow } from './numbers.ts';
import { recordOf } from './proposal-view.ts';
import { creditsFor, multiplierOf } from './quadratic.ts';

const shownMax = 10;

/** A member's GRO, what is locked of it, and what is on its way. */
export function locksView(reader: Reader, seat: SeatNumber, nowMs: number): Locks {
  const nowS = secondsOf(nowMs);
  const word = lastLock(reader, seat);
  const { freeMicros, isOver } = lockNow(reader, seat, nowMs);
  const capMicros = numberNow(reader, 'lock.cap');
  return {
    groMicros: freeMicros,
    lock:
      word && word.amountMicros > 0
        ? { amountMicros: word.amountMicros, untilMs: word.untilS * 1000, isOver }
        : undefined,
    credits: creditsFor(multiplierOf(word, nowS, capMicros), []).season,
    capMicros,
    requests: recentLockRequests(reader, seat, shownMax).map((request) => ({
      id: request.publicId,
      kind: request.kind,
      amountMicros: request.amountMicros,
      untilMs: request.untilS * 1000,
      record: recordOf(outbox.find(reader, request.intentId)?.state),
      reason: request.reason ?? undefined,
    })),
  };
}

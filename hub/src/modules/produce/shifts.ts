import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Actor, Store, Tx } from '../../platform/ports/index.ts';
import { message, subjectOf } from '../../signing/index.ts';
import { checkDay, dayOf } from './lots.ts';
import { type OfficerWords, secondsOf, shiftsLane, wordValidMs } from './officer-words.ts';
import type { NewShift } from './produce.schema.ts';
import type { Seated } from './produce.ts';
import { findShift, insertShift, type ShiftRow, setConfirmed, setShift, touchShift } from './shifts.store.ts';

export interface Shifts {
  report(actor: Seated, shift: NewShift, idempotencyKey?: string): Promise<string>;
  /** A coordinator saw it done; the steward's key says so. Throws `not_found`, `conflict`, `not_allowed` for one's own. */
  confirm(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
  /** Not done after all: its member or a coordinator. Throws `not_found`, `conflict`, `not_allowed`. */
  decline(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
}

/** Work in the garden, reported by who did it, confirmed by somebody else, rewarded in GRO. */
export function createShifts({ store, words }: { store: Store; words: OfficerWords }): Shifts {
  function reported(tx: Tx, id: string): ShiftRow {
    const shift = findShift(tx, id);
    if (!shift) throw fail('not_found', { noun: 'shift' });
    if (shift.state !== 'reported') throw fail('conflict', { noun: 'shift' });
    return shift;
  }

  return {
    report(actor, { work, shifts, doneOn }, idempotencyKey) {
      return store.act({ name: 'shift.report', actor, idempotencyKey, body: { work, shifts, doneOn } }, (tx) => {
        const doneDay = dayOf(doneOn);
        checkDay(doneDay, tx.nowMs, 'doneOn');
        const id = uuidv7();
        insertShift(tx, { id, seat: actor.seat, work, shifts, doneDay });
        touchShift(tx, findShift(tx, id)!);
        tx.audit({ shift: id, shifts });
        return id;
      });
    },

    confirm(actor, id, idempotencyKey) {
      return store.act({ name: 'shift.confirm', actor, idempotencyKey, body: { id } }, (tx) => {
        const shift = reported(tx, id);
        if (shift.seat === actor.seat) throw fail('not_allowed', { needs: 'another coordinator' });
        const { seat, shifts } = shift;
        const ref = subjectOf(words.domain().hubId, 'shift', id);
        const validUntil = secondsOf(tx.nowMs + wordValidMs);
        const { intentId } = words.propose(tx, {
          lane: shiftsLane,
          subject: ref,
          seat,
          message: message('Shift', { seat, shifts, ref, validUntil }),
        });
        setConfirmed(tx, shift.rowId, { ref, intentId, confirmedBy: actor.seat ?? null });
        touchShift(tx, shift);
        tx.audit({ shift: id, shifts });
      });
    },

    decline(actor, id, idempotencyKey) {
      return store.act({ name: 'shift.decline', actor, idempotencyKey, body: { id } }, (tx) => {
        const shift = reported(tx, id);
        if (shift.seat !== actor.seat && !actor.roles.includes('coordinator'))
          throw fail('not_allowed', { needs: 'a coordinator' });
        setShift(tx, shift.rowId, 'declined');
        touchShift(tx, shift);
        tx.audit({ shift: id });
      });
    },
  };
}

import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Reader, Store, Tx } from '../../platform/ports/index.ts';
import { wrapOf } from './keys.store.ts';
import type { Keys } from './keys.ts';
import { type Member, memberById } from './members.store.ts';
import { lockMs, triesLeft } from './pin.ts';
import { type PinLock, pinLock, pinLocksAt, removePinLock, savePinLock } from './pin-pad.store.ts';

/** What a right PIN opened. The caller zeroes the secret, or gives it to the grants. */
export interface Opened {
  readonly member: Member;
  readonly secret: Uint8Array;
}

export interface PinPad {
  /** Throws `wrong_pin` (triesLeft, seconds), `locked_out` (seconds), `busy`. */
  open(actor: Actor, tileId: string, pin: string): Promise<Opened>;
}

const nobodysAddress = '0x0000000000000000000000000000000000000000';

/** Checks PINs by opening the key with them, one at a time per tile and device, so that parallel guesses count too. */
export function createPinPad(deps: { store: Store; clock: Clock; keys: Keys }): PinPad {
  const { store, clock, keys } = deps;
  const turns = new Map<string, Promise<unknown>>();

  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(key) ?? Promise.resolve()).then(work, work);
    turns.set(key, turn);
    const leave = () => void (turns.get(key) === turn && turns.delete(key));
    turn.then(leave, leave);
    return turn;
  }

  async function tryOnce(actor: Actor, deviceId: string, tileId: string, pin: string): Promise<Opened> {
    const { member, wrap, lock } = store.read((reader) => {
      const found = memberById(reader, tileId);
      return {
        member: found,
        wrap: found && wrapOf(reader, found.seat, 'pin'),
        lock: pinLock(reader, tileId, deviceId),
      };
    });
    const restMs = remainingMs(lock, clock.nowMs());
    if (restMs > 0) throw fail('locked_out', { seconds: Math.ceil(restMs / 1000) });
    const secret = await keys.openByPin(wrap, pin, member ?? { seat: 0, address: nobodysAddress });
    if (member && secret) return { member, secret };
    const failures = (lock?.failures ?? 0) + 1;
    await store.act({ name: 'pin.refuse', actor }, (tx) => {
      savePinLock(tx, tileId, deviceId, failures);
      tx.audit({ seat: member?.seat ?? null, failures });
    });
    throw fail('wrong_pin', { triesLeft: triesLeft(failures), seconds: lockMs(failures) / 1000 });
  }

  return {
    async open(actor, tileId, pin) {
      const { deviceId } = actor;
      if (!deviceId) throw fail('device_not_approved', { kind: 'kiosk or phone' });
      return inTurn(`${tileId} ${deviceId}`, () => tryOnce(actor, deviceId, tileId, pin));
    },
  };
}

/** Forgets wrong PINs on the actor's device; part of every action that a right PIN opens. */
export function clearPinPad(tx: Tx, member: Member): void {
  if (tx.actor.deviceId) removePinLock(tx, member.id, tx.actor.deviceId);
}

/** Whose pad rests on that device, and until when. */
export function restingPads(reader: Reader, deviceId: string, nowMs: number): { member: Member; untilMs: number }[] {
  return pinLocksAt(reader, deviceId).flatMap((lock) => {
    const restMs = remainingMs(lock, nowMs);
    const member = restMs > 0 ? memberById(reader, lock.tileId) : undefined;
    return member ? [{ member, untilMs: nowMs + restMs }] : [];
  });
}

/** A clock set back since the last wrong PIN must not lock anybody out for years: the rest then starts anew with the next one. */
function remainingMs(lock: PinLock | undefined, nowMs: number): number {
  if (!lock || nowMs < lock.failedAtMs) return 0;
  return lock.failedAtMs + lockMs(lock.failures) - nowMs;
}

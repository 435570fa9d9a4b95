import { randomUUID } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, DeviceKind, Store } from '../../platform/ports/index.ts';
import { deviceById } from './devices.store.ts';
import type { Grants } from './grants.ts';
import { saveWrap } from './keys.store.ts';
import type { Keys } from './keys.ts';
import { type Member, memberAt } from './members.store.ts';
import { assertGoodPin } from './pin.ts';
import { removePinLock } from './pin-pad.store.ts';
import { clearPinPad, type Opened, type PinPad } from './pin-pad.ts';
import { type Session, sessionOn, sessionsOf } from './sessions.store.ts';
import type { Sessions } from './sessions.ts';
import { createToken, hashOf } from './tokens.ts';

const phoneGrantMs = 5 * 60_000;

export interface SignedIn {
  readonly member: Member;
  readonly sessionToken: string;
  readonly canSignUntilMs: number;
}

export interface SignIn {
  /** A tile and its PIN at a kiosk; on an approved phone its owner's PIN. Errors as `PinPad.open`. */
  open(actor: Actor, tileId: string | undefined, pin: string): Promise<SignedIn>;
  /** Lets this session sign. Returns until when, UTC ms. */
  grant(actor: Actor, pin: string): Promise<number>;
  end(actor: Actor): Promise<void>;
  /** Every session of the seat, on every device. */
  endEverywhere(actor: Actor): Promise<void>;
  /** Done once per key: after a lost answer the old PIN would be wrong by now. */
  changePin(actor: Actor, oldPin: string, newPin: string, idempotencyKey?: string): Promise<void>;
  /** Lets a neighbour try again on this kiosk. */
  unlock(actor: Actor, seat: number, idempotencyKey?: string): Promise<void>;
  /** Gives an opened secret to the session's grant; returns until when. */
  hold(session: Session, opened: Opened): number;
}

export function createSignIn(deps: {
  store: Store;
  clock: Clock;
  keys: Keys;
  pinPad: PinPad;
  sessions: Sessions;
  grants: Grants;
}): SignIn {
  const { store, clock, keys, pinPad, sessions, grants } = deps;
  const lastChanges = new Map<number, string>();

  function hold(session: Session, { member, secret }: Opened): number {
    // At the kiosk until sign-out, which ends the session; on a phone for five minutes.
    const untilMs = session.kind === 'kiosk' ? session.expiresAtMs : clock.nowMs() + phoneGrantMs;
    grants.open(session.id, { seat: member.seat, secret, isKey: member.keyStorage === 'hub', untilMs });
    return untilMs;
  }

  const ownTile = (seat: number | undefined): string => {
    const member = seat === undefined ? undefined : store.read((reader) => memberAt(reader, seat));
    if (!member) throw fail('not_signed_in');
    return member.id;
  };

  const phoneOwner = (deviceId: string) => store.read((reader) => deviceById(reader, deviceId)?.seat ?? undefined);

  /** Runs `work` with what the PIN opened; the secret is zeroed unless `work` gave it away. */
  async function withPin<T>(
    actor: Actor,
    tileId: string,
    pin: string,
    work: (opened: Opened) => Promise<T>,
  ): Promise<T> {
    const opened = await pinPad.open(actor, tileId, pin);
    try {
      return await work(opened);
    } catch (error) {
      opened.secret.fill(0);
      throw error;
    }
  }

  return {
    hold,

    async open(actor, tileId, pin) {
      const { deviceId, deviceKind } = approved(actor);
      const wanted = deviceKind === 'phone' ? ownTile(phoneOwner(deviceId)) : tileId;
      if (wanted === undefined) throw fail('bad_request', { field: 'tileId', rule: 'must be given' });
      return withPin(actor, wanted, pin, async (opened) => {
        const { member } = opened;
        const { token: sessionToken, tokenHash } = createToken();
        const who: Actor = { roles: member.roles, seat: member.seat, deviceId, deviceKind };
        const session = await store.act({ name: 'session.open', actor: who }, (tx) => {
          clearPinPad(tx, member);
          return sessions.open(tx, { deviceId, kind: deviceKind, seat: member.seat, tokenHash });
        });
        return { member, sessionToken, canSignUntilMs: hold(session, opened) };
      });
    },

    grant: (actor, pin) =>
      withPin(actor, ownTile(actor.seat), pin, async (opened) => {
        const session = await store.act({ name: 'grant.open', actor }, (tx) => {
          clearPinPad(tx, opened.member);
          const current = actor.deviceId === undefined ? undefined : sessionOn(tx, actor.deviceId);
          if (!current || current.id !== actor.sessionId) throw fail('session_expired');
          return current;
        });
        return hold(session, opened);
      }),

    end: (actor) =>
      store.act({ name: 'session.end', actor }, (tx) => {
        const current = actor.deviceId === undefined ? undefined : sessionOn(tx, actor.deviceId);
        if (current?.id === actor.sessionId && current) sessions.end(tx, [current]);
      }),

    endEverywhere: (actor) =>
      store.act({ name: 'session.end-everywhere', actor }, (tx) => {
        const mine = sessionsOf(tx, actor.seat!);
        sessions.end(tx, mine);
        tx.audit({ sessions: mine.length });
      }),

    async changePin(actor, oldPin, newPin, idempotencyKey = randomUUID()) {
      assertGoodPin(newPin, 'newPin');
      // In memory: a hash of a PIN may not be written anywhere.
      const change = Buffer.from(hashOf(`${actor.seat} ${idempotencyKey} ${oldPin} ${newPin}`)).toString('hex');
      if (actor.seat !== undefined && lastChanges.get(actor.seat) === change) return;
      await withPin(actor, ownTile(actor.seat), oldPin, async ({ member, secret }) => {
        const wrap = await keys.sealByPin(secret, newPin, member);
        await store.act({ name: 'pin.change', actor }, (tx) => {
          clearPinPad(tx, member);
          saveWrap(tx, member.seat, 'pin', wrap);
        });
        lastChanges.set(member.seat, change);
        secret.fill(0);
      });
    },

    unlock: (actor, seat, idempotencyKey) =>
      store.act({ name: 'pin.unlock', actor, idempotencyKey, body: { seat } }, (tx) => {
        if (actor.deviceKind !== 'kiosk' || !actor.deviceId) throw fail('device_not_approved', { kind: 'kiosk' });
        const neighbour = memberAt(tx, seat);
        if (!neighbour) throw fail('not_found', { noun: 'member' });
        removePinLock(tx, neighbour.id, actor.deviceId);
        tx.audit({ seat });
      }),
  };
}

function approved(actor: Actor): { deviceId: string; deviceKind: DeviceKind } {
  const { deviceId, deviceKind } = actor;
  if (!deviceId || !deviceKind) throw fail('device_not_approved', { kind: 'kiosk or phone' });
  return { deviceId, deviceKind };
}

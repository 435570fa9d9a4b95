import { fail } from '../../platform/errors.ts';
import type { Actor, Store, Tx } from '../../platform/ports/index.ts';
import { parseRecoveryCode, recoveryLookup } from '../../signing/index.ts';
import { againMs } from './approvals.ts';
import { deviceById, replaceDeviceToken } from './devices.store.ts';
import type { Devices } from './devices.ts';
import { saveWrap, wrapByLookup } from './keys.store.ts';
import type { Keys } from './keys.ts';
import { type Member, memberAt, saveOutgoingWait, saveRecoveryDue, touchMember } from './members.store.ts';
import { actOnce } from './once.ts';
import { assertGoodPin } from './pin.ts';
import { removePinLocksOf } from './pin-pad.store.ts';
import type { Opened } from './pin-pad.ts';
import { type Session, sessionOn, sessionsOf } from './sessions.store.ts';
import type { Sessions } from './sessions.ts';
import { createToken } from './tokens.ts';

/** After a recovery outgoing money waits, so that a stolen code is noticed before money leaves. */
const outgoingWaitMs = 48 * 3_600_000;

export interface RecoveryRequest {
  readonly tileId?: string;
  readonly seat?: number;
  readonly recoveryCode: string;
  readonly newPin: string;
  readonly idempotencyKey?: string;
}

export interface Recovered {
  readonly member: Member;
  readonly canSignUntilMs: number;
  readonly sessionToken: string;
  /** Present when this browser has become the member's phone. */
  readonly deviceToken?: string;
}

export interface Recovery {
  /**
   * The same key gets a new PIN; every other session of the seat ends; this browser is signed in. Throws
   * `wrong_recovery_code` (isMistyped: the check signs say so).
   */
  recover(actor: Actor, request: RecoveryRequest): Promise<Recovered>;
  /** The printed code was found. Throws `wrong_recovery_code`. */
  confirm(actor: Actor, recoveryCode: string): Promise<void>;
}

export function createRecovery(deps: {
  store: Store;
  keys: Keys;
  devices: Devices;
  sessions: Sessions;
  hold: (session: Session, opened: Opened) => number;
}): Recovery {
  const { store, keys, devices, sessions, hold } = deps;

  async function openByCode(typed: string, isTheirs: (member: Member) => boolean): Promise<Opened> {
    const code = parseRecoveryCode(typed);
    if (!code) throw fail('wrong_recovery_code', { isMistyped: true });
    const found = store.read((reader) => {
      const row = wrapByLookup(reader, recoveryLookup(code));
      return row && { wrap: row.wrap, member: memberAt(reader, row.seat)! };
    });
    const secret = found && isTheirs(found.member) ? await keys.openByCode(found.wrap, code, found.member) : undefined;
    code.fill(0);
    if (!found || !secret) throw fail('wrong_recovery_code', { isMistyped: false });
    return { member: found.member, secret };
  }

  /** The kiosk and the member's own phone stay what they are; any other browser becomes the member's phone. */
  function deviceFor(tx: Tx, member: Member, tokenHash: Uint8Array): { id: string; isNew: boolean } {
    const here = tx.actor.deviceId === undefined ? undefined : deviceById(tx, tx.actor.deviceId);
    if (here && (here.kind === 'kiosk' || here.seat === member.seat)) return { id: here.id, isNew: false };
    return { id: devices.approve(tx, { kind: 'phone', seat: member.seat, name: 'Phone', tokenHash }), isNew: true };
  }

  return {
    async recover(actor, { tileId, seat, recoveryCode, newPin, idempotencyKey }) {
      assertGoodPin(newPin, 'newPin');
      const opened = await openByCode(
        recoveryCode,
        (member) => (tileId ?? member.id) === member.id && (seat ?? member.seat) === member.seat,
      );
      const { member, secret } = opened;
      try {
        const wrap = await keys.sealByPin(secret, newPin, member);
        const deviceToken = createToken();
        const sessionToken = createToken();
        const openHere = (tx: Tx, deviceId: string) => {
          saveWrap(tx, member.seat, 'pin', wrap);
          const kind = deviceById(tx, deviceId)!.kind;
          sessions.open(tx, { deviceId, kind, seat: member.seat, tokenHash: sessionToken.tokenHash });
        };
        const kept = await actOnce(
          store,
          { name: 'member.recover', actor, idempotencyKey, body: { seat: member.seat } },
          (tx) => {
            sessions.end(tx, sessionsOf(tx, member.seat));
            removePinLocksOf(tx, member.id);
            saveOutgoingWait(tx, member.seat, tx.nowMs + outgoingWaitMs);
            saveRecoveryDue(tx, member.seat, undefined);
            const device = deviceFor(tx, member, deviceToken.tokenHash);
            openHere(tx, device.id);
            const { id, revision } = touchMember(tx, member.seat);
            tx.changed('member', id, revision, `seat:${member.seat}`);
            tx.audit({ seat: member.seat, outgoingWaitsUntilMs: tx.nowMs + outgoingWaitMs });
            tx.emit({ type: 'member.recovered', seat: member.seat });
            return device;
          },
          (tx, { id, isNew }) => {
            const device = deviceById(tx, id);
            if (!device || (isNew && tx.nowMs - device.approvedAtMs > againMs)) throw fail('idempotency_key_reused');
            if (isNew) replaceDeviceToken(tx, id, deviceToken.tokenHash);
            openHere(tx, id);
            tx.audit({ seat: member.seat });
          },
        );
        const session = store.read((reader) => sessionOn(reader, kept.id)!);
        return {
          canSignUntilMs: hold(session, opened),
          member: store.read((reader) => memberAt(reader, member.seat)!),
          sessionToken: sessionToken.token,
          deviceToken: kept.isNew ? deviceToken.token : undefined,
        };
      } catch (error) {
        secret.fill(0);
        throw error;
      }
    },

    async confirm(actor, recoveryCode) {
      const { member, secret } = await openByCode(recoveryCode, ({ seat }) => seat === actor.seat);
      secret.fill(0);
      await store.act({ name: 'recovery-code.confirm', actor }, (tx) => {
        saveRecoveryDue(tx, member.seat, undefined);
        const { id, revision } = touchMember(tx, member.seat);
        tx.changed('member', id, revision, `seat:${member.seat}`);
      });
    },
  };
}

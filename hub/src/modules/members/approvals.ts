import { randomInt } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { fail, isStoopError } from '../../platform/errors.ts';
import type { Actor, SeatNumber, Store, Tx } from '../../platform/ports/index.ts';
import { createShortCode, plainCode } from '../../signing/index.ts';
import { approvalCode, type CodeKind, putCode, useCode } from './codes.store.ts';
import { deviceById, replaceDeviceToken } from './devices.store.ts';
import type { Devices } from './devices.ts';
import type { GuessGuard } from './guess-guard.ts';
import type { PhoneCodeReply } from './members.schema.ts';
import { actOnce } from './once.ts';
import type { Sessions } from './sessions.ts';
import { createToken, hashOf } from './tokens.ts';

const phoneCodeMs = 5 * 60_000;
const kioskCodeMs = 15 * 60_000;
/** How long a lost answer can be asked for again. */
export const againMs = 5 * 60_000;

export interface Approvals {
  /** Six digits and a link for the member's phone: five minutes, once. Throws `device_not_approved` away from the kiosk. */
  phoneCode(actor: Actor): Promise<PhoneCodeReply>;
  kioskCode(actor: Actor): Promise<{ code: string; expiresAtMs: number }>;
  /** Makes the actor's browser the member's phone, signed in. Throws `code_expired`. */
  phone(
    actor: Actor,
    request: { code: string; name?: string; idempotencyKey?: string },
  ): Promise<{ seat: SeatNumber; deviceToken: string; sessionToken: string }>;
  /** Makes the actor's browser a kiosk. Throws `code_expired`. */
  kiosk(
    actor: Actor,
    request: { code: string; name?: string; idempotencyKey?: string },
  ): Promise<{ deviceToken: string }>;
}

export function createApprovals(deps: {
  store: Store;
  clock: Clock;
  devices: Devices;
  sessions: Sessions;
  guard: GuessGuard;
  /** `https://name:port` at which phones reach the hub. */
  phoneOrigin: () => string;
}): Approvals {
  const { store, devices, sessions, guard } = deps;

  /** Uses up a code. The long one of the link cannot be guessed, so only the short ones are counted. */
  async function guarded<T>(code: string, work: (hash: Uint8Array) => Promise<T>): Promise<T> {
    const plain = plainCode(code);
    const isShort = plain.length < 20;
    if (isShort) guard.check();
    try {
      return await work(hashOf(plain));
    } catch (error) {
      if (isShort && isStoopError(error, 'code_expired')) guard.miss();
      throw error;
    }
  }

  function take(tx: Tx, kind: CodeKind, hash: Uint8Array): { seat: SeatNumber | undefined } {
    const code = approvalCode(tx, kind, hash, tx.nowMs);
    if (!code) throw fail('code_expired');
    useCode(tx, code);
    return { seat: code.seat ?? undefined };
  }

  function retoken(tx: Tx, deviceId: string, tokenHash: Uint8Array): void {
    const device = deviceById(tx, deviceId);
    if (!device || tx.nowMs - device.approvedAtMs > againMs) throw fail('code_expired');
    replaceDeviceToken(tx, deviceId, tokenHash);
    tx.audit({ device: deviceId });
  }

  return {
    async phoneCode(actor) {
      const { seat, deviceKind } = actor;
      if (seat === undefined) throw fail('not_signed_in');
      if (deviceKind !== 'kiosk') throw fail('device_not_approved', { kind: 'kiosk' });
      const link = createShortCode(24);
      const made = await store.act({ name: 'phone-code.make', actor }, (tx) => {
        const expiresAtMs = tx.nowMs + phoneCodeMs;
        const code = freeDigits(tx);
        putCode(tx, { kind: 'phone', codeHash: hashOf(code), linkHash: hashOf(plainCode(link)), seat, expiresAtMs });
        return { code, expiresAtMs };
      });
      const url = `${deps.phoneOrigin()}/phone?code=${link}`;
      const qrcode = await import('qrcode');
      return { ...made, url, qrSvg: await qrcode.toString(url, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' }) };
    },

    kioskCode(actor) {
      const code = createShortCode(8);
      return store.act({ name: 'kiosk-code.make', actor }, (tx) => {
        const expiresAtMs = tx.nowMs + kioskCodeMs;
        putCode(tx, { kind: 'kiosk', codeHash: hashOf(plainCode(code)), expiresAtMs });
        return { code, expiresAtMs };
      });
    },

    phone: (actor, { code, name = 'Phone', idempotencyKey }) =>
      guarded(code, async (hash) => {
        const device = createToken();
        const session = createToken();
        const body = { code: plainCode(code), name };
        const kept = await actOnce(
          store,
          { name: 'phone.approve', actor, idempotencyKey, body },
          (tx) => {
            const seat = take(tx, 'phone', hash).seat!;
            const deviceId = devices.approve(tx, { kind: 'phone', seat, name, tokenHash: device.tokenHash });
            sessions.open(tx, { deviceId, kind: 'phone', seat, tokenHash: session.tokenHash });
            return { deviceId, seat };
          },
          (tx, { deviceId, seat }) => {
            retoken(tx, deviceId, device.tokenHash);
            sessions.open(tx, { deviceId, kind: 'phone', seat, tokenHash: session.tokenHash });
          },
        );
        return { seat: kept.seat, deviceToken: device.token, sessionToken: session.token };
      }),

    kiosk: (actor, { code, name = 'Kiosk', idempotencyKey }) =>
      guarded(code, async (hash) => {
        const device = createToken();
        const body = { code: plainCode(code), name };
        await actOnce(
          store,
          { name: 'kiosk.approve', actor, idempotencyKey, body },
          (tx) => {
            take(tx, 'kiosk', hash);
            return devices.approve(tx, { kind: 'kiosk', name, tokenHash: device.tokenHash });
          },
          (tx, deviceId) => retoken(tx, deviceId, device.tokenHash),
        );
        return { deviceToken: device.token };
      }),
  };
}

/** Six digits that no other living code has. */
function freeDigits(tx: Tx): string {
  for (;;) {
    const digits = String(randomInt(1_000_000)).padStart(6, '0');
    if (!approvalCode(tx, 'phone', hashOf(digits), tx.nowMs)) return digits;
  }
}

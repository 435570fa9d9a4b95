import { v7 as uuidv7 } from 'uuid';
import type { Clock } from '../../platform/clock.ts';
import {
  type Actor,
  type Authenticate,
  type DeviceKind,
  nobody,
  type Reader,
  type Role,
  type SeatNumber,
  type Store,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import { type Device, deviceByToken, saveDeviceSeen } from './devices.store.ts';
import type { Grants } from './grants.ts';
import {
  deleteSession,
  endedSessions,
  insertSession,
  type Session,
  saveSessionSeen,
  sessionByToken,
  sessionOn,
} from './sessions.store.ts';
import { hashOf } from './tokens.ts';

const kioskIdleMs = 80_000;
const kioskLongestMs = 3_600_000;
const phoneIdleMs = 30 * 86_400_000;

const selectRoles = 'SELECT role FROM member_roles WHERE seat = @seat';

export interface Sessions {
  readonly authenticate: Authenticate;
  /** Opens a session on a device and ends the one that was there. */
  open(tx: Tx, session: { deviceId: string; kind: DeviceKind; seat: SeatNumber; tokenHash: Uint8Array }): Session;
  /** Ends sessions and their grants. The grants end at once, even if the action then fails: that is the safe side. */
  end(tx: Tx, sessions: readonly Session[]): void;
  /** When the device was last heard of, as of now. */
  lastSeenAtMs(device: Device): number;
  /** Writes down who was here and ends what ran out; once a minute is enough. */
  tidy(): Promise<void>;
}

export function createSessions(deps: { store: Store; clock: Clock; grants: Grants }): Sessions {
  const { store, clock, grants } = deps;
  // Requests only note here that somebody was there; `tidy` writes it, so that no request costs a commit.
  const seenSessions = new Map<string, Session & { readonly atMs: number }>();
  const seenDevices = new Map<string, number>();

  function isAlive(session: Session, nowMs: number): boolean {
    const lastMs = seenSessions.get(session.id)?.atMs ?? session.lastSeenAtMs;
    return nowMs < session.expiresAtMs && (session.kind === 'phone' || nowMs - lastMs < kioskIdleMs);
  }

  function authenticateIn(reader: Reader, tokens: Parameters<Authenticate>[0]) {
    const hasSession = tokens.sessionToken !== undefined;
    const device = tokens.deviceToken === undefined ? undefined : deviceByToken(reader, hashOf(tokens.deviceToken));
    if (!device) return { actor: nobody, expired: hasSession };
    const nowMs = clock.nowMs();
    if (!tokens.isPassive) seenDevices.set(device.id, nowMs);
    const onDevice: Actor = { roles: [], deviceId: device.id, deviceKind: device.kind };
    if (tokens.sessionToken === undefined) return { actor: onDevice, expired: false };
    const session = sessionByToken(reader, hashOf(tokens.sessionToken));
    // A session counts only together with the device that it was opened on.
    if (!session || session.deviceId !== device.id) return { actor: onDevice, expired: true };
    if (!isAlive(session, nowMs)) {
      grants.end([session.id]);
      return { actor: onDevice, expired: true };
    }
    if (!tokens.isPassive) seenSessions.set(session.id, { ...session, atMs: nowMs });
    const roles = reader.prepare(selectRoles).all<{ role: Role }>({ seat: session.seat });
    return {
      actor: { ...onDevice, seat: session.seat, roles: roles.map(({ role }) => role), sessionId: session.id },
      expired: false,
    };
  }

  const sessions: Sessions = {
    authenticate: (tokens) => store.read((reader) => authenticateIn(reader, tokens)),

    open(tx, { deviceId, kind, seat, tokenHash }) {
      const former = sessionOn(tx, deviceId);
      if (former) sessions.end(tx, [former]);
      const expiresAtMs = tx.nowMs + (kind === 'kiosk' ? kioskLongestMs : phoneIdleMs);
      const session = { id: uuidv7(), deviceId, kind, seat, lastSeenAtMs: tx.nowMs, expiresAtMs };
      insertSession(tx, { id: session.id, tokenHash, deviceId, seat, expiresAtMs });
      return session;
    },

    end(tx, ended) {
      if (ended.length === 0) return;
      const sessionIds = ended.map(({ id }) => id);
      grants.end(sessionIds);
      for (const id of sessionIds) {
        seenSessions.delete(id);
        deleteSession(tx, id);
      }
      tx.emit({ type: 'session.ended', sessionIds, seats: [...new Set(ended.map(({ seat }) => seat))] });
    },

    lastSeenAtMs: (device) => Math.max(device.lastSeenAtMs, seenDevices.get(device.id) ?? 0),

    async tidy() {
      grants.tidy();
      const nowMs = clock.nowMs();
      const seen = [...seenSessions.values()];
      const devices = [...seenDevices];
      const ended = (reader: Reader) =>
        endedSessions(reader, nowMs, nowMs - kioskIdleMs).filter((session) => !isAlive(session, nowMs));
      if (seen.length + devices.length === 0 && store.read(ended).length === 0) return;
      await store.act({ name: 'session.tidy', actor: system('members') }, (tx) => {
        sessions.end(tx, ended(tx));
        for (const { id, kind, atMs } of seen) saveSessionSeen(tx, id, atMs, kind === 'phone' ? atMs + phoneIdleMs : 0);
        for (const [id, atMs] of devices) saveDeviceSeen(tx, id, atMs);
      });
      // What was noted while the commit ran stays for the next time.
      for (const { id, atMs } of seen) if (seenSessions.get(id)?.atMs === atMs) seenSessions.delete(id);
      for (const [id, atMs] of devices) if (seenDevices.get(id) === atMs) seenDevices.delete(id);
    },
  };
  return sessions;
}

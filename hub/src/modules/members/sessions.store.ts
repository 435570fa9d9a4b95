import type { DeviceKind, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';

/** A signed-in member on an approved device. One per device. */
export interface Session {
  readonly id: string;
  readonly seat: SeatNumber;
  readonly deviceId: string;
  readonly kind: DeviceKind;
  readonly lastSeenAtMs: number;
  readonly expiresAtMs: number;
}

const columns = `SELECT s.id, s.seat, d.id AS deviceId, d.kind, s.last_seen_at_ms AS lastSeenAtMs, s.expires_at_ms AS expiresAtMs
  FROM sessions s JOIN devices d ON d.pk = s.device_pk`;
const selectByToken = `${columns} WHERE s.token_hash = @tokenHash`;
const selectOfSeat = `${columns} WHERE s.seat = @seat`;
const selectOnDevice = `${columns} WHERE d.id = @deviceId`;
const selectEnded = `${columns} WHERE s.expires_at_ms <= @nowMs OR (d.kind = 'kiosk' AND s.last_seen_at_ms <= @idleSinceMs)`;
const insert = `INSERT INTO sessions (id, token_hash, device_pk, seat, opened_at_ms, last_seen_at_ms, expires_at_ms)
  SELECT @id, @tokenHash, pk, @seat, @atMs, @atMs, @expiresAtMs FROM devices WHERE id = @deviceId`;
const updateSeen =
  'UPDATE sessions SET last_seen_at_ms = @atMs, expires_at_ms = max(expires_at_ms, @expiresAtMs) WHERE id = @id';
const remove = 'DELETE FROM sessions WHERE id = @id';

export const sessionByToken = (reader: Reader, tokenHash: Uint8Array): Session | undefined =>
  reader.prepare(selectByToken).get<Session>({ tokenHash });

export const sessionsOf = (reader: Reader, seat: SeatNumber): Session[] =>
  reader.prepare(selectOfSeat).all<Session>({ seat });

export const sessionOn = (reader: Reader, deviceId: string): Session | undefined =>
  reader.prepare(selectOnDevice).get<Session>({ deviceId });

export const endedSessions = (reader: Reader, nowMs: number, idleSinceMs: number): Session[] =>
  reader.prepare(selectEnded).all<Session>({ nowMs, idleSinceMs });

export function insertSession(
  tx: Tx,
  session: { id: string; tokenHash: Uint8Array; deviceId: string; seat: SeatNumber; expiresAtMs: number },
): void {
  tx.prepare(insert).run({ ...session, atMs: tx.nowMs });
}

/** Seen again; the end never moves back. */
export const saveSessionSeen = (tx: Tx, id: string, atMs: number, expiresAtMs: number): void =>
  void tx.prepare(updateSeen).run({ id, atMs, expiresAtMs });

export const deleteSession = (tx: Tx, id: string): void => void tx.prepare(remove).run({ id });

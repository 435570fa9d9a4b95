import type { DeviceKind, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';

/** An approved browser. */
export interface Device {
  readonly pk: number;
  readonly id: string;
  readonly kind: DeviceKind;
  /** Whose phone it is; a kiosk is nobody's. */
  readonly seat: SeatNumber | null;
  readonly name: string;
  readonly approvedAtMs: number;
  readonly lastSeenAtMs: number;
}

const columns =
  'SELECT pk, id, kind, seat, name, approved_at_ms AS approvedAtMs, last_seen_at_ms AS lastSeenAtMs FROM devices';
const selectByToken = `${columns} WHERE token_hash = @tokenHash`;
const selectById = `${columns} WHERE id = @id`;
const selectOfSeat = `${columns} WHERE seat = @seat ORDER BY pk`;
const selectKiosks = `${columns} WHERE kind = 'kiosk' ORDER BY pk`;
const insert = `INSERT INTO devices (id, token_hash, kind, seat, name, approved_at_ms, last_seen_at_ms)
  VALUES (@id, @tokenHash, @kind, @seat, @name, @atMs, @atMs)`;
const updateToken = 'UPDATE devices SET token_hash = @tokenHash WHERE id = @id';
const updateSeen = 'UPDATE devices SET last_seen_at_ms = @atMs WHERE id = @id';
const remove = 'DELETE FROM devices WHERE id = @id';

export const deviceByToken = (reader: Reader, tokenHash: Uint8Array): Device | undefined =>
  reader.prepare(selectByToken).get<Device>({ tokenHash });

export const deviceById = (reader: Reader, id: string): Device | undefined =>
  reader.prepare(selectById).get<Device>({ id });

export const phonesOf = (reader: Reader, seat: SeatNumber): Device[] =>
  reader.prepare(selectOfSeat).all<Device>({ seat });

export const kiosks = (reader: Reader): Device[] => reader.prepare(selectKiosks).all<Device>();

export function insertDevice(
  tx: Tx,
  device: { id: string; tokenHash: Uint8Array; kind: DeviceKind; seat?: SeatNumber; name: string },
): void {
  tx.prepare(insert).run({ ...device, seat: device.seat ?? null, atMs: tx.nowMs });
}

export const replaceDeviceToken = (tx: Tx, id: string, tokenHash: Uint8Array): boolean =>
  tx.prepare(updateToken).run({ id, tokenHash }).changes > 0;

export const saveDeviceSeen = (tx: Tx, id: string, atMs: number): void => void tx.prepare(updateSeen).run({ id, atMs });

/** Its session goes with it. */
export const deleteDevice = (tx: Tx, id: string): void => void tx.prepare(remove).run({ id });

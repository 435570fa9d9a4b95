import type { Reader, Tx } from '../../platform/ports/index.ts';

/** Wrong PINs in a row of one tile on one device. */
export interface PinLock {
  readonly failures: number;
  readonly failedAtMs: number;
}

const select =
  'SELECT failures, failed_at_ms AS failedAtMs FROM pin_locks WHERE tile_id = @tileId AND device_id = @deviceId';
const selectOfDevice = `SELECT tile_id AS tileId, failures, failed_at_ms AS failedAtMs FROM pin_locks
  WHERE device_id = @deviceId`;
const put = `INSERT OR REPLACE INTO pin_locks (tile_id, device_id, failures, failed_at_ms)
  VALUES (@tileId, @deviceId, @failures, @atMs)`;
const remove = 'DELETE FROM pin_locks WHERE tile_id = @tileId AND device_id = @deviceId';
const removeOfTile = 'DELETE FROM pin_locks WHERE tile_id = @tileId';
const selectOld = 'SELECT failures FROM pin_locks WHERE failed_at_ms < @beforeMs LIMIT 1';
const removeOld = 'DELETE FROM pin_locks WHERE failed_at_ms < @beforeMs';

export const pinLock = (reader: Reader, tileId: string, deviceId: string): PinLock | undefined =>
  reader.prepare(select).get<PinLock>({ tileId, deviceId });

export const pinLocksAt = (reader: Reader, deviceId: string): (PinLock & { readonly tileId: string })[] =>
  reader.prepare(selectOfDevice).all<PinLock & { tileId: string }>({ deviceId });

export const savePinLock = (tx: Tx, tileId: string, deviceId: string, failures: number): void =>
  void tx.prepare(put).run({ tileId, deviceId, failures, atMs: tx.nowMs });

export const removePinLock = (tx: Tx, tileId: string, deviceId: string): void =>
  void tx.prepare(remove).run({ tileId, deviceId });

export const removePinLocksOf = (tx: Tx, tileId: string): void => void tx.prepare(removeOfTile).run({ tileId });

export const hasPinLocksBefore = (reader: Reader, beforeMs: number): boolean =>
  reader.prepare(selectOld).get({ beforeMs }) !== undefined;

export const removePinLocksBefore = (tx: Tx, beforeMs: number): number =>
  tx.prepare(removeOld).run({ beforeMs }).changes;

import type { Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { KeyWrap } from '../../signing/index.ts';

export type WrapKind = 'pin' | 'recovery';

interface Row {
  readonly seat: number;
  readonly salt: Buffer;
  readonly memoryKib: number | null;
  readonly passes: number | null;
  readonly lanes: number | null;
  readonly isHubBound: number;
  readonly nonce: Buffer;
  readonly sealed: Buffer;
}

const columns = 'seat, salt, memory_kib AS memoryKib, passes, lanes, is_hub_bound AS isHubBound, nonce, sealed';
const selectWrap = `SELECT ${columns} FROM key_wraps WHERE seat = @seat AND kind = @kind`;
const selectByLookup = `SELECT ${columns} FROM key_wraps WHERE lookup = @lookup`;
const putWrap = `INSERT OR REPLACE INTO key_wraps
    (seat, kind, salt, memory_kib, passes, lanes, is_hub_bound, nonce, sealed, lookup)
  VALUES (@seat, @kind, @salt, @memoryKib, @passes, @lanes, @isHubBound, @nonce, @sealed, @lookup)`;
const putPending = `INSERT OR REPLACE INTO pending_key_wraps
    (key_change_pk, kind, salt, memory_kib, passes, lanes, is_hub_bound, nonce, sealed, lookup)
  VALUES (@pk, @kind, @salt, @memoryKib, @passes, @lanes, @isHubBound, @nonce, @sealed, @lookup)`;
const usePending = `INSERT OR REPLACE INTO key_wraps
    (seat, kind, salt, memory_kib, passes, lanes, is_hub_bound, nonce, sealed, lookup)
  SELECT c.seat, w.kind, w.salt, w.memory_kib, w.passes, w.lanes, w.is_hub_bound, w.nonce, w.sealed, w.lookup
  FROM pending_key_wraps w JOIN key_changes c ON c.pk = w.key_change_pk WHERE w.key_change_pk = @pk`;
const deletePending = 'DELETE FROM pending_key_wraps WHERE key_change_pk = @pk';

export function wrapOf(reader: Reader, seat: SeatNumber, kind: WrapKind): KeyWrap | undefined {
  const row = reader.prepare(selectWrap).get<Row>({ seat, kind });
  return row && toWrap(row);
}

export function wrapByLookup(reader: Reader, lookup: Uint8Array): { seat: SeatNumber; wrap: KeyWrap } | undefined {
  const row = reader.prepare(selectByLookup).get<Row>({ lookup });
  return row && { seat: row.seat, wrap: toWrap(row) };
}

/** Puts the wrap in the place of the seat's former one of that kind. */
export const saveWrap = (tx: Tx, seat: SeatNumber, kind: WrapKind, wrap: KeyWrap, lookup?: Uint8Array): void =>
  void tx.prepare(putWrap).run({ seat, kind, ...toColumns(wrap), lookup: lookup ?? null });

/** A wrap of the key that a key change waits for. */
export const savePendingWrap = (tx: Tx, pk: number, kind: WrapKind, wrap: KeyWrap, lookup?: Uint8Array): void =>
  void tx.prepare(putPending).run({ pk, kind, ...toColumns(wrap), lookup: lookup ?? null });

/** The key change has come true: its wraps are the seat's now. */
export function usePendingWraps(tx: Tx, pk: number): void {
  tx.prepare(usePending).run({ pk });
  dropPendingWraps(tx, pk);
}

export const dropPendingWraps = (tx: Tx, pk: number): void => void tx.prepare(deletePending).run({ pk });

const toColumns = ({ salt, cost, isHubBound, nonce, sealed }: KeyWrap) => ({
  salt,
  memoryKib: cost?.memoryKib ?? null,
  passes: cost?.passes ?? null,
  lanes: cost?.lanes ?? null,
  isHubBound: Number(isHubBound),
  nonce,
  sealed,
});

function toWrap({ salt, memoryKib, passes, lanes, isHubBound, nonce, sealed }: Row): KeyWrap {
  const cost = memoryKib !== null && passes !== null && lanes !== null ? { memoryKib, passes, lanes } : undefined;
  return { salt, cost, isHubBound: isHubBound === 1, nonce, sealed };
}

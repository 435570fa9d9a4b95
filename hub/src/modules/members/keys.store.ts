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

export function wrapOf(reader: Reader, seat: SeatNumber, kind: WrapKind): KeyWrap | undefined {
  const row = reader.prepare(selectWrap).get<Row>({ seat, kind });
  return row && toWrap(row);
}

export function wrapByLookup(reader: Reader, lookup: Uint8Array): { seat: SeatNumber; wrap: KeyWrap } | undefined {
  const row = reader.prepare(selectByLookup).get<Row>({ lookup });
  return row && { seat: row.seat, wrap: toWrap(row) };
}

/** Puts the wrap in the place of the seat's former one of that kind. */
export function saveWrap(tx: Tx, seat: SeatNumber, kind: WrapKind, wrap: KeyWrap, lookup?: Uint8Array): void {
  tx.prepare(putWrap).run({
    seat,
    kind,
    salt: wrap.salt,
    memoryKib: wrap.cost?.memoryKib ?? null,
    passes: wrap.cost?.passes ?? null,
    lanes: wrap.cost?.lanes ?? null,
    isHubBound: Number(wrap.isHubBound),
    nonce: wrap.nonce,
    sealed: wrap.sealed,
    lookup: lookup ?? null,
  });
}

function toWrap({ salt, memoryKib, passes, lanes, isHubBound, nonce, sealed }: Row): KeyWrap {
  const cost = memoryKib !== null && passes !== null && lanes !== null ? { memoryKib, passes, lanes } : undefined;
  return { salt, cost, isHubBound: isHubBound === 1, nonce, sealed };
}

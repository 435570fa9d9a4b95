import type { Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';

export type CodeKind = 'phone' | 'kiosk' | 'claim';

export interface ApprovalCode {
  readonly pk: number;
  readonly seat: SeatNumber | null;
  readonly expiresAtMs: number | null;
}

const select = `SELECT pk, seat, expires_at_ms AS expiresAtMs FROM approval_codes
  WHERE kind = @kind AND code_hash = @hash UNION ALL
  SELECT pk, seat, expires_at_ms FROM approval_codes WHERE kind = @kind AND link_hash = @hash`;
const insert = `INSERT INTO approval_codes (kind, code_hash, link_hash, seat, made_at_ms, expires_at_ms)
  VALUES (@kind, @codeHash, @linkHash, @seat, @atMs, @expiresAtMs)`;
const remove = 'DELETE FROM approval_codes WHERE pk = @pk';
const removeOfSeat = 'DELETE FROM approval_codes WHERE kind = @kind AND seat IS @seat';
const selectExpired = 'SELECT pk FROM approval_codes WHERE expires_at_ms <= @nowMs LIMIT 1';
const removeExpired = 'DELETE FROM approval_codes WHERE expires_at_ms <= @nowMs';

/** A code that is still good at `nowMs`. */
export function approvalCode(
  reader: Reader,
  kind: CodeKind,
  hash: Uint8Array,
  nowMs: number,
): ApprovalCode | undefined {
  const row = reader.prepare(select).get<ApprovalCode>({ kind, hash });
  return row && (row.expiresAtMs === null || nowMs < row.expiresAtMs) ? row : undefined;
}

export interface NewCode {
  readonly kind: CodeKind;
  readonly codeHash: Uint8Array;
  readonly linkHash?: Uint8Array;
  readonly seat?: SeatNumber;
  readonly expiresAtMs?: number;
}

/** Takes the place of the seat's former code of that kind. */
export function putCode(tx: Tx, { kind, codeHash, linkHash, seat, expiresAtMs }: NewCode): void {
  tx.prepare(removeExpired).run({ nowMs: tx.nowMs });
  tx.prepare(removeOfSeat).run({ kind, seat: seat ?? null });
  tx.prepare(insert).run({
    kind,
    codeHash,
    linkHash: linkHash ?? null,
    seat: seat ?? null,
    atMs: tx.nowMs,
    expiresAtMs: expiresAtMs ?? null,
  });
}

export const useCode = (tx: Tx, { pk }: ApprovalCode): void => void tx.prepare(remove).run({ pk });

export const hasExpiredCodes = (reader: Reader, nowMs: number): boolean =>
  reader.prepare(selectExpired).get({ nowMs }) !== undefined;

export const removeExpiredCodes = (tx: Tx): number => tx.prepare(removeExpired).run({ nowMs: tx.nowMs }).changes;

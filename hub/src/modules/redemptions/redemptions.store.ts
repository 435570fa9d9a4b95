import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { RedemptionState } from './redemptions.schema.ts';

export interface RedemptionRow {
  readonly cursor: number;
  readonly id: string;
  readonly revision: number;
  readonly seat: SeatNumber;
  readonly isOwn: boolean;
  readonly amountMicros: number;
  readonly redemptionRef: Hex;
  readonly payTo: string;
  readonly holdId: string | null;
  readonly intentId: string;
  /** The officer's word that ends it. */
  readonly endIntentId: string | null;
  readonly state: RedemptionState;
  readonly reason: string | null;
  readonly bankReference: string | null;
  readonly requestedAtMs: number | null;
  readonly atMs: number;
}

const columns = `r.id AS cursor, r.public_id AS id, r.revision, r.seat, r.is_own AS isOwn, r.amount_micros AS amountMicros,
  r.redemption_ref AS redemptionRef, r.pay_to AS payTo, r.hold_id AS holdId, r.intent_id AS intentId,
  r.end_intent_id AS endIntentId, r.state, r.reason, r.bank_reference AS bankReference, r.requested_at_ms AS requestedAtMs,
  r.at_ms AS atMs`;
const by = (condition: string) => `SELECT ${columns} FROM redemptions r WHERE ${condition}`;

const sql = {
  insert: `INSERT INTO redemptions (public_id, seat, is_own, amount_micros, redemption_ref, pay_to, hold_id, intent_id, state,
      bank_reference, at_ms)
    VALUES (@id, @seat, @isOwn, @amountMicros, @redemptionRef, @payTo, @holdId, @intentId, 'asked', @bankReference, @atMs)`,
  byId: by('r.public_id = @id'),
  byIntent: by('r.intent_id = @intentId'),
  byEnd: by('r.end_intent_id = @intentId'),
  byHold: by('r.hold_id = @holdId'),
  byRef: by('r.redemption_ref = @redemptionRef'),
  ofSeat: `${by('r.seat = @seat AND r.id < @before')} ORDER BY r.id DESC LIMIT @limit`,
  open: `${by(`r.state IN ('asked', 'pending', 'paying', 'returning') AND r.id < @before`)} ORDER BY r.id DESC LIMIT @limit`,
  past: `${by(`r.state IN ('paid', 'returned', 'void', 'cancelled') AND r.id < @before`)} ORDER BY r.id DESC LIMIT @limit`,
  isReferenceUsed: 'SELECT 1 FROM redemptions WHERE bank_reference = @bankReference',
  set: `UPDATE redemptions SET state = @state, reason = @reason, end_intent_id = @endIntentId,
      bank_reference = @bankReference, requested_at_ms = @requestedAtMs, decided_by = COALESCE(@decidedBy, decided_by),
      revision = revision + 1 WHERE public_id = @id RETURNING revision`,
} as const;

type Raw = Omit<RedemptionRow, 'isOwn'> & { readonly isOwn: number };
const toRow = (raw: Raw | undefined): RedemptionRow | undefined => raw && { ...raw, isOwn: raw.isOwn === 1 };
const one = (reader: Reader, text: string, params: object) => toRow(reader.prepare(text).get<Raw>(params));
const many = (reader: Reader, text: string, params: object) =>
  reader
    .prepare(text)
    .all<Raw>(params)
    .map((raw) => toRow(raw)!);

export const findRedemption = (reader: Reader, id: string) => one(reader, sql.byId, { id });
export const redemptionOfIntent = (reader: Reader, intentId: string) => one(reader, sql.byIntent, { intentId });
export const redemptionOfEnd = (reader: Reader, intentId: string) => one(reader, sql.byEnd, { intentId });
export const redemptionOfHold = (reader: Reader, holdId: string) => one(reader, sql.byHold, { holdId });
export const redemptionOfRef = (reader: Reader, redemptionRef: Hex) => one(reader, sql.byRef, { redemptionRef });
export const redemptionsOfSeat = (reader: Reader, seat: SeatNumber, before: number, limit: number) =>
  many(reader, sql.ofSeat, { seat, before, limit });
/** For the treasurer, newest first. */
export const redemptionsAtDesk = (reader: Reader, state: 'open' | 'past', before: number, limit: number) =>
  many(reader, sql[state], { before, limit });
export const isBankReferenceUsed = (reader: Reader, bankReference: string): boolean =>
  reader.prepare(sql.isReferenceUsed).get({ bankReference }) !== undefined;

export type NewRedemptionRow = Pick<
  RedemptionRow,
  'id' | 'seat' | 'isOwn' | 'amountMicros' | 'redemptionRef' | 'payTo' | 'holdId' | 'intentId' | 'bankReference'
>;

export function insertRedemption(tx: Tx, row: NewRedemptionRow): void {
  tx.prepare(sql.insert).run({ ...row, isOwn: row.isOwn ? 1 : 0, atMs: tx.nowMs });
  tell(tx, row, 1);
}

export interface Change {
  readonly state: RedemptionState;
  readonly reason?: string;
  readonly endIntentId?: string | null;
  readonly bankReference?: string | null;
  readonly requestedAtMs?: number;
  readonly decidedBy?: SeatNumber;
}

/** What is left out stays, but for the reason. */
export function setRedemption(tx: Tx, row: RedemptionRow, change: Change): void {
  const { revision } = tx.prepare(sql.set).get<{ revision: number }>({
    id: row.id,
    endIntentId: row.endIntentId,
    bankReference: row.bankReference,
    requestedAtMs: row.requestedAtMs,
    decidedBy: null,
    ...change,
    reason: change.reason ?? null,
  })!;
  tell(tx, row, revision);
}

function tell(tx: Tx, { id, seat, isOwn }: Pick<RedemptionRow, 'id' | 'seat' | 'isOwn'>, revision: number): void {
  if (!isOwn) tx.changed('redemption', id, revision, `seat:${seat}`);
  tx.changed('redemption', id, revision, 'role:treasurer');
}

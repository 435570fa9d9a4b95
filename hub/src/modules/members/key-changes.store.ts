import type { Hex, Reader, SeatNumber, SignedMessage, Tx } from '../../platform/ports/index.ts';

/**
 * `asked` by one officer · `signing`: a second asked too, the board's keys sign · `announced` on chain · `done` · `ended`
 * without a change.
 */
export type KeyChangeState = 'asked' | 'signing' | 'announced' | 'done' | 'ended';

export interface KeyChangeRow {
  readonly pk: number;
  readonly id: string;
  readonly revision: number;
  readonly seat: SeatNumber;
  readonly state: KeyChangeState;
  readonly isRecovery: boolean;
  readonly oldAddress: Hex;
  readonly newAddress: Hex;
  /** What the board signs; absent when the hub does not hold the new key. */
  readonly message?: SignedMessage;
  readonly signature?: Hex;
  readonly askedBy?: SeatNumber;
  readonly secondedBy?: SeatNumber;
  readonly intentId?: string;
  readonly applyIntentId?: string;
  readonly askedAtMs: number;
  readonly effectiveAtMs?: number;
  readonly reason?: string;
}

type Row = { [K in keyof Omit<KeyChangeRow, 'isRecovery' | 'message'>]: KeyChangeRow[K] | null } & {
  isRecovery: number;
  message: string | null;
};

const columns = `SELECT pk, id, revision, seat, state, is_recovery AS isRecovery, old_address AS oldAddress,
    new_address AS newAddress, message, signature, asked_by AS askedBy, seconded_by AS secondedBy, intent_id AS intentId,
    apply_intent_id AS applyIntentId, asked_at_ms AS askedAtMs, effective_at_ms AS effectiveAtMs, reason FROM key_changes`;
const sql = {
  insert: `INSERT INTO key_changes (id, seat, state, is_recovery, old_address, new_address, message, signature, asked_by,
      asked_at_ms, effective_at_ms)
    VALUES (@id, @seat, @state, @isRecovery, @oldAddress, @newAddress, @message, @signature, @askedBy, @atMs, @effectiveAtMs)`,
  byId: `${columns} WHERE id = @id`,
  byIntent: `${columns} WHERE intent_id = @intentId`,
  ofSeat: `${columns} WHERE seat = @seat AND state IN ('asked', 'signing', 'announced') ORDER BY pk`,
  open: `${columns} WHERE state IN ('asked', 'signing', 'announced') ORDER BY pk LIMIT 500`,
  signing: `${columns} c WHERE state = 'signing'
    AND EXISTS (SELECT 1 FROM intents i WHERE i.public_id = c.intent_id AND i.state = 'signed') ORDER BY pk LIMIT 100`,
  due: `${columns} c WHERE state = 'announced' AND effective_at_ms <= @beforeMs
    AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.public_id = c.apply_intent_id AND i.state <> 'void') LIMIT 200`,
  set: `UPDATE key_changes SET state = @state, reason = @reason, effective_at_ms = coalesce(@effectiveAtMs, effective_at_ms),
    revision = revision + 1 WHERE pk = @pk`,
  setKey: `UPDATE key_changes SET new_address = @newAddress, message = @message, signature = @signature,
    revision = revision + 1 WHERE pk = @pk`,
  second: `UPDATE key_changes SET state = 'signing', seconded_by = @by, intent_id = @intentId, revision = revision + 1
    WHERE pk = @pk`,
  setApply: 'UPDATE key_changes SET apply_intent_id = @intentId WHERE pk = @pk',
  carrying: `SELECT 1 FROM intents WHERE lane = @lane AND seat = @seat AND state IN ('queued', 'sent', 'landed')
    AND json_extract(message, '$.fields.oldKey') = @oldKey`,
} as const;

export interface NewKeyChange {
  readonly id: string;
  readonly seat: SeatNumber;
  readonly state: 'asked' | 'announced';
  readonly isRecovery: boolean;
  readonly oldAddress: Hex;
  readonly newAddress: Hex;
  readonly message?: SignedMessage;
  readonly signature?: Hex;
  readonly askedBy?: SeatNumber;
  readonly effectiveAtMs?: number;
}

/** Answers its key in the table. */
export function insertKeyChange(tx: Tx, row: NewKeyChange): number {
  const { lastInsertRowid } = tx.prepare(sql.insert).run({
    ...row,
    isRecovery: Number(row.isRecovery),
    message: row.message ? JSON.stringify(row.message) : null,
    signature: row.signature ?? null,
    askedBy: row.askedBy ?? null,
    effectiveAtMs: row.effectiveAtMs ?? null,
    atMs: tx.nowMs,
  });
  return lastInsertRowid;
}

export const keyChangeById = (reader: Reader, id: string): KeyChangeRow | undefined =>
  toRow(reader.prepare(sql.byId).get<Row>({ id }));

export const keyChangeOfIntent = (reader: Reader, intentId: string): KeyChangeRow | undefined =>
  toRow(reader.prepare(sql.byIntent).get<Row>({ intentId }));

/** What goes on with the seat's key; what is announced on chain comes last. */
export const openKeyChangesOf = (reader: Reader, seat: SeatNumber): KeyChangeRow[] =>
  rows(reader.prepare(sql.ofSeat).all<Row>({ seat }));

export const openKeyChanges = (reader: Reader): KeyChangeRow[] => rows(reader.prepare(sql.open).all<Row>());

/** Those that wait for board keys. */
export const keyChangesToSign = (reader: Reader): KeyChangeRow[] => rows(reader.prepare(sql.signing).all<Row>());

/** Announced ones whose time came before that, and that nothing carries yet. */
export const dueKeyChanges = (reader: Reader, beforeMs: number): KeyChangeRow[] =>
  rows(reader.prepare(sql.due).all<Row>({ beforeMs }));

export function setKeyChange(
  tx: Tx,
  pk: number,
  state: KeyChangeState,
  { reason, effectiveAtMs }: { reason?: string; effectiveAtMs?: number } = {},
): void {
  tx.prepare(sql.set).run({ pk, state, reason: reason ?? null, effectiveAtMs: effectiveAtMs ?? null });
}

export const setKeyChangeKey = (tx: Tx, pk: number, newAddress: Hex, message: SignedMessage, signature: Hex): void =>
  void tx.prepare(sql.setKey).run({ pk, newAddress, message: JSON.stringify(message), signature });

export const saveSecond = (tx: Tx, pk: number, by: SeatNumber, intentId: string): void =>
  void tx.prepare(sql.second).run({ pk, by, intentId });

export const saveApplyIntent = (tx: Tx, pk: number, intentId: string): void =>
  void tx.prepare(sql.setApply).run({ pk, intentId });

/** Whether something is on its way that carries what lies at this former key. */
export const isCarrying = (reader: Reader, lane: string, seat: SeatNumber, oldKey: Hex): boolean =>
  reader.prepare(sql.carrying).get({ lane, seat, oldKey }) !== undefined;

const rows = (found: Row[]): KeyChangeRow[] => found.map((row) => toRow(row)!);

function toRow(row: Row | undefined): KeyChangeRow | undefined {
  if (!row) return undefined;
  const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  const message = row.message === null ? undefined : (JSON.parse(row.message) as SignedMessage);
  return { ...(present as unknown as KeyChangeRow), isRecovery: row.isRecovery === 1, message };
}

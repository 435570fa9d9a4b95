import type { Reader, Tx } from '../../platform/ports/index.ts';

export interface OpenFault {
  readonly noticeId: number;
  readonly code: string;
}

const sql = {
  openFaults: `SELECT id AS noticeId, about AS code FROM notices WHERE kind = 'fault' AND over_at_ms IS NULL ORDER BY id`,
  insert: `INSERT INTO notices (kind, about, raised_at_ms) VALUES (@kind, @about, @atMs) ON CONFLICT DO NOTHING`,
  over: 'UPDATE notices SET over_at_ms = @atMs WHERE id = @noticeId',
  addReader: `INSERT INTO notice_readers (notice_id, lane, reader, intent_id) VALUES (@noticeId, @lane, @reader, @intentId)`,
  readers: `SELECT lane, reader, intent_id AS intentId FROM notice_readers WHERE notice_id = @noticeId ORDER BY lane, reader`,
  cursor: 'SELECT seq FROM notice_cursor',
  setCursor: 'INSERT INTO notice_cursor (id, seq) VALUES (1, @seq) ON CONFLICT (id) DO UPDATE SET seq = @seq',
} as const;

/** Faults that were told and are not known to be over. */
export const openFaults = (reader: Reader) => reader.prepare(sql.openFaults).all<OpenFault>({});

/** The new notice's number; undefined when there is one about this already. */
export function insertNotice(tx: Tx, kind: 'fault' | 'order', about: string, atMs: number): number | undefined {
  const { changes, lastInsertRowid } = tx.prepare(sql.insert).run({ kind, about, atMs });
  return changes > 0 ? lastInsertRowid : undefined;
}

export function setOver(tx: Tx, noticeId: number): void {
  tx.prepare(sql.over).run({ noticeId, atMs: tx.nowMs });
}

export function addReader(tx: Tx, noticeId: number, lane: string, reader: string, intentId: string): void {
  tx.prepare(sql.addReader).run({ noticeId, lane, reader, intentId });
}

export const readersOf = (reader: Reader, noticeId: number) =>
  reader.prepare(sql.readers).all<{ lane: string; reader: string; intentId: string }>({ noticeId });

/** How far the change log was looked through for settled orders. */
export const cursor = (reader: Reader) => reader.prepare(sql.cursor).get<{ seq: number }>({})?.seq;

export function setCursor(tx: Tx, seq: number): void {
  tx.prepare(sql.setCursor).run({ seq });
}

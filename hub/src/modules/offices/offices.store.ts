import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';

export interface OfficeChangeRow {
  readonly cursor: number;
  readonly id: string;
  readonly office: string;
  readonly action: 'name' | 'remove' | 'rotate';
  readonly addresses: readonly Hex[];
  /** Of a rotation: the keys that go, and sign it too. */
  readonly oldBoard?: readonly Hex[];
  readonly allowanceMicros?: number;
  readonly threshold?: number;
  readonly askedBy: SeatNumber;
  readonly announceIntent?: string;
  readonly carryIntent: string;
  readonly atMs: number;
}

type Row = { [K in keyof Omit<OfficeChangeRow, 'addresses' | 'oldBoard'>]-?: OfficeChangeRow[K] | null } & {
  readonly addresses: string;
  readonly oldBoard: string | null;
};

const columns = `SELECT id AS cursor, public_id AS id, office, action, addresses, old_board AS oldBoard, allowance_micros AS allowanceMicros, threshold,
  asked_by AS askedBy, announce_intent AS announceIntent, carry_intent AS carryIntent, at_ms AS atMs FROM office_changes`;
const sql = {
  insert: `INSERT INTO office_changes (public_id, office, action, addresses, old_board, allowance_micros, threshold, asked_by,
      announce_intent, carry_intent, at_ms)
    VALUES (@id, @office, @action, @addresses, @oldBoard, @allowanceMicros, @threshold, @askedBy, @announceIntent, @carryIntent, @atMs)`,
  byId: `${columns} WHERE public_id = @id`,
  byIntent: `${columns} WHERE announce_intent = @intentId OR carry_intent = @intentId`,
  page: `${columns} WHERE id < @before ORDER BY id DESC LIMIT @limit`,
  unsigned: `SELECT public_id AS id FROM intents WHERE lane IN ('board-calls', 'board-rotations') AND state = 'signed'
    ORDER BY id LIMIT 100`,
} as const;

function toRow(row: Row): OfficeChangeRow {
  return {
    ...(row as unknown as OfficeChangeRow),
    addresses: JSON.parse(row.addresses) as Hex[],
    oldBoard: row.oldBoard === null ? undefined : (JSON.parse(row.oldBoard) as Hex[]),
    allowanceMicros: row.allowanceMicros ?? undefined,
    threshold: row.threshold ?? undefined,
    announceIntent: row.announceIntent ?? undefined,
  };
}

export function insertOfficeChange(tx: Tx, row: Omit<OfficeChangeRow, 'cursor' | 'atMs'>): void {
  tx.prepare(sql.insert).run({
    ...row,
    addresses: JSON.stringify(row.addresses),
    oldBoard: row.oldBoard ? JSON.stringify(row.oldBoard) : null,
    allowanceMicros: row.allowanceMicros ?? null,
    threshold: row.threshold ?? null,
    announceIntent: row.announceIntent ?? null,
    atMs: tx.nowMs,
  });
}

function one(reader: Reader, text: string, params: object): OfficeChangeRow | undefined {
  const row = reader.prepare(text).get<Row>(params);
  return row && toRow(row);
}

export const officeChangeById = (reader: Reader, id: string) => one(reader, sql.byId, { id });
export const officeChangeOfIntent = (reader: Reader, intentId: string) => one(reader, sql.byIntent, { intentId });

export const listOfficeChanges = (reader: Reader, before: number, limit: number): OfficeChangeRow[] =>
  reader.prepare(sql.page).all<Row>({ before, limit }).map(toRow);

/** Intents that wait for board keys. */
export const unsignedBoardIntents = (reader: Reader): string[] =>
  reader
    .prepare(sql.unsigned)
    .all<{ id: string }>()
    .map(({ id }) => id);

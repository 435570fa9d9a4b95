import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';

export interface DepositRow {
  readonly cursor: number;
  readonly id: string;
  readonly seat: SeatNumber;
  readonly amountMicros: number;
  readonly reference: string;
  readonly depositRef: Hex;
  readonly movementId: string;
  readonly intentId: string;
  readonly atMs: number;
}

const columns = `d.id AS cursor, d.public_id AS id, d.seat, d.amount_micros AS amountMicros, d.reference,
  d.deposit_ref AS depositRef, d.movement_id AS movementId, d.intent_id AS intentId, d.at_ms AS atMs`;

const sql = {
  insert: `INSERT INTO deposits (public_id, seat, amount_micros, reference, deposit_ref, movement_id, intent_id, at_ms)
    VALUES (@id, @seat, @amountMicros, @reference, @depositRef, @movementId, @intentId, @atMs)`,
  byReference: 'SELECT 1 FROM deposits WHERE reference = @reference',
  byId: `SELECT ${columns} FROM deposits d WHERE d.public_id = @id`,
  byIntent: `SELECT ${columns} FROM deposits d WHERE d.intent_id = @intentId`,
  page: `SELECT ${columns} FROM deposits d WHERE d.id < @before ORDER BY d.id DESC LIMIT @limit`,
  onTheWay: `SELECT d.intent_id AS id FROM deposits d JOIN intents i ON i.public_id = d.intent_id
    WHERE d.seat = @seat AND i.state NOT IN ('final', 'void')`,
  lastReserve: 'SELECT sequence, reserve_micros AS reserveMicros FROM reserves ORDER BY sequence DESC LIMIT 1',
  insertReserve: `INSERT INTO reserves (sequence, reserve_micros, document_hash, intent_id, at_ms)
    VALUES (@sequence, @reserveMicros, @documentHash, @intentId, @atMs)`,
  unsigned: `SELECT i.public_id AS id FROM intents i WHERE i.lane IN ('deposits', 'reserves') AND i.state = 'signed'
    AND i.authorisations = '[]' ORDER BY i.id LIMIT 100`,
  isUnsigned: `SELECT 1 FROM intents WHERE public_id = @id AND lane IN ('deposits', 'reserves') AND state = 'signed'
    AND authorisations = '[]'`,
  seats: `SELECT CAST(substr(owner, 6) AS INTEGER) AS seat,
      SUM(CASE WHEN kind IN ('available', 'held') THEN balance_micros ELSE 0 END) AS micros
    FROM accounts a JOIN currencies c ON c.id = a.currency_id AND c.code = 'FUSD'
    WHERE owner LIKE 'seat:%' GROUP BY owner`,
  issued: `SELECT -a.balance_micros AS micros FROM accounts a JOIN currencies c ON c.id = a.currency_id AND c.code = 'FUSD'
    WHERE a.owner = 'hub:issued' AND a.kind = 'issued'`,
  clearing: `SELECT COALESCE(SUM(a.balance_micros), 0) AS micros FROM accounts a
    JOIN currencies c ON c.id = a.currency_id AND c.code = 'FUSD'
    WHERE a.owner IN ('hub:clearing', 'hub:leaving') AND a.kind = 'clearing'`,
  foreign: `SELECT CAST(substr(a.owner, 6) AS INTEGER) AS seat, p.amount_micros AS amountMicros, m.at_ms AS atMs,
      m.subject_id AS about FROM movements m JOIN postings p ON p.movement_id = m.id
    JOIN currencies c ON c.id = m.currency_id AND c.code = 'FUSD'
    JOIN accounts a ON a.id = p.account_id AND a.owner LIKE 'seat:%'
    WHERE m.kind = 'foreign' AND m.at_ms >= @sinceMs ORDER BY m.id DESC LIMIT 100`,
  unminted: `SELECT d.seat, SUM(d.amount_micros) AS micros FROM deposits d JOIN intents i ON i.public_id = d.intent_id
    WHERE i.state NOT IN ('final', 'void') GROUP BY d.seat`,
} as const;

export const isReferenceUsed = (reader: Reader, reference: string) =>
  reader.prepare(sql.byReference).get({ reference }) !== undefined;
export const findDeposit = (reader: Reader, id: string) => reader.prepare(sql.byId).get<DepositRow>({ id });
export const depositOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.byIntent).get<DepositRow>({ intentId });
export const listDeposits = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.page).all<DepositRow>({ before, limit });
export const mintsOnTheWay = (reader: Reader, seat: SeatNumber) =>
  reader
    .prepare(sql.onTheWay)
    .all<{ id: string }>({ seat })
    .map((row) => row.id);

export function insertDeposit(tx: Tx, row: Omit<DepositRow, 'cursor' | 'atMs'>): void {
  tx.prepare(sql.insert).run({ ...row, atMs: tx.nowMs });
}

export const lastReserve = (reader: Reader) =>
  reader.prepare(sql.lastReserve).get<{ sequence: number; reserveMicros: number }>();

export function insertReserve(
  tx: Tx,
  row: { sequence: number; reserveMicros: number; documentHash: string; intentId: string },
): void {
  tx.prepare(sql.insertReserve).run({ ...row, atMs: tx.nowMs });
}

/** Intents that wait for an officer's signature. */
export const unsignedIntents = (reader: Reader) =>
  reader
    .prepare(sql.unsigned)
    .all<{ id: string }>()
    .map((row) => row.id);

export const isUnsignedIntent = (reader: Reader, id: string) =>
  reader.prepare(sql.isUnsigned).get({ id }) !== undefined;

export interface SeatAmount {
  readonly seat: SeatNumber;
  readonly micros: number;
}

/**
 * What the finalized chain should hold per seat: the journal's money, less what is not minted yet, more what was
 * charged and not taken yet (`unsettled`).
 */
export function expectedOnChain(reader: Reader, unsettled: readonly SeatAmount[]): Map<SeatNumber, number> {
  const expected = new Map<SeatNumber, number>();
  const add = (rows: readonly SeatAmount[], sign: number) => {
    for (const { seat, micros } of rows) expected.set(seat, (expected.get(seat) ?? 0) + sign * micros);
  };
  add(reader.prepare(sql.seats).all(), 1);
  add(reader.prepare(sql.unminted).all(), -1);
  add(unsettled, 1);
  return expected;
}

export interface ForeignMovement extends Pick<DepositRow, 'seat' | 'amountMicros' | 'atMs'> {
  /** The transaction, or what of the building it was about. */
  readonly about: string;
}

/** What moved members' money without the hub having started it, newest first. */
export const foreignMovements = (reader: Reader, sinceMs: number) =>
  reader.prepare(sql.foreign).all<ForeignMovement>({ sinceMs });

/** What the finalized chain should hold at the clearing account: what was charged, less what was not taken yet. */
export function clearingOnChain(reader: Reader, unsettled: readonly SeatAmount[]): number {
  const { micros } = reader.prepare(sql.clearing).get<{ micros: number }>()!;
  return unsettled.reduce((sum, charge) => sum - charge.micros, micros);
}

/** What the finalized chain should hold in all: everything issued, less what is not minted yet. */
export function issuedOnChain(reader: Reader): number {
  const issued = reader.prepare(sql.issued).get<{ micros: number }>()?.micros ?? 0;
  return reader
    .prepare(sql.unminted)
    .all<SeatAmount>()
    .reduce((sum, { micros }) => sum - micros, issued);
}

import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { LotState } from './produce.schema.ts';

export interface LotRow {
  readonly rowId: number;
  readonly id: string;
  readonly revision: number;
  readonly farm: string;
  readonly crop: string;
  readonly cropEs: string | null;
  readonly picture: string | null;
  readonly harvestDay: number;
  readonly recordedGrams: number;
  readonly certifiedGrams: number | null;
  readonly state: LotState;
  readonly reason: string | null;
  readonly isRecalled: 0 | 1;
  readonly certifier: Hex | null;
  /** The token's id of the lot, a decimal string; null before its certificate is signed. */
  readonly tokenId: string | null;
  readonly intentId: string | null;
  readonly handedGrams: number;
}

const columns = `l.id AS rowId, l.public_id AS id, l.revision, l.farm, l.crop, l.crop_es AS cropEs, l.picture,
  l.harvest_day AS harvestDay, l.recorded_grams AS recordedGrams, l.certified_grams AS certifiedGrams, l.state, l.reason,
  l.is_recalled AS isRecalled, l.certifier, l.token_id AS tokenId, l.intent_id AS intentId,
  COALESCE((SELECT SUM(h.grams) FROM harvests h WHERE h.lot_id = l.id AND h.state <> 'void'), 0) AS handedGrams`;

const sql = {
  byId: `SELECT ${columns} FROM lots l WHERE l.public_id = @id`,
  byRow: `SELECT ${columns} FROM lots l WHERE l.id = @rowId`,
  byToken: `SELECT ${columns} FROM lots l WHERE l.token_id = @tokenId`,
  byIntent: `SELECT ${columns} FROM lots l WHERE l.intent_id = @intentId`,
  page: `SELECT ${columns} FROM lots l WHERE l.id < @before ORDER BY l.id DESC LIMIT @limit`,
  unsigned: `SELECT ${columns} FROM lots l WHERE l.state = 'certifying'`,
  certified: `SELECT ${columns} FROM lots l WHERE l.token_id IS NOT NULL ORDER BY l.id`,
  insert: `INSERT INTO lots (public_id, farm, crop, crop_es, picture, harvest_day, recorded_grams, state, recorded_by, created_at_ms)
    VALUES (@id, @farm, @crop, @cropEs, @picture, @harvestDay, @grams, 'recorded', @recordedBy, @atMs)`,
  setCertifying: `UPDATE lots SET state = 'certifying', certified_grams = @grams, document = @document, intent_id = @intentId,
    reason = NULL WHERE id = @rowId`,
  setCertified: `UPDATE lots SET state = 'certified', certifier = @certifier, token_id = @tokenId, reason = NULL WHERE id = @rowId`,
  setUncertified: `UPDATE lots SET state = 'recorded', certified_grams = NULL, certifier = NULL, token_id = NULL,
    reason = @reason WHERE id = @rowId`,
  recall: 'UPDATE lots SET is_recalled = @isRecalled WHERE id = @rowId',
  touch: 'UPDATE lots SET revision = revision + 1 WHERE id = @rowId RETURNING revision',
} as const;

/** The code of the lot's own currency in the journal: whole grams. */
export const currencyOf = (lot: Pick<LotRow, 'id'>): string => `LOT-${lot.id}`;

export const findLot = (reader: Reader, id: string) => reader.prepare(sql.byId).get<LotRow>({ id });
export const lotOfRow = (reader: Reader, rowId: number) => reader.prepare(sql.byRow).get<LotRow>({ rowId })!;
export const lotOfToken = (reader: Reader, tokenId: string) => reader.prepare(sql.byToken).get<LotRow>({ tokenId });
export const lotOfIntent = (reader: Reader, intentId: string) => reader.prepare(sql.byIntent).get<LotRow>({ intentId });
export const listLots = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.page).all<LotRow>({ before, limit });
/** Lots whose certificate waits for its officer's wallet. */
export const certifyingLots = (reader: Reader) => reader.prepare(sql.unsigned).all<LotRow>({});
/** Lots that the chain knows, or will. */
export const certifiedLots = (reader: Reader) => reader.prepare(sql.certified).all<LotRow>({});

export function insertLot(
  tx: Tx,
  lot: {
    id: string;
    farm: string;
    crop: string;
    cropEs?: string;
    picture?: string;
    harvestDay: number;
    grams: number;
    recordedBy?: SeatNumber;
  },
): void {
  tx.prepare(sql.insert).run({
    ...lot,
    cropEs: lot.cropEs ?? null,
    picture: lot.picture ?? null,
    recordedBy: lot.recordedBy ?? null,
    atMs: tx.nowMs,
  });
}

export function setCertifying(
  tx: Tx,
  rowId: number,
  row: { grams: number; document: string | null; intentId: string | null },
): void {
  tx.prepare(sql.setCertifying).run({ rowId, ...row });
}

export function setCertified(tx: Tx, rowId: number, certifier: Hex, tokenId: string): void {
  tx.prepare(sql.setCertified).run({ rowId, certifier, tokenId });
}

export function setUncertified(tx: Tx, rowId: number, reason: string): void {
  tx.prepare(sql.setUncertified).run({ rowId, reason });
}

export function setRecalled(tx: Tx, rowId: number, isRecalled: boolean): void {
  tx.prepare(sql.recall).run({ rowId, isRecalled: isRecalled ? 1 : 0 });
}

/** The lot's next revision, told to everybody. */
export function touchLot(tx: Tx, lot: Pick<LotRow, 'rowId' | 'id'>): void {
  const { revision } = tx.prepare(sql.touch).get<{ revision: number }>({ rowId: lot.rowId })!;
  tx.changed('lot', lot.id, revision);
}

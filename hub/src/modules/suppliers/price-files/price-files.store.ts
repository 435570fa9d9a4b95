import type { Reader, Tx } from '../../../platform/ports/index.ts';
import { stoppedCount } from './editions.store.ts';
import type { PriceFile, PriceFileState, PriceFormat, PriceMapping } from './price-files.schema.ts';

/** A price file with what the page need not know. */
export interface PriceFileRow {
  readonly rowId: number;
  readonly id: string;
  readonly list: number;
  readonly supplierId: string;
  readonly format: PriceFormat;
  readonly fileName: string;
  readonly isWhole: number;
  readonly state: PriceFileState;
  readonly rowCount: number;
  readonly unchangedCount: number;
  readonly toStageCount: number;
  readonly stagedCount: number;
  readonly problems: string;
  readonly problemCount: number;
  readonly differences: string;
  readonly beforeEdition: number;
  readonly goodsRevision: number;
  readonly atMs: number;
  readonly decidedAtMs: number | null;
  /** Of its supplier's list now. */
  readonly edition: number;
  readonly listRevision: number;
}

const columns = `f.id AS rowId, f.public_id AS id, f.supplier_id AS list, s.public_id AS supplierId, f.format,
  f.file_name AS fileName, f.is_whole AS isWhole, f.state, f.row_count AS rowCount, f.unchanged_count AS unchangedCount,
  f.to_stage_count AS toStageCount, f.staged_count AS stagedCount, f.problems, f.problem_count AS problemCount, f.differences,
  f.before_edition AS beforeEdition, f.goods_revision AS goodsRevision, f.at_ms AS atMs, f.decided_at_ms AS decidedAtMs,
  s.edition, s.goods_revision AS listRevision`;
const from = 'FROM price_files f JOIN suppliers s ON s.id = f.supplier_id';

const sql = {
  file: `SELECT ${columns} ${from} WHERE f.public_id = @id`,
  files: `SELECT ${columns} ${from} WHERE s.public_id = @supplierId AND f.id < @before ORDER BY f.id DESC LIMIT @limit`,
  insert: `INSERT INTO price_files (public_id, supplier_id, format, file_name, file_hash, is_whole, state, before_edition,
      goods_revision, by_seat, at_ms)
    VALUES (@id, @list, @format, @fileName, '', @isWhole, 'reading', @edition, @goodsRevision, @seat, @atMs)`,
  discardOpen: `UPDATE price_files SET state = 'discarded', decided_at_ms = @atMs
    WHERE supplier_id = @list AND state IN ('reading', 'ready')`,
  read: `UPDATE price_files SET file_hash = @fileHash, row_count = @rowCount, unchanged_count = @unchangedCount,
    to_stage_count = @toStageCount, problems = @problems, problem_count = @problemCount, state = @state WHERE id = @rowId`,
  staged: 'UPDATE price_files SET staged_count = staged_count + @count WHERE id = @rowId',
  ready: `UPDATE price_files SET state = 'ready', differences = @differences WHERE id = @rowId`,
  decide: `UPDATE price_files SET state = @state, decided_at_ms = @atMs, goods_revision = @goodsRevision WHERE id = @rowId`,
  mapping: `SELECT m.mapping FROM price_mappings m JOIN suppliers s ON s.id = m.supplier_id
    WHERE s.public_id = @supplierId AND m.format = @format`,
  saveMapping: `INSERT INTO price_mappings (supplier_id, format, mapping, at_ms) VALUES (@list, @format, @mapping, @atMs)
    ON CONFLICT (supplier_id, format) DO UPDATE SET mapping = excluded.mapping, at_ms = excluded.at_ms`,
} as const;

export const findPriceFile = (reader: Reader, id: string) => reader.prepare(sql.file).get<PriceFileRow>({ id });

/** Newest first, before the row of the cursor. */
export const listPriceFiles = (reader: Reader, supplierId: string, before: number, limit: number) =>
  reader.prepare(sql.files).all<PriceFileRow>({ supplierId, before, limit });

export function insertPriceFile(
  tx: Tx,
  row: Pick<PriceFileRow, 'id' | 'list' | 'format' | 'fileName' | 'edition' | 'goodsRevision'> & { isWhole: boolean },
): void {
  const seat = tx.actor.seat ?? null;
  tx.prepare(sql.insert).run({ ...row, isWhole: row.isWhole ? 1 : 0, seat, atMs: tx.nowMs });
}

/** Whatever was read or waits for a decision at this supplier waits no more. */
export const discardOpenFiles = (tx: Tx, list: number) => tx.prepare(sql.discardOpen).run({ list, atMs: tx.nowMs });

export function setRead(
  tx: Tx,
  rowId: number,
  read: Pick<PriceFileRow, 'rowCount' | 'unchangedCount' | 'toStageCount' | 'problems' | 'problemCount'> & {
    state: 'reading' | 'refused';
    fileHash: string;
  },
): void {
  tx.prepare(sql.read).run({ rowId, ...read });
}

export const countStaged = (tx: Tx, rowId: number, count: number) => tx.prepare(sql.staged).run({ rowId, count });
export const setReady = (tx: Tx, rowId: number, differences: PriceFile['differences']) =>
  tx.prepare(sql.ready).run({ rowId, differences: JSON.stringify(differences) });
export const decideFile = (
  tx: Tx,
  rowId: number,
  state: 'applied' | 'undone' | 'discarded',
  goodsRevision: number,
): void => void tx.prepare(sql.decide).run({ rowId, state, goodsRevision, atMs: tx.nowMs });

export function savedPriceMapping(reader: Reader, supplierId: string, format: PriceFormat): PriceMapping | undefined {
  const row = reader.prepare(sql.mapping).get<{ mapping: string }>({ supplierId, format });
  return row && (JSON.parse(row.mapping) as PriceMapping);
}

export function savePriceMapping(tx: Tx, list: number, format: PriceFormat, mapping: PriceMapping): void {
  tx.prepare(sql.saveMapping).run({ list, format, mapping: JSON.stringify(mapping), atMs: tx.nowMs });
}

/** It holds now, and nothing has changed in the list since it was applied. */
export const canUndo = (row: PriceFileRow): boolean =>
  row.state === 'applied' && row.edition === row.rowId && row.listRevision === row.goodsRevision;

export const priceFileOf = (reader: Reader, row: PriceFileRow): PriceFile => ({
  id: row.id,
  supplierId: row.supplierId,
  format: row.format,
  fileName: row.fileName,
  isWhole: row.isWhole === 1,
  state: row.state,
  rowCount: row.rowCount,
  unchangedCount: row.unchangedCount,
  stagedCount: row.stagedCount,
  toStageCount: row.toStageCount,
  differences: { new: 0, price: 0, changed: 0, missing: 0, ...(JSON.parse(row.differences) as object) },
  stoppedCount: row.state === 'ready' ? stoppedCount(reader, row.rowId) : 0,
  problems: JSON.parse(row.problems) as PriceFile['problems'],
  problemCount: row.problemCount,
  atMs: row.atMs,
  decidedAtMs: row.decidedAtMs ?? undefined,
  canUndo: canUndo(row),
});

import type { Reader, Tx } from '../../../platform/ports/index.ts';
import { goodColumns, goodOf, type StoredGoodRow } from '../good-row.ts';
import type { DifferencesQuery, PriceDifference } from './price-files.schema.ts';

const forever = Number.MAX_SAFE_INTEGER;
const some = 'LIMIT @limit';

const sql = {
  stage: `INSERT INTO good_editions (supplier_id, from_edition, public_id, revision, title, title_es, sku, gtin, category, picture,
      unit, unit_price_micros, units_per_case, origin, allergens, diets, status, details, found_by, difference, before_micros,
      moved_permille, is_stopped, file_row)
    SELECT @list, @edition, value->>'id', value->>'revision', value->>'title', value->>'titleEs', value->>'sku', value->>'gtin',
      value->>'category', value->>'picture', value->>'unit', value->>'unitPriceMicros', value->>'unitsPerCase',
      value->>'origin', value->>'allergens', value->>'diets', value->>'status', value->>'details', value->>'foundBy',
      value->>'difference', value->>'beforeMicros', value->>'movedPermille', value->>'isStopped', value->>'fileRow'
    FROM json_each(@rows)`,
  // The plus signs keep it to the index by `public_id`; by supplier it would walk the whole list for every chunk.
  supersede: `UPDATE good_editions SET until_edition = @edition
    WHERE +supplier_id = @list AND +until_edition = ${forever} AND +from_edition < @edition AND public_id IN (
      SELECT value->>'id' FROM json_each(@rows) WHERE value->>'difference' <> 'new')`,
  dropLater: `DELETE FROM good_editions WHERE id IN (
    SELECT id FROM good_editions WHERE supplier_id = @list AND from_edition > @edition AND from_edition <= @upTo ${some})`,
  revive: `UPDATE good_editions SET until_edition = ${forever} WHERE id IN (
    SELECT id FROM good_editions WHERE supplier_id = @list AND until_edition > @edition AND until_edition <= @upTo ${some})`,
  dropOlder: `DELETE FROM good_editions WHERE id IN (
    SELECT id FROM good_editions WHERE supplier_id = @list AND until_edition < @edition ${some})`,
  stopped: `SELECT COUNT(*) AS count FROM good_editions WHERE from_edition = @edition AND is_stopped = 1`,
  confirm: `UPDATE good_editions SET is_stopped = 0
    WHERE from_edition = @edition AND public_id IN (SELECT value FROM json_each(@ids))`,
  page: `SELECT ${goodColumns}, g.difference, g.file_row AS fileRow, g.before_micros AS beforeMicros,
      g.moved_permille AS movedPermille, g.is_stopped AS isStopped
    FROM good_editions g JOIN suppliers s ON s.id = g.supplier_id
    WHERE g.from_edition = @edition AND g.difference IS NOT NULL AND (@difference IS NULL OR g.difference = @difference)
      AND (@isStopped = 0 OR g.is_stopped = 1) AND g.id > @after
    ORDER BY g.id LIMIT @limit`,
} as const;

/** Adds rows to an edition that does not hold yet; `rows` is a JSON list of them. What holds now is untouched by it. */
export function stageRows(tx: Tx, list: number, edition: number, rows: string): number {
  tx.prepare(sql.supersede).run({ list, edition, rows });
  return tx.prepare(sql.stage).run({ list, edition, rows }).changes;
}

/**
 * Takes away some rows of editions that will never hold, and of those that no undo can bring back. Answers whether there
 * may be more. `edition` is the one that holds; what a file after `upTo` puts down meanwhile stays.
 */
export function sweepSome(tx: Tx, list: number, edition: number, upTo: number, limit: number): boolean {
  const params = { list, edition, limit };
  const later = { ...params, upTo };
  return (
    tx.prepare(sql.dropLater).run(later).changes > 0 ||
    tx.prepare(sql.revive).run(later).changes > 0 ||
    tx.prepare(sql.dropOlder).run(params).changes > 0
  );
}

export const stoppedCount = (reader: Reader, edition: number) =>
  reader.prepare(sql.stopped).get<{ count: number }>({ edition })!.count;

/** Lets these goods' prices pass. Answers how many of them waited for it or were in the edition. */
export const confirmRows = (tx: Tx, edition: number, ids: readonly string[]) =>
  tx.prepare(sql.confirm).run({ edition, ids: JSON.stringify(ids) }).changes;

type DifferenceRow = StoredGoodRow &
  Omit<PriceDifference, 'id' | 'good' | 'isStopped'> & { readonly isStopped: number };

/** Differences of an edition in the file's order, with the cursor of the next page. */
export function differencesPage(
  reader: Reader,
  edition: number,
  query: DifferencesQuery,
  limit: number,
): { items: PriceDifference[]; next?: string } {
  const rows = reader.prepare(sql.page).all<DifferenceRow>({
    edition,
    difference: query.difference === undefined || query.difference === 'stopped' ? null : query.difference,
    isStopped: query.difference === 'stopped' ? 1 : 0,
    after: Number(query.after ?? 0),
    limit,
  });
  const items = rows.map(
    (row): PriceDifference => ({
      id: row.id,
      difference: row.difference,
      good: goodOf(row),
      fileRow: row.fileRow ?? undefined,
      beforeMicros: row.beforeMicros ?? undefined,
      movedPermille: row.movedPermille ?? undefined,
      isStopped: row.isStopped === 1,
    }),
  );
  return { items, next: rows.length === limit ? String(rows.at(-1)!.rowId) : undefined };
}

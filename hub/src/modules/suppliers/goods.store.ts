import type { Reader, Tx } from '../../platform/ports/index.ts';
import {
  allergenMark,
  dietMark,
  folded,
  type GoodRow,
  goodColumns,
  goodOf,
  rowOf,
  type StoredGoodRow,
} from './good-row.ts';
import type { Good, GoodFacts, GoodsQuery } from './goods.schema.ts';

const from = 'FROM goods g JOIN suppliers s ON s.id = g.supplier_id';

const sql = {
  good: `SELECT ${goodColumns} ${from} WHERE g.public_id = @id`,
  all: `SELECT ${goodColumns} ${from} WHERE g.status <> 'retired' AND (@supplierId IS NULL OR s.public_id = @supplierId)
    ORDER BY s.name, g.title`,
  titled: `SELECT g.public_id AS id ${from} WHERE s.public_id = @supplierId AND g.title = @title AND g.sku IS NULL`,
  withSku: `SELECT g.public_id AS id ${from} WHERE s.public_id = @supplierId AND g.sku = @sku`,
  categories: `SELECT DISTINCT g.category ${from} WHERE s.public_id = @supplierId AND g.category IS NOT NULL ORDER BY 1 LIMIT 200`,
  insert: `INSERT INTO good_editions (public_id, supplier_id, from_edition, title, title_es, sku, gtin, category, picture, unit,
      unit_price_micros, units_per_case, origin, allergens, diets, status, details, found_by)
    SELECT @id, id, edition, @title, @titleEs, @sku, @gtin, @category, @picture, @unit, @unitPriceMicros, @unitsPerCase,
      @origin, @allergens, @diets, @status, @details, @foundBy
    FROM suppliers WHERE public_id = @supplierId`,
  update: `UPDATE good_editions SET revision = revision + 1, title = @title, title_es = @titleEs, sku = @sku, gtin = @gtin,
      category = @category, picture = @picture, unit = @unit, unit_price_micros = @unitPriceMicros,
      units_per_case = @unitsPerCase, origin = @origin, allergens = @allergens, diets = @diets, status = @status,
      details = @details, found_by = @foundBy
    WHERE id = (SELECT id FROM goods WHERE public_id = @id)`,
} as const;

/** Undefined when there is none in the list that holds now. */
export function findGood(reader: Reader, id: string): Good | undefined {
  const row = reader.prepare(sql.good).get<StoredGoodRow>({ id });
  return row && goodOf(row);
}

/** Everything that may be ordered or comes back, of one supplier or of all; for lists that people page through see `goodsPage`. */
export const listGoods = (reader: Reader, supplierId?: string): Good[] =>
  reader
    .prepare(sql.all)
    .all<StoredGoodRow>({ supplierId: supplierId ?? null })
    .map(goodOf);

const wordsMost = 6;

/** So many goods by title after the cursor, and the next cursor while there are more. */
export function goodsPage(reader: Reader, query: GoodsQuery, limit: number): { items: Good[]; next?: string } {
  const params: Record<string, string | number> = { limit };
  const wheres: string[] = [];
  const where = (condition: string, more: Record<string, string>) => {
    wheres.push(condition);
    Object.assign(params, more);
  };
  if (query.supplier) {
    where('g.supplier_id = (SELECT id FROM suppliers WHERE public_id = @supplier)', { supplier: query.supplier });
  }
  if (query.status !== 'any') where('g.status = @status', { status: query.status ?? 'on-sale' });
  if (query.category) where('g.category = @category', { category: query.category });
  if (query.gtin) where('g.gtin = @gtin', { gtin: query.gtin.replace(/\D/g, '').padStart(14, '0') });
  if (query.diet) where('instr(g.found_by, @diet) > 0', { diet: dietMark(query.diet) });
  if (query.without) where('instr(g.found_by, @without) = 0', { without: allergenMark(query.without) });
  const words = folded(query.find ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, wordsMost);
  for (const [place, word] of words.entries())
    where(`instr(g.found_by, @word${place}) > 0`, { [`word${place}`]: word });
  const after = query.after === undefined ? undefined : readCursor(query.after);
  if (after) where('(g.title, g.public_id) > (@afterTitle, @afterId)', { afterTitle: after[0], afterId: after[1] });
  // Who is retired sells nothing any more, whatever their goods were.
  if (!query.supplier) where(`s.state = 'active'`, {});
  const text = `SELECT ${goodColumns} ${from} ${wheres.length > 0 ? `WHERE ${wheres.join(' AND ')}` : ''}
    ORDER BY g.title, g.public_id LIMIT @limit`;
  const rows = reader.prepare(text).all<StoredGoodRow>(params);
  const last = rows.at(-1);
  const next = last && rows.length === limit ? cursorOf(last.title, last.id) : undefined;
  return { items: rows.map(goodOf), next };
}

const cursorOf = (title: string, id: string) => Buffer.from(JSON.stringify([title, id])).toString('base64url');

/** A cursor that this hub did not make stands at the beginning. */
function readCursor(cursor: string): [title: string, id: string] | undefined {
  try {
    const [title, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    return typeof title === 'string' && typeof id === 'string' ? [title, id] : undefined;
  } catch {
    return undefined;
  }
}

export const goodTitled = (reader: Reader, supplierId: string, title: string) =>
  reader.prepare(sql.titled).get<{ id: string }>({ supplierId, title })?.id;
export const goodWithSku = (reader: Reader, supplierId: string, sku: string) =>
  reader.prepare(sql.withSku).get<{ id: string }>({ supplierId, sku })?.id;
export const listCategories = (reader: Reader, supplierId: string) =>
  reader
    .prepare(sql.categories)
    .all<{ category: string }>({ supplierId })
    .map(({ category }) => category);

export function insertGood(tx: Tx, id: string, supplierId: string, facts: GoodFacts): void {
  tx.prepare(sql.insert).run({ id, supplierId, ...(rowOf(facts) satisfies GoodRow) });
}

export function updateGood(tx: Tx, id: string, facts: GoodFacts): void {
  tx.prepare(sql.update).run({ id, ...rowOf(facts) });
}

import type { Reader, Tx } from '../../../platform/ports/index.ts';
import type { Tier } from '../case-fill/tiers.ts';
import type { CaseArticle } from './progress.ts';

/** A good as this cycle offers it: a copy that no later change of the catalogue touches. */
export interface ArticleRow extends CaseArticle {
  readonly rowId: number;
  readonly id: string;
  readonly supplierId: string;
  readonly goodId: string;
  readonly title: string;
  readonly titleEs: string | null;
  readonly picture: string | null;
  readonly unit: string;
  readonly depositMicros: number;
  readonly taxPpm: number;
}

type Stored = Omit<ArticleRow, 'tiers' | 'maxCases'> & { readonly tiers: string; readonly maxCases: number | null };

const columns = `id AS rowId, public_id AS id, supplier_id AS supplierId, good_id AS goodId, title, title_es AS titleEs,
  picture, unit, units_per_case AS unitsPerCase, tiers, deposit_micros AS depositMicros,
  tax_ppm AS taxPpm, min_cases AS minCases, max_cases AS maxCases,
  stock_max_units AS stockMaxUnits`;

const sql = {
  all: `SELECT ${columns} FROM cycle_articles WHERE cycle_id = @cycleId ORDER BY id`,
  page: `SELECT ${columns} FROM cycle_articles WHERE cycle_id = @cycleId AND public_id > @after
    AND (@supplierId IS NULL OR supplier_id = @supplierId) ORDER BY public_id LIMIT @limit`,
  some: `SELECT ${columns} FROM cycle_articles
    WHERE cycle_id = @cycleId AND public_id IN (SELECT value FROM json_each(@ids))`,
  at: `SELECT ${columns} FROM cycle_articles WHERE id IN (SELECT value FROM json_each(@rowIds))`,
  ofGood: 'SELECT 1 FROM cycle_articles WHERE cycle_id = @cycleId AND good_id = @goodId',
  count: 'SELECT COUNT(*) AS count FROM cycle_articles WHERE cycle_id = @cycleId',
  suppliers: `SELECT a.supplier_id AS supplierId, s.name, s.name_es AS nameEs, COUNT(*) AS articleCount
    FROM cycle_articles a JOIN suppliers s ON s.public_id = a.supplier_id WHERE a.cycle_id = @cycleId
    GROUP BY a.supplier_id ORDER BY s.name`,
  insert: `INSERT INTO cycle_articles (public_id, cycle_id, supplier_id, good_id, title, title_es, picture, unit,
      units_per_case, tiers, deposit_micros, tax_ppm, min_cases, max_cases, stock_max_units)
    VALUES (@id, @cycleId, @supplierId, @goodId, @title, @titleEs, @picture, @unit, @unitsPerCase, @tiers,
      @depositMicros, @taxPpm, @minCases, @maxCases, @stockMaxUnits)`,
  remove: 'DELETE FROM cycle_articles WHERE cycle_id = @cycleId AND public_id = @id',
} as const;

const toArticle = ({ tiers, maxCases, ...row }: Stored): ArticleRow => ({
  ...row,
  tiers: JSON.parse(tiers) as Tier[],
  maxCases: maxCases ?? undefined,
});

export const articlesOf = (reader: Reader, cycleId: number): ArticleRow[] =>
  reader.prepare(sql.all).all<Stored>({ cycleId }).map(toArticle);

export const articlePage = (
  reader: Reader,
  cycleId: number,
  query: { supplierId?: string; after?: string; limit: number },
): ArticleRow[] =>
  reader
    .prepare(sql.page)
    .all<Stored>({ cycleId, supplierId: query.supplierId ?? null, after: query.after ?? '', limit: query.limit })
    .map(toArticle);

/** By their ids; what is not of this cycle is missing. */
export const articlesNamed = (reader: Reader, cycleId: number, ids: readonly string[]): Map<string, ArticleRow> =>
  new Map(
    reader
      .prepare(sql.some)
      .all<Stored>({ cycleId, ids: JSON.stringify(ids) })
      .map((row) => [row.id, toArticle(row)]),
  );

/** By their rows. */
export const articlesAt = (reader: Reader, rowIds: readonly number[]): Map<number, ArticleRow> =>
  new Map(
    reader
      .prepare(sql.at)
      .all<Stored>({ rowIds: JSON.stringify(rowIds) })
      .map((row) => [row.rowId, toArticle(row)]),
  );

export const hasGood = (reader: Reader, cycleId: number, goodId: string): boolean =>
  reader.prepare(sql.ofGood).get({ cycleId, goodId }) !== undefined;
export const articleCount = (reader: Reader, cycleId: number): number =>
  reader.prepare(sql.count).get<{ count: number }>({ cycleId })!.count;

export interface CycleSupplierRow {
  readonly supplierId: string;
  readonly name: string;
  readonly nameEs: string | null;
  readonly articleCount: number;
}
export const suppliersOf = (reader: Reader, cycleId: number) =>
  reader.prepare(sql.suppliers).all<CycleSupplierRow>({ cycleId });

export function insertArticle(tx: Tx, cycleId: number, article: Omit<ArticleRow, 'rowId'>): void {
  tx.prepare(sql.insert).run({
    ...article,
    cycleId,
    tiers: JSON.stringify(article.tiers),
    maxCases: article.maxCases ?? null,
  });
}

export const removeArticle = (tx: Tx, cycleId: number, id: string): boolean =>
  tx.prepare(sql.remove).run({ cycleId, id }).changes > 0;

import type { Reader, SeatNumber, Tx } from '../../../platform/ports/index.ts';
import type { FilledArticle, FilledShare, FilledSupplier } from './fill.ts';

const sql = {
  insert: 'INSERT INTO fills (cycle_id, cycle_revision, at_ms) VALUES (@cycleId, @revision, @atMs)',
  byId: 'SELECT cycle_revision AS revision FROM fills WHERE id = @fillId',
  supplier: `INSERT INTO fill_suppliers (fill_id, supplier_id, goods_micros, owed_micros, stock_micros, rounding_micros,
      is_missed, is_sent)
    VALUES (@fillId, @supplierId, @goodsMicros, @owedMicros, @stockMicros, @roundingMicros, @isMissed, @isSent)`,
  article: `INSERT INTO fill_articles (fill_id, article_id, cases, units, unit_price_micros, to_stock, is_missed)
    VALUES (@fillId, @id, @cases, @units, @unitPriceMicros, @toStock, @isMissed)`,
  share: `INSERT INTO fill_shares (fill_id, seat, article_id, at_least, want, up_to, units, why, amount_micros)
    VALUES (@fillId, @seat, @articleId, @atLeast, @want, @upTo, @units, @why, @amountMicros)`,
  due: `INSERT INTO fill_dues (fill_id, supplier_id, seat, amount_micros)
    VALUES (@fillId, @supplierId, @seat, @amountMicros)`,
  suppliers: `SELECT supplier_id AS supplierId, goods_micros AS goodsMicros, owed_micros AS owedMicros,
      stock_micros AS stockMicros, rounding_micros AS roundingMicros, is_missed AS isMissed, is_sent AS isSent
    FROM fill_suppliers WHERE fill_id = @fillId ORDER BY supplier_id`,
  articles: `SELECT a.public_id AS articleId, f.cases, f.units, f.unit_price_micros AS unitPriceMicros,
      f.to_stock AS toStock, f.is_missed AS isMissed
    FROM fill_articles f JOIN cycle_articles a ON a.id = f.article_id
    WHERE f.fill_id = @fillId AND a.public_id > @after ORDER BY a.public_id LIMIT @limit`,
  dues: 'SELECT seat, amount_micros AS amountMicros FROM fill_dues WHERE fill_id = @fillId AND supplier_id = @supplierId',
  shares: `SELECT a.public_id AS articleId, s.at_least AS atLeast, s.want, s.up_to AS upTo, s.units, s.why,
      f.unit_price_micros AS unitPriceMicros, s.amount_micros AS amountMicros
    FROM fill_shares s JOIN cycle_articles a ON a.id = s.article_id
      JOIN fill_articles f ON f.fill_id = s.fill_id AND f.article_id = s.article_id
    WHERE s.fill_id = @fillId AND s.seat = @seat AND a.public_id > @after ORDER BY a.public_id LIMIT @limit`,
  served: `SELECT s.seat, SUM(MIN(s.units, s.want)) AS given, SUM(s.want) AS wanted FROM fill_shares s
    WHERE s.fill_id IN (SELECT fill_id FROM cycles WHERE fill_id IS NOT NULL AND id <> @cycleId
      AND state IN ('ordered', 'received', 'picked-up', 'settled') ORDER BY closes_at_ms DESC LIMIT @cycles)
    GROUP BY s.seat HAVING wanted > 0`,
  ofCycle: 'SELECT id FROM fills WHERE cycle_id = @cycleId ORDER BY id',
  dropShares: `DELETE FROM fill_shares WHERE fill_id = @fillId AND (seat, article_id) IN
    (SELECT seat, article_id FROM fill_shares WHERE fill_id = @fillId LIMIT @limit)`,
  drop: [
    'DELETE FROM fill_dues WHERE fill_id = @fillId',
    'DELETE FROM fill_articles WHERE fill_id = @fillId',
    'DELETE FROM fill_suppliers WHERE fill_id = @fillId',
    'DELETE FROM fills WHERE id = @fillId',
  ],
} as const;

export interface FillSupplierRow extends Omit<FilledSupplier, 'dues' | 'isMissed' | 'isSent'> {
  readonly isMissed: 0 | 1;
  readonly isSent: 0 | 1;
}

export const insertFill = (tx: Tx, cycleId: number, revision: number): number =>
  tx.prepare(sql.insert).run({ cycleId, revision, atMs: tx.nowMs }).lastInsertRowid;

export const fillRevision = (reader: Reader, fillId: number): number | undefined =>
  reader.prepare(sql.byId).get<{ revision: number }>({ fillId })?.revision;

export function insertFilledSupplier(tx: Tx, fillId: number, { dues, ...supplier }: FilledSupplier): void {
  const flags = { isMissed: Number(supplier.isMissed), isSent: Number(supplier.isSent) };
  tx.prepare(sql.supplier).run({ ...supplier, ...flags, fillId });
  for (const { seat, amountMicros } of dues) {
    tx.prepare(sql.due).run({ fillId, supplierId: supplier.supplierId, seat, amountMicros });
  }
}

export function insertFilledArticles(tx: Tx, fillId: number, articles: readonly FilledArticle[]): void {
  const insert = tx.prepare(sql.article);
  for (const article of articles) insert.run({ ...article, isMissed: Number(article.isMissed), fillId });
}

export function insertFilledShares(tx: Tx, fillId: number, shares: readonly FilledShare[]): void {
  const insert = tx.prepare(sql.share);
  for (const share of shares) insert.run({ ...share, fillId });
}

export const fillsOf = (reader: Reader, cycleId: number): number[] =>
  reader
    .prepare(sql.ofCycle)
    .all<{ id: number }>({ cycleId })
    .map(({ id }) => id);

/** Removes a fill that counts no longer, at most so many shares at once. Answers whether any of it is left. */
export function dropFill(tx: Tx, fillId: number, limit: number): boolean {
  if (tx.prepare(sql.dropShares).run({ fillId, limit }).changes === limit) return true;
  for (const one of sql.drop) tx.prepare(one).run({ fillId });
  return false;
}

export const filledSuppliers = (reader: Reader, fillId: number) =>
  reader.prepare(sql.suppliers).all<FillSupplierRow>({ fillId });
/** What rounding all of a fill's suppliers to the cent adds, in micro-units. */
export const roundingOf = (reader: Reader, fillId: number): number =>
  filledSuppliers(reader, fillId).reduce((sum, { roundingMicros }) => sum + roundingMicros, 0);
export const filledArticles = (reader: Reader, fillId: number, query: { after?: string; limit: number }) =>
  reader.prepare(sql.articles).all<{
    articleId: string;
    cases: number;
    units: number;
    unitPriceMicros: number;
    toStock: number;
    isMissed: 0 | 1;
  }>({ fillId, after: query.after ?? '', limit: query.limit });
export const duesOf = (reader: Reader, fillId: number, supplierId: string): Map<SeatNumber, number> =>
  new Map(
    reader
      .prepare(sql.dues)
      .all<{ seat: SeatNumber; amountMicros: number }>({ fillId, supplierId })
      .map(({ seat, amountMicros }) => [seat, amountMicros]),
  );
export const sharesOf = (reader: Reader, fillId: number, seat: SeatNumber, query: { after?: string; limit: number }) =>
  reader
    .prepare(sql.shares)
    .all<Omit<FilledShare, 'articleId' | 'seat'> & { articleId: string; unitPriceMicros: number }>({
      fillId,
      seat,
      after: query.after ?? '',
      limit: query.limit,
    });

/** Which part of their wants each seat got in the building's last cycles; who took part in none is missing. */
export const servedShares = (reader: Reader, cycleId: number, cycles: number): Map<SeatNumber, number> =>
  new Map(
    reader
      .prepare(sql.served)
      .all<{ seat: SeatNumber; given: number; wanted: number }>({ cycleId, cycles })
      .map(({ seat, given, wanted }) => [seat, given / wanted]),
  );

import { parseAmount } from '../../../platform/written-amount.ts';
import { readMapped, readRows } from './mapped-rows.ts';
import type { PriceMapping, ReadPriceFile } from './price-files.schema.ts';
import type { PriceTable } from './price-table.ts';

/** Where CORE-POS looks in a UNFI price file unless told otherwise. The sale price of a month is not the price. */
const columns = {
  sku: 1,
  brand: 2,
  unitsPerCase: 3,
  unitSize: 4,
  category: 5,
  title: 6,
  casePrice: 8,
  gtin: 14,
  shelfPrice: 16,
};
const leastWidth = 17;
const headsMost = 20;

/** UNFI's price file; rows above the first case cost are its head. */
export function readUnfi(table: PriceTable, mapping: PriceMapping): ReadPriceFile {
  const used = { ...columns, ...mapping.columns };
  const isArticle = (row: readonly string[]) => parseAmount(row[used.casePrice] ?? '', '.') !== undefined;
  const first = table.rows.slice(0, headsMost).findIndex(isArticle);
  const skipRows = mapping.skipRows ?? Math.max(0, first);
  return readRows({
    table,
    mapping: { ...mapping, columns: used },
    skipRows,
    width: usualWidth(table.rows.slice(skipRows)),
    least: leastWidth,
    read: (cells) => readMapped(cells, used),
  });
}

/** The number of cells that most rows have. */
export function usualWidth(rows: PriceTable['rows']): number {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return [...counts].reduce((best, [width, count]) => (count > best[1] ? [width, count] : best), [0, 0])[0];
}

import { measureOf, readUnitSize } from '../measures.ts';
import { type Cells, cellsOf, createProblems } from './cells.ts';
import type { PriceColumn, PriceMapping, PriceProblem, PriceRow, ReadPriceFile } from './price-files.schema.ts';
import type { PriceTable } from './price-table.ts';

type Columns = Partial<Record<PriceColumn, number>>;
export type MappedRow = Omit<PriceRow, 'row'>;

const shownRows = 12;
const soldOut = /^(x|n|no|0|out|out of stock|disc\w*|agotado|inactive|inactivo|retirado|false)$/i;

export interface MappedFile {
  readonly table: PriceTable;
  readonly mapping: PriceMapping;
  readonly skipRows: number;
  /** Cells that every row has; a row with more, or with fewer than `least`, is shifted. */
  readonly width: number;
  readonly least: number;
  /** What one row says; undefined when a problem was told. */
  readonly read: (cells: Cells) => MappedRow | undefined;
}

/** Reads every row, tells what is wrong with each, and refuses a supplier's number that comes twice. */
export function readRows({ table, mapping, skipRows, width, least, read }: MappedFile): ReadPriceFile {
  const problems = createProblems();
  const head = skipRows > 0 ? (table.rows[skipRows - 1] ?? []) : [];
  const decimal = table.hasPoints ? '.' : (mapping.decimal ?? '.');
  const rows: PriceRow[] = [];
  const seen = new Map<string, number>();
  for (const [index, row] of table.rows.entries()) {
    if (index < skipRows || row.every((cell) => cell === '')) continue;
    const number = index + 1;
    const filled = row.findLastIndex((cell) => cell !== '') + 1;
    if (filled > width || (row.length < least && !table.hasPoints)) {
      problems.add(number, '', 'column_count', `${row.length} / ${width}`);
      continue;
    }
    const before = problems.count;
    const article = read(cellsOf(row, number, head, decimal, problems));
    if (!article || problems.count > before) continue;
    const twin = seen.get(article.sku);
    if (twin !== undefined) problems.add(number, 'sku', 'duplicate', `${article.sku} (${twin})`);
    else {
      seen.set(article.sku, number);
      rows.push({ ...article, row: number });
    }
  }
  if (rows.length === 0 && problems.count === 0) problems.add(0, '', 'no_rows');
  return {
    rows,
    problems: problems.kept,
    problemCount: problems.count,
    mapping: { ...table.used, ...mapping, skipRows, decimal },
    sample: sampleOf(table.rows),
  };
}

export const sampleOf = (rows: PriceTable['rows']): string[][] =>
  rows.slice(0, shownRows).map((row) => row.slice(0, 200).map((cell) => cell.slice(0, 60)));

/** A file of which nothing can be read. */
export const refused = (
  problem: PriceProblem,
  mapping: PriceMapping,
  rows: PriceTable['rows'] = [],
): ReadPriceFile => ({
  rows: [],
  problems: [problem],
  problemCount: 1,
  mapping,
  sample: sampleOf(rows),
});

/** One article from a row whose columns are mapped; a case's price is shared among its units, to the micro-unit. */
export function readMapped(cells: Cells, columns: Columns): MappedRow | undefined {
  const sku = cells.needed(columns.sku, 'sku', 40);
  const title = cells.needed(columns.title, 'title', 80);
  const unitsPerCase = cells.whole(columns.unitsPerCase, 1000);
  const casePrice = cells.price(columns.casePrice);
  const unitPriceMicros =
    cells.price(columns.unitPrice) ??
    (casePrice === undefined ? undefined : Math.round(casePrice / (unitsPerCase ?? 1)));
  if (!unitPriceMicros) cells.missing(columns.unitPrice ?? columns.casePrice, 'price');
  const [tierFrom, tierPrice] = [cells.whole(columns.tierFrom, 1_000_000), cells.price(columns.tierPrice)];
  const isTier = tierFrom !== undefined && tierPrice !== undefined;
  if (isTier && (tierFrom < 2 || tierPrice >= (unitPriceMicros ?? 0))) cells.wrong(columns.tierPrice, 'tier');
  const status = cells.text(columns.status, 40);
  const facts = {
    titleEs: cells.text(columns.titleEs, 80),
    brand: cells.text(columns.brand, 60),
    category: cells.text(columns.category, 60),
    gtin: cells.gtin(columns.gtin),
    ...sizeOf(cells, columns),
    shelfPriceMicros: cells.price(columns.shelfPrice),
    depositMicros: cells.amount(columns.deposit),
    taxPpm: cells.tax(columns.tax),
    minCases: cells.whole(columns.minCases, 1000),
    tiers: isTier ? [{ fromUnits: tierFrom, unitPriceMicros: tierPrice }] : undefined,
    origin: cells.text(columns.origin, 80),
    status: status !== undefined && soldOut.test(status) ? ('out' as const) : ('on-sale' as const),
  };
  if (sku === undefined || title === undefined || !unitPriceMicros) return undefined;
  return { sku, title, unitPriceMicros, unitsPerCase, ...facts };
}

/** The size of a unit in one cell ("16 OZ") or two (16, OZ); a size in no known measure is what the unit is called. */
function sizeOf(cells: Cells, columns: Columns): Pick<PriceRow, 'unit' | 'unitSize' | 'measure'> {
  const size = cells.text(columns.unitSize, 20);
  const measure = cells.text(columns.measure, 20);
  const unit = cells.text(columns.unit, 20);
  const read = size && readUnitSize(measure ? `${size} ${measure}` : size);
  if (read) return { unit: unit ?? (read.measure === 'H87' && read.unitSize > 1 ? 'pack' : 'piece'), ...read };
  const known = measure && measureOf(measure);
  if (!size && known && known !== 'H87') return { unit: unit ?? 'piece', unitSize: 1, measure: known };
  return { unit: unit ?? size };
}

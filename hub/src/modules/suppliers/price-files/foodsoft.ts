import { measureOf, readUnitSize } from '../measures.ts';
import type { Cells } from './cells.ts';
import { type MappedRow, readRows, refused } from './mapped-rows.ts';
import type { PriceMapping, ReadPriceFile } from './price-files.schema.ts';
import type { PriceTable } from './price-table.ts';

/** The places of Foodsoft 5's columns; the words of its head are in the co-op's language. */
const at = {
  availability: 0,
  sku: 1,
  title: 2,
  supplierUnit: 3,
  unit: 4,
  ratios: 5,
  minimum: 6,
  granularity: 8,
  groupUnit: 9,
  price: 10,
  priceUnit: 11,
  tax: 12,
  deposit: 13,
  note: 14,
  category: 15,
  origin: 16,
  manufacturer: 17,
} as const;
const width = 18;
const yes = /^(yes|ja|oui|s[ií]|da|evet|true|1)$/i;

/**
 * Foodsoft 5's CSV of articles: one supplier order unit is our case, its group order unit is what a member takes. A price is
 * per price unit, deposits per supplier order unit; a unit that is not named is the supplier order unit.
 */
export function readFoodsoft(table: PriceTable, mapping: PriceMapping): ReadPriceFile {
  const used = { ...mapping, skipRows: mapping.skipRows ?? 1 };
  const head = table.rows[used.skipRows - 1] ?? [];
  // A 19th cell is the address of the Foodsoft that wrote the file; its numbers mean nothing here.
  if (head.length < width || head.length > width + 1) {
    const problem = { row: used.skipRows, column: '', rule: 'wrong_head', found: `${head.length} / ${width}` } as const;
    return refused(problem, { ...table.used, ...used }, table.rows);
  }
  return readRows({ table, mapping: used, skipRows: used.skipRows, width: width + 1, least: width, read });
}

function read(cells: Cells): MappedRow | undefined {
  const sku = cells.needed(at.sku, 'sku', 40);
  const title = cells.needed(at.title, 'title', 80);
  const ratios = readRatios(cells);
  if (!ratios) return undefined;
  const unitsPerCase = perSupplierUnit(cells, at.groupUnit, ratios);
  const pricesPerCase = perSupplierUnit(cells, at.priceUnit, ratios);
  const price = cells.price(at.price);
  if (price === undefined) cells.missing(at.price, 'price');
  const deposit = cells.amount(at.deposit);
  const availability = cells.text(at.availability, 20);
  const granularity = Number((cells.text(at.granularity, 20) ?? '1').replace(',', '.'));
  const facts = {
    brand: cells.text(at.manufacturer, 60),
    category: cells.text(at.category, 60),
    origin: cells.text(at.origin, 80),
    taxPpm: cells.tax(at.tax),
    minCases: cells.whole(at.minimum, 1000),
    soldBy: granularity > 0 && granularity < 1 ? ('weight' as const) : undefined,
    ...unitOf(cells),
    status: availability !== undefined && yes.test(availability) ? ('on-sale' as const) : ('out' as const),
  };
  if (sku === undefined || title === undefined || price === undefined) return undefined;
  if (unitsPerCase === undefined || pricesPerCase === undefined) return undefined;
  if (!Number.isInteger(unitsPerCase) || unitsPerCase < 1 || unitsPerCase > 1000) {
    return cells.wrong(at.ratios, 'ratio', String(unitsPerCase));
  }
  const unitPriceMicros = Math.max(1, Math.round((price * pricesPerCase) / unitsPerCase));
  const depositMicros = deposit === undefined ? undefined : Math.round(deposit / unitsPerCase);
  return { sku, title, unitPriceMicros, unitsPerCase, depositMicros, ...facts };
}

/** "20 Bottle, 0.5 Litre": each unit's number in one supplier order unit, the later counted in the one before. */
function readRatios(cells: Cells): Map<string, number> | undefined {
  const ratios = new Map<string, number>();
  let inSupplierUnit = 1;
  for (const part of (cells.text(at.ratios, 200) ?? '').split(/(?<!\\), /).filter(Boolean)) {
    const match = /^(\d*\.?\d+) (.+)$/.exec(part.replaceAll('\\,', ',').replaceAll('\\\\', '\\'));
    if (!match || Number(match[1]) <= 0) return cells.wrong(at.ratios, 'ratio', part);
    inSupplierUnit *= Number(match[1]);
    ratios.set(match[2]!.toLowerCase(), Number(inSupplierUnit.toFixed(6)));
  }
  return ratios;
}

/** How many of the unit named in that cell one supplier order unit holds. */
function perSupplierUnit(cells: Cells, column: number, ratios: ReadonlyMap<string, number>): number | undefined {
  const name = cells.text(column, 40)?.toLowerCase();
  if (name === undefined || name === cells.text(at.supplierUnit, 40)?.toLowerCase()) return 1;
  return ratios.get(name) ?? cells.wrong(column, 'ratio', name);
}

/** What a member takes one of, and its size where Foodsoft's words or its free unit text tell it. */
function unitOf(cells: Cells): Pick<MappedRow, 'unit' | 'unitSize' | 'measure'> {
  const name = cells.text(at.groupUnit, 20) ?? cells.text(at.supplierUnit, 20);
  const measure = name && measureOf(name);
  if (measure && measure !== 'H87') return { unit: name, unitSize: 1, measure };
  if (name) return { unit: name.toLowerCase() };
  const own = cells.text(at.unit, 20);
  return { unit: own, ...(own && readUnitSize(own)) };
}

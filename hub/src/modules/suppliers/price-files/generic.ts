import { readMapped, readRows, refused } from './mapped-rows.ts';
import type { PriceColumn, PriceMapping, ReadPriceFile } from './price-files.schema.ts';
import type { PriceTable } from './price-table.ts';
import { usualWidth } from './unfi.ts';

/** How columns are called, in the order in which a head is claimed. */
const heads: readonly (readonly [PriceColumn, RegExp])[] = [
  ['gtin', /\b(upc|gtin|ean|barcode|bar code|c[oó]digo de barras)\b/i],
  ['titleEs', /(spanish|espa[ñn]ol|title.?es$)/i],
  [
    'sku',
    /^(sku|item( ?(no|number|code|#))?|order number|article( no\.?)?|product ?code|c[oó]digo|referencia|number|nr)\b/i,
  ],
  ['shelfPrice', /\b(srp|shelf|retail|pvp|msrp)\b/i],
  ['tierFrom', /(scale|tier|break).*(qty|quantity|from|units)/i],
  ['tierPrice', /(scale|tier|break).*(price|cost)/i],
  ['casePrice', /(case (?!sale)(cost|price)|price per case|precio (por )?caja)/i],
  ['unitPrice', /^(unit (?!sale)(cost|price)|(net )?price|cost|price each|precio( unitario)?)\b/i],
  ['unitsPerCase', /(case (qty|quantity|size|units|pack)|units? per case|^pack$|unit_quantity|unidades por caja)/i],
  ['unitSize', /^((unit|item)? ?size|tama[ñn]o|content|contenido)\b/i],
  ['measure', /(unit of measure|^uom$|medida)/i],
  ['unit', /^(unit|unidad)$/i],
  ['brand', /^(brand|marca|manufacturer|maker)\b/i],
  ['category', /(category|department|categor[ií]a|subcategory)/i],
  ['deposit', /(deposit|dep[oó]sito)/i],
  ['tax', /^(tax|vat|iva|impuesto)\b/i],
  ['minCases', /(min\w*\.? (cases|order)|m[ií]nimo)/i],
  ['origin', /(origin|origen|country)/i],
  ['status', /^(status|availab\w*|avail\.?|estado|disp\.?)$/i],
  ['title', /^(title|name|description|product|article name|nombre|descripci[oó]n|producto)\b/i],
];
const headsMost = 30;

/** Any table with a head, by the supplier's saved mapping; without one the head's words are taken at their word. */
export function readGeneric(table: PriceTable, mapping: PriceMapping): ReadPriceFile {
  const guess = guessColumns(table.rows);
  const columns = mapping.columns ?? guess.columns;
  const skipRows = mapping.skipRows ?? guess.skipRows;
  const used = { ...mapping, columns, skipRows, decimal: mapping.decimal ?? guessDecimal(table, columns, skipRows) };
  const missing =
    columns.sku === undefined
      ? 'sku'
      : columns.title === undefined
        ? 'title'
        : (columns.casePrice ?? columns.unitPrice) === undefined
          ? 'price'
          : undefined;
  if (missing) {
    return refused({ row: skipRows, column: missing, rule: 'column_unmapped' }, { ...table.used, ...used }, table.rows);
  }
  return readRows({
    table,
    mapping: used,
    skipRows,
    width: (table.rows[skipRows - 1] ?? []).length || usualWidth(table.rows),
    least: Math.max(columns.sku!, columns.title!, columns.casePrice ?? columns.unitPrice!) + 1,
    read: (cells) => readMapped(cells, columns),
  });
}

function guessColumns(rows: PriceTable['rows']): Required<Pick<PriceMapping, 'columns' | 'skipRows'>> {
  let best: { columns: Partial<Record<PriceColumn, number>>; headAt: number } = { columns: {}, headAt: 0 };
  for (const [headAt, row] of rows.slice(0, headsMost).entries()) {
    const columns: Partial<Record<PriceColumn, number>> = {};
    for (const [name, pattern] of heads) {
      const at = row.findIndex((cell, index) => pattern.test(cell) && !Object.values(columns).includes(index));
      if (at >= 0) columns[name] = at;
    }
    if (Object.keys(columns).length > Object.keys(best.columns).length) best = { columns, headAt };
  }
  return { columns: best.columns, skipRows: best.headAt + 1 };
}

/** A comma where the prices have one before their last one or two figures, and no point there. */
function guessDecimal(table: PriceTable, columns: PriceMapping['columns'], skipRows: number): '.' | ',' {
  const at = columns?.casePrice ?? columns?.unitPrice;
  if (at === undefined || table.hasPoints) return '.';
  const prices = table.rows.slice(skipRows, skipRows + 50).map((row) => row[at] ?? '');
  return prices.some((price) => /,\d{1,2}\D*$/.test(price)) && !prices.some((price) => /\.\d{1,2}\D*$/.test(price))
    ? ','
    : '.';
}

import { parse } from 'csv-parse/sync';
import { guessEncoding, textOf } from './file-text.ts';
import type { PriceMapping, PriceRule } from './price-files.schema.ts';
import { isSpreadsheet, xlsxRows } from './xlsx-table.ts';

export const rowsMost = 100_000;
/** The head and what may stand above it. */
const headsMost = 100;

export interface PriceTable {
  readonly rows: readonly (readonly string[])[];
  /** How it was read, where the mapping did not say. */
  readonly used: Pick<PriceMapping, 'encoding' | 'delimiter'>;
  /** A spreadsheet's numbers have a point, whatever the country writes. */
  readonly hasPoints: boolean;
}

/** The cells of a CSV or XLSX file; a rule when there is no table in it. */
export function readTable(bytes: Uint8Array, mapping: PriceMapping): PriceTable | PriceRule {
  if (isSpreadsheet(bytes)) return readSpreadsheet(bytes);
  const encoding = mapping.encoding ?? guessEncoding(bytes);
  const text = textOf(bytes, encoding);
  if (text === undefined || text.includes('\u0000')) return 'unreadable';
  const delimiter = mapping.delimiter ?? guessDelimiter(text);
  try {
    // Empty lines stay, so that a row's number is the one that a spreadsheet shows.
    const rows = parse(text, { delimiter, bom: true, relax_column_count: true, relax_quotes: true, trim: true });
    return bounded({ rows: rows as string[][], used: { encoding, delimiter }, hasPoints: false });
  } catch {
    return 'unreadable';
  }
}

function readSpreadsheet(bytes: Uint8Array): PriceTable | PriceRule {
  try {
    return bounded({ rows: xlsxRows(bytes, rowsMost + headsMost), used: {}, hasPoints: true });
  } catch (error) {
    if (error instanceof RangeError) return /rows/.test(error.message) ? 'too_many_rows' : 'too_large';
    return 'unreadable';
  }
}

function bounded(table: PriceTable): PriceTable | PriceRule {
  const count = table.rows.reduce((sum, row) => (row.some(Boolean) ? sum + 1 : sum), 0);
  if (count === 0) return 'no_rows';
  return count > rowsMost + headsMost ? 'too_many_rows' : table;
}

const delimiters = [',', ';', '\t', '|'] as const;

/** The mark that parts the fields: the one that gives most lines the same number of fields, and more than one. */
function guessDelimiter(text: string): (typeof delimiters)[number] {
  const lines = text
    .slice(0, 100_000)
    .split(/\r?\n/)
    .filter((line) => line.trim())
    .slice(0, 50);
  const score = (delimiter: string) => {
    const counts = lines.map((line) => line.replace(/"[^"]*"/g, '').split(delimiter).length);
    const usual = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 1;
    return usual > 1 ? counts.filter((count) => count === usual).length * 100 + usual : 0;
  };
  return delimiters.toSorted((a, b) => score(b) - score(a))[0]!;
}

import { parseAmount } from '../../../platform/written-amount.ts';
import { readGtin } from '../gtin.ts';
import type { PriceProblem, PriceRule } from './price-files.schema.ts';

const problemsKept = 200;
const shownLength = 60;

/** What is wrong with a file; the first ones are kept, all are counted. */
export interface Problems {
  readonly kept: PriceProblem[];
  readonly count: number;
  add(row: number, column: string, rule: PriceRule, found?: string): void;
}

export function createProblems(): Problems {
  const kept: PriceProblem[] = [];
  let count = 0;
  return {
    kept,
    get count() {
      return count;
    },
    add(row, column, rule, found) {
      count++;
      if (kept.length < problemsKept) kept.push({ row, column, rule, found: found?.slice(0, shownLength) });
    },
  };
}

/** The letter of a column and its head: "C (Case cost)". */
export function columnName(at: number, head: readonly string[]): string {
  const letter = (at >= 26 ? String.fromCharCode(64 + Math.floor(at / 26)) : '') + String.fromCharCode(65 + (at % 26));
  const words = head[at]?.replace(/\s+/g, ' ').slice(0, 40);
  return words ? `${letter} (${words})` : letter;
}

/** A cell that a spreadsheet would take for a formula; a plain signed number is none. */
const isFormula = (text: string) => /^[=@\t\r]/.test(text) || (/^[+-]/.test(text) && !/^[+-]?[\d.,\s]+%?$/.test(text));
const hidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** Reads the cells of one row; each that cannot be read is a problem with row, column and rule, and answers undefined. */
export interface Cells {
  text(at: number | undefined, maxLength: number): string | undefined;
  /** As `text`; an empty one is a problem. */
  needed(at: number | undefined, name: string, maxLength: number): string | undefined;
  /** Tells of a cell with nothing in it. */
  missing(at: number | undefined, name: string): void;
  /** Micro-units, more than nothing. */
  price(at: number | undefined): number | undefined;
  /** Micro-units, also of nothing. */
  amount(at: number | undefined): number | undefined;
  whole(at: number | undefined, most: number): number | undefined;
  gtin(at: number | undefined): string | undefined;
  /** A percentage, in parts of a million. */
  tax(at: number | undefined): number | undefined;
  wrong(at: number | undefined, rule: PriceRule, found?: string): undefined;
}

export function cellsOf(
  row: readonly string[],
  rowNumber: number,
  head: readonly string[],
  decimal: '.' | ',',
  problems: Problems,
): Cells {
  const raw = (at: number | undefined) => (at === undefined ? '' : (row[at] ?? ''));
  function wrong(at: number | undefined, rule: PriceRule, found?: string): undefined {
    problems.add(rowNumber, at === undefined ? '' : columnName(at, head), rule, found);
  }
  function missing(at: number | undefined, name: string): void {
    if (raw(at) === '') problems.add(rowNumber, at === undefined ? name : columnName(at, head), 'missing');
  }
  function text(at: number | undefined, maxLength: number): string | undefined {
    const found = raw(at);
    if (isFormula(found)) return wrong(at, 'formula', found);
    const line = found.replace(/[\r\n\t]+/g, ' ').trim();
    if (line === '') return undefined;
    if (hidden.test(line)) return wrong(at, 'hidden_character', line.replace(/\p{Cc}/gu, '·'));
    return line.length > maxLength ? wrong(at, 'too_long', line) : line;
  }
  function amount(at: number | undefined, least: number): number | undefined {
    const found = raw(at);
    if (found === '') return undefined;
    if (isFormula(found)) return wrong(at, 'formula', found);
    const micros = parseAmount(found, decimal);
    return micros === undefined || micros < least ? wrong(at, 'price', found) : micros;
  }
  return {
    text,
    missing,
    needed(at, name, maxLength) {
      missing(at, name);
      return text(at, maxLength);
    },
    price: (at) => amount(at, 1),
    amount: (at) => amount(at, 0),
    whole(at, most) {
      const found = raw(at).replace(/[.,]0+$/, '');
      if (found === '') return undefined;
      const number = /^\d{1,9}$/.test(found) ? Number(found) : 0;
      return number >= 1 && number <= most ? number : wrong(at, isFormula(found) ? 'formula' : 'whole_number', raw(at));
    },
    gtin(at) {
      const found = raw(at);
      if (/^[0\s-]*$/.test(found)) return undefined;
      return readGtin(found) ?? wrong(at, isFormula(found) ? 'formula' : 'check_digit', found);
    },
    tax(at) {
      const found = raw(at);
      if (found === '') return undefined;
      const percent = parseAmount(found.replace('%', ''), decimal);
      if (percent === undefined || percent < 0 || percent > 100_000_000) return wrong(at, 'tax', found);
      return Math.round(percent / 100);
    },
    wrong,
  };
}

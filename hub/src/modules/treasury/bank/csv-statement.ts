import { parse } from 'csv-parse/sync';
import type { BankEntry, Mapping, Problem } from './bank.schema.ts';
import { oneLine, parseAmount, parseDay } from './bank-text.ts';

export interface ReadStatement {
  readonly entries: readonly BankEntry[];
  readonly balanceMicros?: number;
  readonly balanceOn?: string;
  readonly problems: readonly Problem[];
}

const delimiters = [',', ';', '\t', '|'] as const;

/** The rows of a CSV text; lines may have any number of fields. Throws what the parser says of broken quotes. */
export function csvRows(text: string, delimiter: string): string[][] {
  return parse(text, {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  }) as string[][];
}

/** The mark that parts the fields: the one that gives most lines the same number of fields, and more than one. */
export function guessDelimiter(text: string): Mapping['delimiter'] {
  const lines = text
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

const heads = {
  date: /^(posting |booking |transaction |trans\.? |post(ed)? |value )?date|^fecha|^buchungstag|^datum|^posted/i,
  amount: /^(transaction )?amount|^importe|^monto|^betrag|^valor/i,
  credit: /credit|deposit|^abono|^haber|money in|paid in/i,
  debit: /debit|withdrawal|^cargo|^debe|money out|paid out/i,
  payee: /payee|^name|sender|counterparty|beneficiar|ordenante|auftraggeber|^from/i,
  memo: /memo|description|details|concepto|descripci|verwendungszweck|narrative|^text/i,
  reference: /reference|^ref|transaction id|fitid|check (or slip )?#|number|n[uú]mero/i,
  balance: /balance|saldo/i,
} as const;

/** How a file of an unknown bank is probably read, from its head and its first rows. */
export function guessMapping(rows: readonly (readonly string[])[], delimiter: Mapping['delimiter']): Mapping {
  const headAt = Math.max(
    0,
    rows.slice(0, 30).findIndex((row) => row.some((cell) => heads.date.test(cell)) && row.length > 2),
  );
  const head = rows[headAt] ?? [];
  const found: Partial<Record<keyof typeof heads, number>> = {};
  for (const name of ['date', 'balance', 'amount', 'credit', 'debit', 'payee', 'memo', 'reference'] as const) {
    const at = head.findIndex((cell, index) => heads[name].test(cell) && !Object.values(found).includes(index));
    if (at >= 0) found[name] = at;
  }
  const body = rows.slice(headAt + 1, headAt + 51);
  const { date = 0, amount, credit, debit, ...texts } = found;
  const sums =
    amount === undefined && (credit !== undefined || debit !== undefined) ? { credit, debit } : { amount: amount ?? 1 };
  const days = body.map((row) => row[date] ?? '');
  const figures = body.flatMap((row) => Object.values(sums).map((at) => (at === undefined ? '' : (row[at] ?? ''))));
  return {
    delimiter,
    skipRows: headAt + 1,
    dateFormat: dateFormatOf(days),
    decimal: figures.some((figure) => /,\d{2}\D*$/.test(figure) && !/\.\d{2}\D*$/.test(figure)) ? ',' : '.',
    date,
    ...present(sums),
    ...present(texts),
  };
}

/** The way of writing days that most of them can be read in; where it is open, the country's own. */
function dateFormatOf(days: readonly string[]): Mapping['dateFormat'] {
  const readable = (format: Mapping['dateFormat']) => days.filter((day) => parseDay(day, format)).length;
  return (['mdy', 'ymd', 'dmy'] as const).toSorted((a, b) => readable(b) - readable(a))[0]!;
}

const present = <T extends object>(of: T): T =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as T;

/** Reads the rows by the bank's mapping; what cannot be read is a problem that names its row and field. */
export function readCsv(rows: readonly (readonly string[])[], mapping: Mapping): ReadStatement {
  const entries: BankEntry[] = [];
  const problems: Problem[] = [];
  const balances: { on: string; micros: number }[] = [];
  for (const [index, row] of rows.slice(mapping.skipRows).entries()) {
    const at = index + mapping.skipRows + 1;
    const cell = (column: number | undefined) => (column === undefined ? '' : (row[column] ?? ''));
    if (row.every((text) => text === '')) continue;
    const bookedOn = parseDay(cell(mapping.date), mapping.dateFormat);
    const amountMicros = amountOf(cell, mapping);
    if (!bookedOn) problems.push({ row: at, field: 'date', rule: `must be a day (${mapping.dateFormat})` });
    else if (amountMicros === undefined) problems.push({ row: at, field: 'amount', rule: 'must be an amount' });
    else {
      // A line of nothing (a remark, an opening balance) moves no money.
      if (amountMicros !== 0)
        entries.push({
          bookedOn,
          amountMicros,
          payee: oneLine(cell(mapping.payee)),
          memo: oneLine(cell(mapping.memo)),
          reference: oneLine(cell(mapping.reference)) || undefined,
        });
      const micros = parseAmount(cell(mapping.balance), mapping.decimal);
      if (micros !== undefined) balances.push({ on: bookedOn, micros });
    }
  }
  return { entries, problems, ...closing(balances) };
}

function amountOf(cell: (column: number | undefined) => string, mapping: Mapping): number | undefined {
  const of = (column: number | undefined) => {
    const text = cell(column);
    return text === '' ? 0 : parseAmount(text, mapping.decimal);
  };
  if (mapping.amount !== undefined) return cell(mapping.amount) === '' ? undefined : of(mapping.amount);
  const [credit, debit] = [of(mapping.credit), of(mapping.debit)];
  if (credit === undefined || debit === undefined) return undefined;
  // Banks write what left with or without a minus.
  return credit - Math.abs(debit);
}

/** Files run upwards or downwards in time: the closing balance stands at the later end. */
function closing(balances: readonly { on: string; micros: number }[]): { balanceMicros?: number; balanceOn?: string } {
  const [first, last] = [balances[0], balances.at(-1)];
  if (!first || !last) return {};
  const latest = first.on > last.on ? first : last;
  return { balanceMicros: latest.micros, balanceOn: latest.on };
}

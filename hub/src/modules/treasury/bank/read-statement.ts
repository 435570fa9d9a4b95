import { createHash } from 'node:crypto';
import type { BankEntry, Mapping, Problem } from './bank.schema.ts';
import { decode } from './bank-text.ts';
import { csvRows, guessDelimiter, guessMapping, readCsv } from './csv-statement.ts';
import { fingerprintsOf } from './fingerprint.ts';
import { createMatcher, type Finding, type Payer } from './match.ts';
import { isOfx, readOfx } from './ofx-statement.ts';

export interface StatementInput {
  readonly bank: string;
  /** Base64. */
  readonly content: string;
  readonly mapping?: Mapping;
  readonly payers: readonly Payer[];
}

export interface StatementOutput {
  readonly format: 'csv' | 'ofx';
  readonly fileHash: string;
  readonly rows: readonly (readonly string[])[];
  readonly mapping?: Mapping;
  readonly lines: readonly (BankEntry & Finding & { readonly fingerprint: string })[];
  readonly balanceMicros?: number;
  readonly balanceOn?: string;
  readonly problems: readonly Problem[];
}

const shownRows = 12;

/** Reads and matches a bank's file. Pure; it runs in a worker. A file that is neither CSV nor OFX is one problem. */
export function readStatement({ bank, content, mapping, payers }: StatementInput): StatementOutput {
  const bytes = Buffer.from(content, 'base64');
  const fileHash = createHash('sha256').update(bytes).digest('hex');
  const text = decode(bytes);
  const find = createMatcher(payers);
  if (isOfx(text)) {
    const { entries, account, ...rest } = readOfx(text);
    return { format: 'ofx', fileHash, rows: [], lines: withFindings(entries, account, 'ofx'), ...rest };
  }
  let rows: string[][];
  const delimiter = mapping?.delimiter ?? guessDelimiter(text);
  try {
    rows = csvRows(text, delimiter);
  } catch (error) {
    const rule = error instanceof Error ? error.message : String(error);
    return { format: 'csv', fileHash, rows: [], lines: [], problems: [{ row: 0, field: 'file', rule }] };
  }
  const used = mapping ?? guessMapping(rows, delimiter);
  const { entries, ...rest } = readCsv(rows, used);
  return {
    format: 'csv',
    fileHash,
    rows: rows.slice(0, shownRows).map((row) => row.map((cell) => cell.slice(0, 80))),
    mapping: used,
    lines: withFindings(entries, '', 'csv'),
    ...rest,
  };

  function withFindings(entries: readonly BankEntry[], account: string, format: string) {
    const prints = fingerprintsOf(bank, account, format, entries);
    return entries.map((entry, index) => ({ ...entry, ...find(entry), fingerprint: prints[index]! }));
  }
}

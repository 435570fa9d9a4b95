import { createReader, openReader } from '../../../store/index.ts';
import { beancountText, entriesCsv } from './beancount.ts';
import { entriesBetween } from './entries.store.ts';

export interface ExportInput {
  readonly path: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly format: 'beancount' | 'csv';
}

/** Runs in a worker over a connection of its own: years of books take longer than the main thread may be held. */
export default function exportBooks({ path, fromMs, toMs, format }: ExportInput): string {
  const db = openReader(path);
  try {
    // One view for all that is read, whatever is written meanwhile.
    db.exec('BEGIN');
    const entries = entriesBetween(createReader(db), fromMs, toMs);
    return format === 'csv' ? entriesCsv(entries) : beancountText(entries);
  } finally {
    db.close();
  }
}

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { createReader, openReader } from '../../../store/index.ts';
import { differencesOf, type NextRow } from './differences.ts';
import { heldRows } from './held-rows.store.ts';
import type { Difference, PriceFile, PriceFormat, PriceMapping, ReadPriceFile } from './price-files.schema.ts';
import { readPriceFile } from './read-price-file.ts';

export interface PreviewInput {
  readonly path: string;
  readonly supplierId: string;
  readonly format: PriceFormat;
  readonly mapping: PriceMapping;
  /** Base64 of the gzipped file. */
  readonly content: string;
  readonly isWhole: boolean;
  readonly stopPermille: number;
}

export interface PreviewOutput extends Omit<ReadPriceFile, 'rows'> {
  readonly fileHash: string;
  readonly rowCount: number;
  readonly unchangedCount: number;
  readonly nextCount: number;
  readonly differences: PriceFile['differences'];
  /** The next edition's rows as JSON lists, in memory that is shared instead of copied. */
  readonly chunks: readonly Uint8Array[];
}

const largestFile = 128 * 1024 * 1024;
const rowsPerChunk = 150;

/** Runs in a worker over a connection of its own: a hundred thousand rows take seconds. */
export default function preview(input: PreviewInput): PreviewOutput {
  const bytes = unpacked(input.content);
  const fileHash = createHash('sha256')
    .update(bytes ?? input.content)
    .digest('hex');
  const { rows, ...read } = bytes ? readPriceFile(bytes, input.format, input.mapping) : refusedWhole(input.mapping);
  if (read.problemCount > 0) {
    return {
      ...read,
      fileHash,
      rowCount: rows.length,
      unchangedCount: 0,
      nextCount: 0,
      differences: countsOf([]),
      chunks: [],
    };
  }
  const db = openReader(input.path);
  try {
    const { isWhole, stopPermille } = input;
    const held = heldRows(createReader(db), input.supplierId);
    const { next, unchangedCount } = differencesOf(held, rows, { isWhole, stopPermille, newId: uuidv7 });
    return {
      ...read,
      fileHash,
      rowCount: rows.length,
      unchangedCount,
      nextCount: next.length,
      differences: countsOf(next),
      chunks: chunksOf(next),
    };
  } finally {
    db.close();
  }
}

const refusedWhole = (mapping: PriceMapping): ReadPriceFile => ({
  rows: [],
  problems: [{ row: 0, column: '', rule: 'too_large' }],
  problemCount: 1,
  mapping,
  sample: [],
});

/** Undefined beyond the largest file, or for what is not gzipped. */
function unpacked(content: string): Uint8Array | undefined {
  try {
    return gunzipSync(Buffer.from(content, 'base64'), { maxOutputLength: largestFile });
  } catch {
    return undefined;
  }
}

function countsOf(rows: readonly NextRow[]): Record<Difference, number> {
  const counts = { new: 0, price: 0, changed: 0, missing: 0 };
  for (const { difference } of rows) counts[difference]++;
  return counts;
}

function chunksOf(rows: readonly NextRow[]): Uint8Array[] {
  const encoder = new TextEncoder();
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < rows.length; from += rowsPerChunk) {
    const text = encoder.encode(JSON.stringify(rows.slice(from, from + rowsPerChunk)));
    const shared = new Uint8Array(new SharedArrayBuffer(text.byteLength));
    shared.set(text);
    chunks.push(shared);
  }
  return chunks;
}

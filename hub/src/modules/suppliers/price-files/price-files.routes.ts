import { fail } from '../../../platform/errors.ts';
import { type Reader, type Route, route, type Store } from '../../../platform/ports/index.ts';
import { SupplierId } from '../suppliers.schema.ts';
import { differencesPage } from './editions.store.ts';
import { Confirmations, DifferencesQuery, PriceFileBody, PriceFileId, PriceFilesQuery } from './price-files.schema.ts';
import { findPriceFile, listPriceFiles, type PriceFileRow, priceFileOf } from './price-files.store.ts';
import type { PriceFiles } from './price-files.ts';

const coordinator = { roles: ['coordinator'] } as const;
/** A gzipped file of 4 MB in base64 and what stands around it. */
const fileLimitBytes = 5_700_000;
const pageSize = 50;

export function priceFileRoutes(store: Store, files: PriceFiles): Route[] {
  function rowOf(reader: Reader, id: string): PriceFileRow {
    const row = findPriceFile(reader, id);
    if (!row) throw fail('not_found', { noun: 'price file' });
    return row;
  }
  const now = (id: string) => ({ body: store.read((reader) => priceFileOf(reader, rowOf(reader, id))) });

  return [
    route({
      method: 'POST',
      path: '/api/suppliers/:id/price-files',
      summary: 'Read a price file and see what it would change; nothing that holds changes',
      permission: coordinator,
      params: SupplierId,
      body: PriceFileBody,
      bodyLimitBytes: fileLimitBytes,
      handle: async ({ actor, params, body, idempotencyKey }) => ({
        status: 201,
        body: await files.preview(actor, params.id, body, idempotencyKey),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/suppliers/:id/price-files',
      summary: 'Price files of a supplier, newest first',
      permission: coordinator,
      params: SupplierId,
      query: PriceFilesQuery,
      handle: ({ params, query }) =>
        store.read((reader) => {
          const limit = query.limit ?? pageSize;
          const rows = listPriceFiles(reader, params.id, Number(query.after ?? Number.MAX_SAFE_INTEGER), limit);
          const next = rows.length === limit ? String(rows.at(-1)!.rowId) : undefined;
          return { body: { items: rows.map((row) => priceFileOf(reader, row)), next } };
        }),
    }),
    route({
      method: 'GET',
      path: '/api/price-files/:id',
      summary: 'How far a price file is',
      permission: coordinator,
      params: PriceFileId,
      handle: ({ params }) => now(params.id),
    }),
    route({
      method: 'GET',
      path: '/api/price-files/:id/differences',
      summary: 'What it changes, row by row',
      permission: coordinator,
      params: PriceFileId,
      query: DifferencesQuery,
      handle: ({ params, query }) =>
        store.read((reader) => ({
          body: differencesPage(reader, rowOf(reader, params.id).rowId, query, query.limit ?? pageSize),
        })),
    }),
    route({
      method: 'POST',
      path: '/api/price-files/:id/confirmations',
      summary: 'Let prices pass that moved far',
      permission: coordinator,
      params: PriceFileId,
      body: Confirmations,
      async handle({ actor, params, body, idempotencyKey }) {
        await files.confirm(actor, params.id, body.ids, idempotencyKey);
        return now(params.id);
      },
    }),
    route({
      method: 'POST',
      path: '/api/price-files/:id/application',
      summary: 'Put the file in force, whole',
      permission: coordinator,
      params: PriceFileId,
      async handle({ actor, params, idempotencyKey }) {
        await files.apply(actor, params.id, idempotencyKey);
        return now(params.id);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/price-files/:id/application',
      summary: 'Put back what held before the file',
      permission: coordinator,
      params: PriceFileId,
      async handle({ actor, params, idempotencyKey }) {
        await files.undo(actor, params.id, idempotencyKey);
        return now(params.id);
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/price-files/:id',
      summary: 'Leave a file that was read',
      permission: coordinator,
      params: PriceFileId,
      async handle({ actor, params, idempotencyKey }) {
        await files.discard(actor, params.id, idempotencyKey);
        return now(params.id);
      },
    }),
  ];
}

import { type Static, Type } from '@sinclair/typebox';
import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../../platform/errors.ts';
import { plainText } from '../../../platform/plain-text.ts';
import { type Reader, type Route, route, type Store } from '../../../platform/ports/index.ts';
import { pageOf } from '../page.ts';
import { Page } from '../treasury.schema.ts';

export const NewInvoice = Type.Object(
  {
    supplierId: Type.String({ format: 'uuid' }),
    orderId: Type.Optional(Type.String({ format: 'uuid' })),
    /** The supplier's own number; once per supplier. */
    number: plainText(60),
    amountMicros: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
    issuedOn: Type.String({ format: 'date' }),
  },
  { additionalProperties: false },
);
export type NewInvoice = Static<typeof NewInvoice>;

export interface Invoice extends NewInvoice {
  readonly id: string;
  readonly supplierName: string;
  readonly orderTitle?: string;
  /** When the bank paid it, `YYYY-MM-DD`. */
  readonly paidOn?: string;
  readonly paidMicros?: number;
}

export interface InvoiceRow {
  readonly cursor: number;
  readonly id: string;
  readonly supplierId: string;
  readonly orderId: string | null;
  readonly number: string;
  readonly amountMicros: number;
  readonly issuedOn: string;
  readonly paidOn: string | null;
  readonly paidMicros: number | null;
}

const columns = `i.id AS cursor, i.public_id AS id, i.supplier_id AS supplierId, i.order_id AS orderId, i.number,
  i.amount_micros AS amountMicros, i.issued_on AS issuedOn, l.booked_on AS paidOn, -l.amount_micros AS paidMicros
  FROM invoices i LEFT JOIN bank_lines l ON l.subject_id = i.public_id AND l.cause = 'invoice'`;
const sql = {
  page: `SELECT ${columns} WHERE i.id < @before AND (@unpaid = 0 OR l.id IS NULL) ORDER BY i.id DESC LIMIT @limit`,
  all: `SELECT ${columns} ORDER BY i.id`,
  byId: `SELECT ${columns} WHERE i.public_id = @id`,
  byNumber: 'SELECT 1 FROM invoices WHERE supplier_id = @supplierId AND number = @number',
  insert: `INSERT INTO invoices (public_id, supplier_id, order_id, number, amount_micros, issued_on, at_ms)
    VALUES (@id, @supplierId, @orderId, @number, @amountMicros, @issuedOn, @atMs)`,
} as const;

export const allInvoices = (reader: Reader) => reader.prepare(sql.all).all<InvoiceRow>({});
export const findInvoice = (reader: Reader, id: string) => reader.prepare(sql.byId).get<InvoiceRow>({ id });

export interface InvoiceDeps {
  readonly store: Store;
  readonly supplierName: (reader: Reader, id: string) => string | undefined;
  readonly orderTitle: (reader: Reader, id: string) => string | undefined;
}

const treasurer = { roles: ['treasurer'] } as const;
const Query = Type.Object(
  { ...Page.properties, unpaid: Type.Optional(Type.Literal('1')) },
  { additionalProperties: false },
);

/** What suppliers ask for, against an order; the bank's line that pays it is named on the bank's page. */
export function invoiceRoutes({ store, supplierName, orderTitle }: InvoiceDeps): Route[] {
  const view = (reader: Reader, { cursor: _, ...row }: InvoiceRow): Invoice => ({
    ...row,
    orderId: row.orderId ?? undefined,
    paidOn: row.paidOn ?? undefined,
    paidMicros: row.paidMicros ?? undefined,
    supplierName: supplierName(reader, row.supplierId) ?? '',
    orderTitle: row.orderId === null ? undefined : orderTitle(reader, row.orderId),
  });
  return [
    route({
      method: 'GET',
      path: '/api/invoices',
      summary: 'Suppliers’ invoices, newest first, and when the bank paid them',
      permission: treasurer,
      query: Query,
      handle: ({ query }) =>
        store.read((reader) => {
          const { before, limit } = pageOf(query);
          const rows = reader
            .prepare(sql.page)
            .all<InvoiceRow>({ before, limit, unpaid: query.unpaid === undefined ? 0 : 1 });
          const next = rows.length === limit ? String(rows.at(-1)!.cursor) : undefined;
          return { body: { items: rows.map((row) => view(reader, row)), next } };
        }),
    }),
    route({
      method: 'POST',
      path: '/api/invoices',
      summary: 'Record a supplier’s invoice',
      permission: treasurer,
      body: NewInvoice,
      async handle({ actor, body, idempotencyKey }) {
        const id = await store.act({ name: 'invoice.record', actor, idempotencyKey, body }, (tx) => {
          if (!supplierName(tx, body.supplierId)) throw fail('not_found', { noun: 'supplier' });
          if (body.orderId !== undefined && orderTitle(tx, body.orderId) === undefined)
            throw fail('not_found', { noun: 'order' });
          if (tx.prepare(sql.byNumber).get(body)) throw fail('already_exists', { field: 'number' });
          const made = uuidv7();
          tx.prepare(sql.insert).run({ ...body, id: made, orderId: body.orderId ?? null, atMs: tx.nowMs });
          tx.changed('invoice', made, 1, 'role:treasurer');
          tx.audit({ invoice: made, amountMicros: body.amountMicros });
          return made;
        });
        return { status: 201, body: store.read((reader) => view(reader, findInvoice(reader, id)!)) };
      },
    }),
  ];
}

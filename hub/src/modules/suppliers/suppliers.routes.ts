import { fail } from '../../platform/errors.ts';
import { type Role, type Route, route, type Store } from '../../platform/ports/index.ts';
import { NewSupplier, SupplierEdit, SupplierId, SuppliersQuery } from './suppliers.schema.ts';
import { findSupplier, listSuppliers, publicOf } from './suppliers.store.ts';
import { addSupplier, editSupplier } from './suppliers.ts';

/** Who orders and who pays: contacts and terms are nobody else's business. */
const insiders: readonly Role[] = ['coordinator', 'treasurer'];

export function supplierRoutes(store: Store): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/suppliers',
      summary: 'Who delivers',
      permission: 'public',
      query: SuppliersQuery,
      handle: ({ query }) => ({
        body: { items: store.read((reader) => listSuppliers(reader, query.state ?? 'active')) },
      }),
    }),
    route({
      method: 'GET',
      path: '/api/suppliers/:id',
      summary: 'One of them; contacts and terms for those who order and pay',
      permission: 'public',
      params: SupplierId,
      handle({ actor, params }) {
        const supplier = store.read((reader) => findSupplier(reader, params.id));
        if (!supplier) throw fail('not_found', { noun: 'supplier' });
        const isInsider = insiders.some((role) => actor.roles.includes(role));
        return { body: isInsider ? supplier : publicOf(supplier) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/suppliers',
      summary: 'Add a supplier',
      permission: { roles: ['coordinator'] },
      body: NewSupplier,
      handle: async ({ actor, idempotencyKey, body }) => ({
        status: 201,
        body: await store.act({ name: 'supplier.add', actor, idempotencyKey, body }, (tx) => addSupplier(tx, body)),
      }),
    }),
    route({
      method: 'PUT',
      path: '/api/suppliers/:id',
      summary: 'Change or retire a supplier',
      permission: { roles: ['coordinator'] },
      params: SupplierId,
      body: SupplierEdit,
      handle: async ({ actor, idempotencyKey, params, body }) => ({
        body: await store.act({ name: 'supplier.edit', actor, idempotencyKey, body: { ...params, ...body } }, (tx) =>
          editSupplier(tx, params.id, body),
        ),
      }),
    }),
  ];
}

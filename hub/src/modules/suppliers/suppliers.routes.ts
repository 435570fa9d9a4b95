import { type Route, route, type Store } from '../../platform/ports/index.ts';
import { GoodsQuery, NewGood, NewSupplier } from './suppliers.schema.ts';
import { listGoods, listSuppliers } from './suppliers.store.ts';
import { addGood, addSupplier } from './suppliers.ts';

export function supplierRoutes(store: Store): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/suppliers',
      summary: 'Who delivers',
      permission: 'public',
      handle: () => ({ body: { items: store.read(listSuppliers) } }),
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
      method: 'GET',
      path: '/api/goods',
      summary: 'What they deliver',
      permission: 'public',
      query: GoodsQuery,
      handle: ({ query }) => ({ body: { items: store.read((reader) => listGoods(reader, query.supplier)) } }),
    }),
    route({
      method: 'POST',
      path: '/api/goods',
      summary: 'Add an article',
      permission: { roles: ['coordinator'] },
      body: NewGood,
      handle: async ({ actor, idempotencyKey, body }) => ({
        status: 201,
        body: await store.act({ name: 'good.add', actor, idempotencyKey, body }, (tx) => addGood(tx, body)),
      }),
    }),
  ];
}

import { fail } from '../../platform/errors.ts';
import { type Route, route, type Store } from '../../platform/ports/index.ts';
import { GoodEdit, GoodsQuery, NewGood } from './goods.schema.ts';
import { findGood, goodsPage, listCategories } from './goods.store.ts';
import { addGood, editGood } from './goods.ts';
import { SupplierId } from './suppliers.schema.ts';

const pageSize = 50;

export function goodRoutes(store: Store): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/goods',
      summary: 'What suppliers deliver, by title',
      permission: 'public',
      query: GoodsQuery,
      handle: ({ query }) => ({ body: store.read((reader) => goodsPage(reader, query, query.limit ?? pageSize)) }),
    }),
    route({
      method: 'GET',
      path: '/api/goods/:id',
      summary: 'One of them',
      permission: 'public',
      params: SupplierId,
      handle({ params }) {
        const good = store.read((reader) => findGood(reader, params.id));
        if (!good) throw fail('not_found', { noun: 'good' });
        return { body: good };
      },
    }),
    route({
      method: 'GET',
      path: '/api/suppliers/:id/categories',
      summary: 'The shelves of a supplier’s list',
      permission: 'public',
      params: SupplierId,
      handle: ({ params }) => ({ body: { items: store.read((reader) => listCategories(reader, params.id)) } }),
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
    route({
      method: 'PUT',
      path: '/api/goods/:id',
      summary: 'Change an article; orders that exist keep their own copy',
      permission: { roles: ['coordinator'] },
      params: SupplierId,
      body: GoodEdit,
      handle: async ({ actor, idempotencyKey, params, body }) => ({
        body: await store.act({ name: 'good.edit', actor, idempotencyKey, body: { ...params, ...body } }, (tx) =>
          editGood(tx, params.id, body),
        ),
      }),
    }),
  ];
}

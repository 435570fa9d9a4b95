import { Type } from '@sinclair/typebox';
import { type Route, route } from '../../../platform/ports/index.ts';
import { listComparisons } from './comparisons.store.ts';
import { type ReconciliationDeps, reconciliationNow } from './reconciliation.ts';

const treasurer = { roles: ['treasurer'] } as const;
const Days = Type.Object(
  {
    after: Type.Optional(Type.String({ format: 'date' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  { additionalProperties: false },
);
const defaultLimit = 31;
const afterAllDays = '9999-12-31';

export function reconciliationRoutes(deps: ReconciliationDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/reconciliation',
      summary: 'Bank, chain, journal and invoices to the cent, every difference named',
      permission: treasurer,
      handle: async () => ({ body: await reconciliationNow(deps) }),
    }),
    route({
      method: 'GET',
      path: '/api/comparisons',
      summary: 'The comparison of each day, newest first',
      permission: treasurer,
      query: Days,
      handle: ({ query: { after = afterAllDays, limit = defaultLimit } }) => {
        const items = deps.store.read((reader) => listComparisons(reader, after, limit));
        return { body: { items, next: items.length === limit ? items.at(-1)!.day : undefined } };
      },
    }),
  ];
}

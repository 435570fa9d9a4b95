import { outbox } from '../../outbox/index.ts';
import { type Route, route } from '../../platform/ports/index.ts';
import { FeesQuery, SettlementFees, SettlementQuote } from './settlement-cost.schema.ts';
import { type SettlementCostDeps, settlementFees, settlementQuote } from './settlement-cost.ts';

/** What settling costs, and settling at once all the same. */
export function settlementCostRoutes(deps: SettlementCostDeps): Route[] {
  const officers = { roles: ['treasurer', 'maintainer'] } as const;
  return [
    route({
      method: 'GET',
      path: '/api/settlement/quote',
      summary: 'What would be sent now, and what it would likely cost',
      permission: officers,
      reply: SettlementQuote,
      rateLimit: { max: 30, perMs: 60_000, by: 'address' },
      handle: async () => ({ body: await settlementQuote(deps) }),
    }),
    route({
      method: 'POST',
      path: '/api/settlement/now',
      summary: 'Send what waits now, whatever it costs, even beyond the day’s cap',
      permission: { roles: ['treasurer'] },
      async handle({ actor, idempotencyKey }) {
        const action = { name: 'settlement.now', actor, idempotencyKey };
        await deps.store.act(action, (tx) => outbox.settleNow(tx, deps.carriers));
        return { status: 202, body: {} };
      },
    }),
    route({
      method: 'GET',
      path: '/api/settlement/fees',
      summary: 'Fees over time, and what each batch and each item cost',
      permission: officers,
      query: FeesQuery,
      reply: SettlementFees,
      handle: ({ query }) => ({ body: settlementFees(deps, query.days) }),
    }),
  ];
}

// The measured process of bench `join`: a booted hub with residents who may sign, or a bare Fastify route.
import Fastify from 'fastify';
import type { Order } from '../src/modules/orders/index.ts';
import { createTestHub } from '../test/support/create-test-hub.ts';
import { enrolUpTo, phonesOf } from '../test/support/residents.ts';

/** What the child says when it is up. */
export interface Up {
  readonly url: string;
  /** One per resident. */
  readonly cookies: readonly string[];
}

/** Asked with the message `order`: a new order to join, and the hub's COMMITs so far. */
export interface Fresh {
  readonly path: string;
  readonly commits: number;
}

const residents = Number(process.argv[3]);
const unitPriceMicros = 10_000;

async function hub(): Promise<Up> {
  const house = await createTestHub();
  const phones = await phonesOf(house, await enrolUpTo(house, residents));
  const opener = phones[0]!;
  const { supplierId, id: goodId } = (await opener.get<{ items: { id: string; supplierId: string }[] }>('/api/goods'))
    .body.items[0]!;
  process.on('message', async () => {
    const { body } = await opener.post<Order>('/api/orders', {
      title: 'Rice, 5 lb',
      supplierId,
      goodId,
      unit: 'bag',
      unitPriceMicros,
      unitsPerCase: 12,
      targetMicros: 1000 * unitPriceMicros,
      deadlineAtMs: Date.now() + 3_600_000,
      executes: 'at-target',
    });
    const fresh: Fresh = { path: `/api/orders/${body.id}/line`, commits: house.hub.building!.store.commits };
    process.send?.(fresh);
  });
  process.on('disconnect', async () => {
    await house.dispose();
    process.exit();
  });
  return { url: house.http, cookies: phones.map((phone) => phone.cookies()) };
}

async function bare(): Promise<Up> {
  const app = Fastify();
  const answer = process.argv[4]!;
  app.post('/api/orders/:id/line', async (_request, reply) => reply.code(201).type('application/json').send(answer));
  process.on('message', () => {
    const fresh: Fresh = { path: '/api/orders/1/line', commits: 0 };
    process.send?.(fresh);
  });
  process.on('disconnect', () => process.exit());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, cookies: Array.from({ length: residents }, () => 'stoop-session=a-session-token-of-a-member') };
}

process.send?.(await (process.argv[2] === 'hub' ? hub() : bare()));

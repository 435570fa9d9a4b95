// The measured process of bench `http`: a bare Fastify route, one that sends the same headers as the hub, or the hub's.
import { tmpdir } from 'node:os';
import { systemClock } from '../src/platform/clock.ts';
import { silentLog } from '../src/platform/log.ts';
import { type Actor, nobody, route } from '../src/platform/ports/index.ts';
import { apiHeaders } from '../src/web/headers.ts';

const items = Array.from({ length: 10 }, (_, i) => ({
  id: `0190a5d2-7b1c-7c3a-9f00-00000000000${i}`,
  units: i,
  title: 'Oranges',
}));
const body = { items };
const ana: Actor = { seat: 7, roles: ['resident'], sessionId: 's', deviceId: 'd', deviceKind: 'phone' };

async function bare(headers: Readonly<Record<string, string>> | undefined): Promise<string> {
  const { default: Fastify } = await import('fastify');
  const app = Fastify();
  if (headers !== undefined) {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers);
      done();
    });
  }
  app.get('/api/orders', () => body);
  app.post('/api/orders', () => body);
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function web(): Promise<string> {
  const { createWeb } = await import('../src/web/index.ts');
  const path = '/api/orders';
  const part = createWeb({
    routes: [
      route({ method: 'GET', path, summary: 'Orders', permission: 'signed-in', handle: () => ({ body }) }),
      route({ method: 'POST', path, summary: 'Order', permission: 'signed-in', handle: () => ({ body }) }),
    ],
    authenticate: ({ sessionToken }) => ({ actor: sessionToken === undefined ? nobody : ana, expired: false }),
    changes: { lastSeq: () => 0, changesAfter: () => [], subscribe: () => () => {} },
    hubState: () => {
      throw new Error('not asked here');
    },
    staticDir: tmpdir(),
    listen: { http: { host: '127.0.0.1', port: 0 } },
    mdnsName: 'bench',
    hostNames: [],
    dataDir: tmpdir(),
    clock: systemClock,
    log: silentLog,
    version: '0',
    metrics: { text: () => '' },
  });
  await part.start(new AbortController().signal);
  return part.addresses().http;
}

process.on('message', () => process.send?.({ cpuUs: process.cpuUsage().user + process.cpuUsage().system }));
process.on('disconnect', () => process.exit());
const kinds = { bare: () => bare(undefined), headers: () => bare(apiHeaders), web };
process.send?.({ url: await kinds[process.argv[2] as keyof typeof kinds]() });

import type { Route } from '../platform/ports/index.ts';

const credential = { type: 'apiKey', in: 'cookie', name: 'stoop-session' } as const;

function permissionText({ permission }: Route): string {
  if (typeof permission === 'string') return permission;
  return 'device' in permission ? `an approved ${permission.device}` : `one of: ${permission.roles.join(', ')}`;
}

/**
 * The OpenAPI 3.1 document of these routes, as JSON. Made by @fastify/swagger in an instance of its own on first
 * demand, so that the serving one neither loads nor carries it.
 */
export async function openApiOf(routes: readonly Route[], title: string, version: string): Promise<string> {
  const [{ default: Fastify }, { default: swagger }] = await Promise.all([
    import('fastify'),
    import('@fastify/swagger'),
  ]);
  const app = Fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version },
      components: { securitySchemes: { session: credential } },
    },
  });
  const key = {
    type: 'object',
    required: ['idempotency-key'],
    properties: { 'idempotency-key': { type: 'string', format: 'uuid' } },
  };
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      schema: {
        summary: route.summary,
        description: `Who may: ${permissionText(route)}.`,
        tags: [route.path.split('/')[2] ?? 'hub'],
        ...(route.params !== undefined && { params: route.params }),
        ...(route.query !== undefined && { querystring: route.query }),
        ...(route.body !== undefined && { body: route.body }),
        ...(route.method !== 'GET' && { headers: key }),
        ...(route.reply !== undefined && { response: { '2xx': route.reply } }),
        ...(route.permission !== 'public' && { security: [{ session: [] }] }),
      },
      handler: () => undefined,
    });
  }
  await app.ready();
  return JSON.stringify(app.swagger());
}

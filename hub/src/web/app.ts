import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { fail } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { type Authenticate, nobody, type Route } from '../platform/ports/index.ts';
import { sendError } from './errors.ts';
import { checkHost, checkOrigin, createArrivals } from './guards.ts';
import { apiHeaders } from './headers.ts';
import type { LiveEvents } from './live-events.ts';
import { createPageSender } from './page.ts';
import { addRoutes, createMethodFinder } from './routes.ts';
import type { StaticFiles } from './static-files.ts';
import type { HubState } from './types.ts';
import { createValidatorCompiler } from './validation.ts';

const bodyLimitBytes = 1 << 20;
const trustAddress = /^\/trust(\/ca\.\w+)?\/?(\?|$)/;

export interface AppDeps {
  readonly routes: readonly Route[];
  /** The room's own, answered without asking who it is: they must work when the store does not. */
  readonly hubRoutes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly live: LiveEvents;
  readonly files: StaticFiles;
  readonly hubState: () => HubState;
  readonly isOwnHost: (host: string) => boolean;
  /** Pages and files of *trust this hub*, by address. */
  readonly addTrust: (app: FastifyInstance) => void;
  readonly openApi: () => Promise<string>;
  readonly isStopping: () => boolean;
  readonly log: Log;
}

/** The one Fastify instance behind both listeners. */
export async function createApp(deps: AppDeps): Promise<FastifyInstance> {
  const { log, live, files, hubState } = deps;
  const arrivalOf = createArrivals();
  const sendPage = createPageSender(files, hubState);
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true },
    // Named here, and not by the setters, Fastify does not load its own ajv and serialiser: 60 ms and 10 MB less.
    schemaController: {
      compilersFactory: {
        buildValidator: () => createValidatorCompiler() as never,
        buildSerializer: () => () => JSON.stringify,
      },
    },
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, log),
  });
  app.decorateRequest('actor', null as never);
  app.decorateRequest('arrival', null as never);
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  takeJsonOnly(app);

  app.addHook('onRequest', (request, reply, done) => {
    try {
      if (deps.isStopping()) throw fail('stopping');
      const arrival = arrivalOf(request.raw);
      request.arrival = arrival;
      checkHost(arrival, deps.isOwnHost);
      if (!arrival.isSecure && !arrival.isLoopback && !trustAddress.test(request.url)) {
        if (!wantsPage(request)) throw fail('https_needed');
        return void reply.redirect('/trust', 307);
      }
      checkOrigin(request.raw, arrival);
      reply.headers(apiHeaders);
      done();
    } catch (error) {
      done(error as Error);
    }
  });

  if ([...deps.routes, ...deps.hubRoutes].some((route) => route.rateLimit !== undefined)) {
    const { default: rateLimit } = await import('@fastify/rate-limit');
    await app.register(rateLimit, {
      global: false,
      errorResponseBuilder: (_request, { ttl }) => fail('too_many_requests', { seconds: Math.ceil(ttl / 1000) }),
    });
  }
  addRoutes(app, deps.hubRoutes, () => ({ actor: nobody, expired: false }));
  addRoutes(app, deps.routes, deps.authenticate);
  deps.addTrust(app);
  app.get('/api/docs', async (_request, reply) => reply.type('application/json').send(await deps.openApi()));
  app.route({
    method: 'GET',
    url: '/api/events',
    exposeHeadRoute: false,
    handler: (request, reply) => {
      checkStore(hubState());
      live.connect(request, reply);
    },
  });

  const ownPaths = ['/api/docs', '/api/events', '/trust', '/trust/:file'].map((path) => ({ path, method: 'GET' }));
  const methodsOf = createMethodFinder([...deps.routes, ...deps.hubRoutes, ...ownPaths]);
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    if (path.startsWith('/api/')) checkStore(hubState());
    const methods = methodsOf(path);
    if (methods.length > 0 && !methods.includes(request.method)) {
      reply.header('allow', methods.join(', '));
      throw fail('method_not_allowed', { method: request.method });
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') throw fail('not_found', { noun: 'address' });
    return sendPage(path, request, reply);
  });

  await app.ready();
  return app;
}

/** While the store is down the modules have no routes: say why instead of "no such address". */
function checkStore({ storeFailure }: HubState): void {
  if (storeFailure?.code === 'disk_full') throw fail('disk_full');
  if (storeFailure !== undefined) throw fail('store_unavailable');
}

function wantsPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

/** JSON is the only body; an empty one is no body, since some clients name a type for nothing. */
function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

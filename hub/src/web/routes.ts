import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler, RouteOptions } from 'fastify';
import { fail } from '../platform/errors.ts';
import type { Actor, Authenticate, RateLimit, Route, RouteReply, RouteRequest } from '../platform/ports/index.ts';
import { credentialCookie, languageOf, readTokens } from './cookies.ts';
import type { Arrival } from './guards.ts';
import { checkPermission } from './permission.ts';
import { nothing } from './validation.ts';

declare module 'fastify' {
  interface FastifyRequest {
    arrival: Arrival;
    actor: Actor;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

const isWrite = (route: Route): boolean => route.method !== 'GET';

/** Who is it, may they, and does a write carry its key: all before a body is read. */
function admit(route: Route, authenticate: Authenticate): onRequestHookHandler {
  return (request, _reply, done) => {
    try {
      const { actor, expired } = authenticate(readTokens(request.headers.cookie, request.arrival.isSecure));
      checkPermission(route.permission, actor, expired);
      if (isWrite(route) && !uuid.test(String(request.headers['idempotency-key'] ?? ''))) {
        throw fail('idempotency_key_missing');
      }
      request.actor = actor;
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}

function requestOf(route: Route, request: FastifyRequest): RouteRequest<unknown, unknown, unknown> {
  const { headers } = request;
  return {
    actor: request.actor,
    params: request.params,
    query: request.query,
    body: route.body === undefined ? undefined : request.body,
    idempotencyKey: isWrite(route) ? String(headers['idempotency-key']).toLowerCase() : '',
    language: languageOf(headers.cookie, headers['accept-language']),
    remoteAddress: request.ip,
    origin: request.arrival.origin,
  };
}

/** Answers nothing itself: a handler that returns the reply makes Fastify wait for its end, which costs 6 µs. */
function answer(result: RouteReply<unknown>, request: FastifyRequest, reply: FastifyReply): void {
  const { deviceToken, sessionToken, file, body } = result;
  const { isSecure } = request.arrival;
  if (deviceToken !== undefined) reply.header('set-cookie', credentialCookie('device', deviceToken, isSecure));
  if (sessionToken !== undefined) reply.header('set-cookie', credentialCookie('session', sessionToken, isSecure));
  if (file !== undefined) {
    reply.code(result.status ?? 200).type(file.type);
    if (file.name !== undefined) {
      reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`);
    }
    reply.send(typeof file.bytes === 'string' ? file.bytes : Buffer.from(file.bytes));
  } else if (body === undefined) {
    reply.code(result.status ?? 204).send();
  } else {
    reply.code(result.status ?? 200).send(body);
  }
}

function limitOf(limit: RateLimit): object {
  return {
    max: limit.max,
    timeWindow: limit.perMs,
    ...(limit.by === 'device' && {
      keyGenerator: (request: FastifyRequest) => request.actor.deviceId ?? request.ip,
    }),
  };
}

/** A `Route` as Fastify takes it. Reply schemas are for the documentation: serialising by them costs a fifth more. */
export function toFastify(route: Route, authenticate: Authenticate): RouteOptions {
  return {
    method: route.method,
    url: route.path,
    schema: {
      ...(route.params !== undefined && { params: route.params }),
      querystring: route.query ?? nothing,
      ...(isWrite(route) && { body: route.body ?? nothing }),
    },
    ...(route.rateLimit !== undefined && { config: { rateLimit: limitOf(route.rateLimit) } }),
    ...(route.bodyLimitBytes !== undefined && { bodyLimit: route.bodyLimitBytes }),
    onRequest: [admit(route, authenticate)],
    handler: (request, reply) => {
      const result = route.handle(requestOf(route, request));
      if (result instanceof Promise) return result.then((settled) => answer(settled, request, reply));
      answer(result, request, reply);
    },
  };
}

/** Finds the other methods that an address takes, to tell 405 from 404. */
export function createMethodFinder(routes: readonly { path: string; method: string }[]): (path: string) => string[] {
  const known = routes.map(({ path, method }) => ({
    method,
    pattern: new RegExp(`^${path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')}/?$`),
  }));
  return (path) => [...new Set(known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
}

export function addRoutes(app: FastifyInstance, routes: readonly Route[], authenticate: Authenticate): void {
  for (const route of routes) app.route(toFastify(route, authenticate));
}

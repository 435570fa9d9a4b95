import { Type } from '@sinclair/typebox';
import { fail } from '../platform/errors.ts';
import { type Route, type RouteRequest, route } from '../platform/ports/index.ts';
import { anaToken, cookie, phoneToken } from './web.test-kit.ts';

export type Seen = RouteRequest<unknown, unknown, unknown>;

/** Routes of each permission and shape; `seen` is what reached a handler. */
export function testRoutes(seen: Seen[]): Route[] {
  const keep = (value: Seen) => {
    seen.push(value);
    return { body: { ok: true } };
  };
  const Join = Type.Object({
    units: Type.Integer({ minimum: 1, maximum: 100 }),
    note: Type.Optional(Type.String({ maxLength: 10 })),
    executes: Type.Optional(Type.Union([Type.Literal('at-target'), Type.Literal('at-last-call')])),
    lines: Type.Optional(Type.Array(Type.Object({ grams: Type.Integer() }), { maxItems: 2 })),
  });
  const Params = Type.Object({ id: Type.String({ format: 'uuid' }) });
  return [
    route({
      method: 'GET',
      path: '/api/orders',
      summary: 'Orders',
      permission: 'public',
      query: Type.Object({
        limit: Type.Optional(Type.Integer({ minimum: 1 })),
        ids: Type.Optional(Type.Array(Type.String())),
      }),
      handle: keep,
    }),
    route({
      method: 'GET',
      path: '/api/orders/:id',
      summary: 'An order',
      permission: 'public',
      params: Params,
      handle: keep,
    }),
    route({
      method: 'POST',
      path: '/api/orders/:id/line',
      summary: 'Join',
      permission: 'signed-in',
      params: Params,
      body: Join,
      handle: (value) => ({ ...keep(value as Seen), status: 201 }),
    }),
    route({
      method: 'DELETE',
      path: '/api/orders/:id/line',
      summary: 'Leave',
      permission: 'signed-in',
      params: Params,
      handle: keep,
    }),
    route({ method: 'GET', path: '/api/tiles', summary: 'Tiles', permission: { device: 'kiosk' }, handle: keep }),
    route({
      method: 'GET',
      path: '/api/deposits',
      summary: 'Deposits',
      permission: { roles: ['treasurer'] },
      handle: keep,
    }),
    route({
      method: 'POST',
      path: '/api/phones',
      summary: 'Approve a phone',
      permission: 'public',
      body: Type.Object({ code: Type.String() }),
      rateLimit: { max: 3, perMs: 60_000, by: 'address' },
      handle: () => ({ body: {}, deviceToken: phoneToken, sessionToken: anaToken }),
    }),
    route({
      method: 'POST',
      path: '/api/recovery',
      summary: 'By device',
      permission: 'public',
      rateLimit: { max: 1, perMs: 60_000, by: 'device' },
      handle: () => ({ body: {} }),
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/current',
      summary: 'Out',
      permission: 'public',
      handle: () => ({ sessionToken: null }),
    }),
    route({
      method: 'POST',
      path: '/api/fails',
      summary: 'Fails',
      permission: 'public',
      body: Type.Object({ how: Type.String() }),
      handle: ({ body }) => {
        if (body.how === 'locked') throw fail('locked_out', { seconds: 60 });
        throw new Error('the secret of the house');
      },
    }),
    route({
      method: 'GET',
      path: '/api/statement',
      summary: 'A file',
      permission: 'public',
      handle: () => ({ file: { type: 'text/csv', name: 'año 1.csv', bytes: 'a;b\n' } }),
    }),
  ];
}

export const id = '0190a5d2-7b1c-7c3a-9f00-000000000001';
export const ana = cookie(anaToken, phoneToken);

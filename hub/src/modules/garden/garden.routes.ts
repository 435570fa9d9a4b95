import { Type } from '@sinclair/typebox';
import { fail } from '../../platform/errors.ts';
import { type Permission, type Route, route } from '../../platform/ports/index.ts';
import * as schema from './garden.schema.ts';
import type { GardenViews } from './garden.ts';
import type { Sensors } from './sensors.ts';
import type { WaitingList } from './waiting.ts';

const keepers: Permission = { roles: ['gardener', 'maintainer'] };

interface RoutesOptions {
  readonly views: GardenViews;
  readonly sensors: Pick<Sensors, 'create' | 'remove'>;
  readonly waiting: Pick<WaitingList, 'forget'>;
}

export function gardenRoutes({ views, sensors, waiting }: RoutesOptions): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/readings',
      summary: 'The newest value of every metric, with its last day',
      permission: 'public',
      query: schema.ReadingsQuery,
      reply: schema.Readings,
      handle: ({ query }) => ({ body: { items: views.readings(query.ids?.split(',')) } }),
    }),
    route({
      method: 'GET',
      path: '/api/readings/:deviceId/:metric',
      summary: 'One metric over time',
      permission: 'public',
      params: schema.SeriesParams,
      query: schema.SeriesQuery,
      reply: schema.Series,
      handle: ({ params, query }) => {
        const points = views.series(params.deviceId, params.metric, query);
        if (!points) throw fail('not_found', { noun: 'reading' });
        return { body: { points } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/sensors',
      summary: 'Sensors, their problems, and devices that wait for credentials',
      permission: keepers,
      reply: schema.Sensors,
      handle: () => ({ body: views.sensors() }),
    }),
    route({
      method: 'POST',
      path: '/api/sensors',
      summary: 'Makes credentials for a sensor; the token is shown once',
      permission: keepers,
      body: schema.NewSensor,
      reply: schema.SensorCredentials,
      handle: async ({ actor, idempotencyKey, body }) => ({
        status: 201,
        body: await sensors.create(body, { actor, idempotencyKey }),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/api/sensors/:id',
      summary: 'Ends the credentials of a sensor and its connection; its readings stay',
      permission: keepers,
      params: schema.SensorParams,
      reply: Type.Object({}),
      handle: async ({ actor, idempotencyKey, params }) => {
        await sensors.remove(params.id, { actor, idempotencyKey });
        return { status: 204 };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sensors/waiting/:clientId',
      summary: 'Takes a device off the list of those that wait',
      permission: keepers,
      params: schema.WaitingParams,
      reply: Type.Object({}),
      handle: async ({ actor, idempotencyKey, params }) => {
        await waiting.forget(params.clientId, { actor, idempotencyKey });
        return { status: 204 };
      },
    }),
  ];
}

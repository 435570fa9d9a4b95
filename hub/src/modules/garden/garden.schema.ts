import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

const timeMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const filters = (minItems: number) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems, maxItems: 16 });

export const Reading = Type.Object({
  deviceId: Type.String(),
  deviceName: Type.String(),
  metric: Type.String(),
  unit: Type.String(),
  value: Type.Number(),
  takenAtMs: timeMs,
  isVerified: Type.Boolean({ description: 'It came over TLS.' }),
  isOnline: Type.Boolean(),
  spark: Type.Array(Type.Tuple([timeMs, Type.Number()]), { maxItems: 61 }),
});
export type Reading = Static<typeof Reading>;

export const Readings = Type.Object({ items: Type.Array(Reading) });

export const ReadingsQuery = Type.Object({
  ids: Type.Optional(
    Type.String({ maxLength: 4_000, description: '`<deviceId>/<metric>`, separated by commas; all without it' }),
  ),
});

export const SeriesParams = Type.Object({
  deviceId: Type.String({ minLength: 1, maxLength: 64 }),
  metric: Type.String({ minLength: 1, maxLength: 64 }),
});

export const SeriesQuery = Type.Object({
  fromMs: Type.Optional(timeMs),
  toMs: Type.Optional(timeMs),
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
});

export const Series = Type.Object({
  points: Type.Array(Type.Tuple([timeMs, Type.Number(), Type.Number(), Type.Number()]), {
    description: '[atMs, min, mean, max] per bucket',
  }),
});
export type Series = Static<typeof Series>;

export const SensorProblem = Type.Object({
  kind: Type.String(),
  count: Type.Integer(),
  firstAtMs: timeMs,
  lastAtMs: timeMs,
  sample: Type.String(),
});

export const Sensor = Type.Object({
  id: Type.String(),
  name: Type.String(),
  isOnline: Type.Boolean(),
  lastSeenAtMs: Type.Optional(timeMs),
  publish: Type.Array(Type.String()),
  subscribe: Type.Array(Type.String()),
  problems: Type.Array(SensorProblem),
});
export type Sensor = Static<typeof Sensor>;

export const WaitingSensor = Type.Object({
  clientId: Type.String(),
  username: Type.Optional(Type.String()),
  remoteAddress: Type.String(),
  firstSeenAtMs: timeMs,
  lastSeenAtMs: timeMs,
  tries: Type.Integer(),
});
export type WaitingSensor = Static<typeof WaitingSensor>;

export const Sensors = Type.Object({ items: Type.Array(Sensor), waiting: Type.Array(WaitingSensor) });

export const NewSensor = Type.Object(
  {
    name: plainText(60),
    clientId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    publish: Type.Optional(filters(1)),
    subscribe: Type.Optional(filters(0)),
  },
  { additionalProperties: false },
);

export const SensorCredentials = Type.Object({
  id: Type.String(),
  username: Type.String(),
  token: Type.String({ description: 'Shown once.' }),
});
export type SensorCredentials = Static<typeof SensorCredentials>;

export const SensorParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
export const WaitingParams = Type.Object({ clientId: Type.String({ minLength: 1, maxLength: 128 }) });

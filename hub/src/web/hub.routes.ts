import { Type } from '@sinclair/typebox';
import { type Route, route } from '../platform/ports/index.ts';
import type { HubState } from './types.ts';

const FaultSchema = Type.Object({
  code: Type.String(),
  class: Type.String(),
  sinceMs: Type.Integer(),
  message: Type.String(),
});

const Health = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  version: Type.String(),
  startedAtMs: Type.Integer(),
  faults: Type.Array(FaultSchema),
});

const Hub = Type.Object({
  name: Type.String(),
  isDemo: Type.Boolean(),
  isClaimed: Type.Boolean(),
  nowMs: Type.Integer(),
  isClockTrusted: Type.Boolean(),
  clockSaysMs: Type.Optional(Type.Integer()),
  isCatchingUp: Type.Boolean(),
  isOnline: Type.Boolean(),
  offlineSinceMs: Type.Optional(Type.Integer()),
  offlineBecause: Type.Optional(Type.Union(['line', 'stale', 'behind', 'wrong'].map((reason) => Type.Literal(reason)))),
  waitingCount: Type.Integer(),
  waitingSinceMs: Type.Optional(Type.Integer()),
  faults: Type.Array(FaultSchema),
  version: Type.String(),
  chain: Type.Optional(Type.Object({ chainId: Type.Integer(), isEmbedded: Type.Boolean() })),
  lanUrls: Type.Array(Type.String()),
  trust: Type.Optional(Type.Object({ fingerprint: Type.String(), url: Type.String() })),
});

export interface HubRoutesDeps {
  hubState(): HubState;
  nowMs(): number;
  version: string;
  lanUrls(): readonly string[];
  /** What a phone compares before it trusts the hub; undefined without an own CA. */
  trust(): { fingerprint: string; url: string } | undefined;
  metricsText(): string;
}

/** The room's own routes; they ask nobody who is calling, so that they answer while the store is down. */
export function hubRoutes(deps: HubRoutesDeps): Route[] {
  return [
    route({
      method: 'GET',
      path: '/health',
      summary: 'Whether the hub works; 200 also when a part of it does not',
      permission: 'public',
      reply: Health,
      handle: () => {
        const { faults, startedAtMs, storeFailure } = deps.hubState();
        const status = faults.length === 0 && storeFailure === undefined ? 'ok' : 'degraded';
        return { body: { status, version: deps.version, startedAtMs, faults } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/hub',
      summary: 'The building, its hub and what waits to be recorded',
      permission: 'public',
      reply: Hub,
      handle: () => {
        const { startedAtMs: _, storeFailure: __, ...state } = deps.hubState();
        return {
          body: {
            ...state,
            nowMs: deps.nowMs(),
            version: deps.version,
            lanUrls: deps.lanUrls(),
            trust: deps.trust(),
          },
        };
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      summary: "The hub's metrics in Prometheus' text format",
      permission: 'public',
      handle: () => ({ file: { type: 'text/plain; version=0.0.4; charset=utf-8', bytes: deps.metricsText() } }),
    }),
  ];
}

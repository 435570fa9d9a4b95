import { Type } from '@sinclair/typebox';
import { type LineState, type Route, route } from '../platform/ports/index.ts';

const oneOf = (...words: string[]) => Type.Union(words.map((word) => Type.Literal(word)));

const Endpoint = Type.Object({
  name: Type.String(),
  isServing: Type.Boolean(),
  breaker: oneOf('closed', 'open', 'half-open'),
  verdict: Type.Optional(oneOf('good', 'away', 'wrong', 'stale', 'behind', 'clock')),
  reason: Type.Optional(Type.String()),
  sinceMs: Type.Optional(Type.Integer()),
  pauseLeftMs: Type.Optional(Type.Number()),
  headNumber: Type.Optional(Type.Integer()),
});

const Line = Type.Object({
  isOnline: Type.Boolean(),
  offlineSinceMs: Type.Optional(Type.Integer()),
  offlineBecause: Type.Optional(oneOf('line', 'stale', 'behind')),
  hubClockAheadMs: Type.Optional(Type.Integer()),
  headAtMs: Type.Optional(Type.Integer()),
  finalizedAtMs: Type.Optional(Type.Integer()),
  lastSeenAtMs: Type.Optional(Type.Integer()),
  endpoints: Type.Array(Endpoint),
});

/** The line to the outside, for those who look after it. Endpoints by host alone: their paths may hold keys. */
export function lineRoutes(chain: { state(): LineState }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/line',
      summary: 'The chain’s endpoints in order: which serves, which is left alone and why',
      permission: { roles: ['maintainer', 'treasurer'] },
      reply: Line,
      handle: () => ({ body: lineOf(chain.state()) }),
    }),
  ];
}

const lineOf = (state: LineState): LineState => ({
  isOnline: state.isOnline,
  offlineSinceMs: state.offlineSinceMs,
  offlineBecause: state.offlineBecause,
  hubClockAheadMs: state.hubClockAheadMs,
  headAtMs: state.headAtMs,
  finalizedAtMs: state.finalizedAtMs,
  lastSeenAtMs: state.lastSeenAtMs,
  endpoints: state.endpoints,
});

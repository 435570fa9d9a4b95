import type { Static, TSchema } from '@sinclair/typebox';
import type { Actor, DeviceKind, Role } from './values.ts';

/**
 * Who may call a route, beside the route. Everything not named is refused.
 * `public`: anyone on an allowed host. `device`: an approved browser of that kind, nobody need be signed in.
 * `signed-in`: a member's session. `roles`: a session holding at least one of them.
 */
export type Permission = 'public' | 'signed-in' | { readonly device: DeviceKind } | { readonly roles: readonly Role[] };

export interface RateLimit {
  readonly max: number;
  readonly perMs: number;
  /** What is counted: the caller's address, or the approved device. */
  readonly by: 'address' | 'device';
}

export interface RouteRequest<P, Q, B> {
  readonly actor: Actor;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Present on every request that changes something; `web` refuses such requests without one. */
  readonly idempotencyKey: string;
  readonly language: 'en' | 'es';
  readonly remoteAddress: string;
  /** `https://name:port` as the caller reached us. */
  readonly origin: string;
}

/** Besides the body a handler may answer a credential; `web` alone turns it into a cookie. */
export interface RouteReply<R> {
  readonly status?: number;
  readonly body?: R;
  /** A new device or session token for this browser, or null to clear it. */
  readonly deviceToken?: string | null;
  readonly sessionToken?: string | null;
  /** Sent as is instead of JSON (CSV, PDF, a picture). */
  readonly file?: { readonly type: string; readonly name?: string; readonly bytes: Uint8Array | string };
}

export interface Route<P extends TSchema = TSchema, Q extends TSchema = TSchema, B extends TSchema = TSchema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/api/<noun>…`, parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission;
  /** It moves money or binds somebody to: not acknowledged before a restored hub has compared itself with its chain. */
  readonly movesMoney?: true;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply?: TSchema;
  readonly rateLimit?: RateLimit;
  readonly bodyLimitBytes?: number;
  handle(request: RouteRequest<Static<P>, Static<Q>, Static<B>>): Promise<RouteReply<unknown>> | RouteReply<unknown>;
}

/** Keeps the schema's types while the list stays plain values. */
export function route<P extends TSchema, Q extends TSchema, B extends TSchema>(value: Route<P, Q, B>): Route {
  return value as unknown as Route;
}

/**
 * Turns a request's cookies into an actor. `members` implements it, `web` calls it.
 * Never throws for bad tokens: unknown or expired ones are nobody. `expired` tells the page why. `isPassive`: only
 * looks (an open live stream does so every few seconds) and must not count as the member's activity.
 */
export type Authenticate = (tokens: { deviceToken?: string; sessionToken?: string; isPassive?: boolean }) => {
  actor: Actor;
  expired: boolean;
};

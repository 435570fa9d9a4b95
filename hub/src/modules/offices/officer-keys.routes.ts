import { fail } from '../../platform/errors.ts';
import { type OfficerKeys, type Route, route } from '../../platform/ports/index.ts';
import type { OfficerDesk } from './officer-keys.ts';
import { type OfficerKeysView, Passphrase } from './offices.schema.ts';

export interface OfficerKeysRouteDeps {
  /** Undefined in a building whose hub holds none. */
  readonly held?: { readonly keys: OfficerKeys; readonly desk: OfficerDesk };
  readonly nowMs: () => number;
}

export function officerKeysRoutes({ held, nowMs }: OfficerKeysRouteDeps): Route[] {
  const permission = { roles: ['treasurer', 'board', 'certifier', 'coordinator'] } as const;
  function view(): OfficerKeysView {
    if (!held) return { areHeld: false, areOpen: false };
    const state = held.keys.state();
    if (!state.isOpen) return { areHeld: true, areOpen: false };
    const untilMs = Number.isFinite(state.remainingMs) ? Math.round(nowMs() + state.remainingMs) : undefined;
    return { areHeld: true, areOpen: true, untilMs };
  }
  function mustHold() {
    if (!held) throw fail('not_found', { noun: 'keystore' });
    return held.desk;
  }
  return [
    route({
      method: 'GET',
      path: '/api/officer-keys',
      summary: 'Whether this hub holds officers’ keys, and how long they stay open',
      permission,
      handle: () => ({ body: view() }),
    }),
    route({
      method: 'POST',
      path: '/api/officer-keys/unlock',
      summary: 'Open the officers’ keys for a bounded time and sign what waits',
      permission,
      movesMoney: true,
      body: Passphrase,
      async handle({ actor, body, idempotencyKey }) {
        await mustHold().unlock(actor, body.passphrase, idempotencyKey);
        return { body: view() };
      },
    }),
    route({
      method: 'POST',
      path: '/api/officer-keys/lock',
      summary: 'Lock the officers’ keys at once',
      permission,
      async handle({ actor, idempotencyKey }) {
        await mustHold().lock(actor, idempotencyKey);
        return { body: view() };
      },
    }),
  ];
}

import type { ClockTrust } from './clock-trust.ts';
import { type Route, route, type Store } from './ports/index.ts';

/** By this action the newest word on the time is found again after a restart. */
export const clockConfirmed = 'clock.confirm';

export interface ClockRoutesDeps {
  readonly store: Store;
  readonly trust: ClockTrust;
  /** What had to wait for a trusted clock may go on. */
  readonly onConfirmed: () => void;
}

/** How people end a doubt about the time. */
export function clockRoutes({ store, trust, onConfirmed }: ClockRoutesDeps): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/clock/confirm',
      summary: 'The time that the hub shows is right; what is due goes on',
      permission: { roles: ['coordinator', 'board'] },
      async handle({ actor, idempotencyKey }) {
        const wasTrusted = trust.isTrusted();
        await store.act({ name: clockConfirmed, actor, idempotencyKey }, (tx) => tx.audit({ wasTrusted }));
        trust.confirm();
        onConfirmed();
        return { status: 204 };
      },
    }),
  ];
}

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
      summary: 'What the hub’s clock says is right; what is due goes on',
      permission: { roles: ['coordinator', 'board'] },
      async handle({ actor, idempotencyKey }) {
        const wasTrusted = trust.isTrusted();
        // First, so that its row is of the time that was confirmed: a restart looks for the newest row since.
        trust.confirm();
        await store.act({ name: clockConfirmed, actor, idempotencyKey }, (tx) => tx.audit({ wasTrusted }));
        onConfirmed();
        return { status: 204 };
      },
    }),
  ];
}

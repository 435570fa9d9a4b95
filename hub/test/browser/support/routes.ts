import { readFileSync } from 'node:fs';
import type { LivedIn } from './lived-in.ts';

const table = new URL('../../../../ui/src/app/routes.ts', import.meta.url);

/** Every address of the page's router, as its own table has them. */
export function routePaths(): string[] {
  const paths = [...readFileSync(table, 'utf8').matchAll(/\bpath: '([^']+)'/g)].map(([, path]) => path!);
  if (paths.length < 20) throw new Error('the table of routes could not be read');
  return paths;
}

export interface Place {
  /** The route as the router names it. */
  readonly route: string;
  /** Where to go. */
  readonly at: string;
  readonly shells: readonly ('phone' | 'kiosk')[];
}

/** A place for every route, with something to see there. Throws when the router has one that is not here. */
export function placesOf(building: LivedIn): readonly Place[] {
  const { deviceId, metric, joinedId, openId, settledId, proposalId, goodId, supplierId } = building;
  const both = ['phone', 'kiosk'] as const;
  const phone = ['phone'] as const;
  const places: Place[] = [
    { route: '/', at: '/', shells: both },
    { route: '/orders', at: '/orders', shells: both },
    { route: '/orders/new', at: '/orders/new', shells: both },
    { route: '/orders', at: '/orders?state=mine', shells: phone },
    { route: '/orders/:id', at: `/orders/${joinedId}`, shells: both },
    { route: '/orders/:id', at: `/orders/${openId}`, shells: both },
    { route: '/orders', at: '/orders?state=past', shells: both },
    { route: '/orders/:id', at: `/orders/${settledId}`, shells: phone },
    { route: '/goods', at: '/goods', shells: both },
    { route: '/goods/:id', at: `/goods/${goodId}`, shells: both },
    { route: '/suppliers', at: '/suppliers', shells: both },
    { route: '/suppliers/:id', at: `/suppliers/${supplierId}`, shells: both },
    { route: '/suppliers/:id/prices', at: `/suppliers/${supplierId}/prices`, shells: both },
    { route: '/proposals', at: '/proposals', shells: both },
    { route: '/proposals/new', at: '/proposals/new', shells: both },
    { route: '/proposals', at: '/proposals?state=decided', shells: phone },
    { route: '/proposals/:id', at: `/proposals/${proposalId}`, shells: both },
    { route: '/garden', at: '/garden', shells: both },
    { route: '/garden/harvests', at: '/garden/harvests', shells: both },
    { route: '/garden/shifts', at: '/garden/shifts', shells: both },
    { route: '/garden/:device/:metric', at: `/garden/${deviceId}/${metric}`, shells: both },
    { route: '/listen', at: '/listen', shells: both },
    { route: '/me', at: '/me', shells: both },
    { route: '/me/money', at: '/me/money', shells: both },
    { route: '/me/money/send', at: '/me/money/send', shells: both },
    { route: '/me/money/back', at: '/me/money/back', shells: both },
    { route: '/me/money/limit', at: '/me/money/limit', shells: both },
    { route: '/me/gro', at: '/me/gro', shells: both },
    { route: '/me/devices', at: '/me/devices', shells: both },
    { route: '/sign-in', at: '/sign-in', shells: both },
    { route: '/phone', at: '/phone', shells: both },
    { route: '/recover', at: '/recover', shells: both },
    { route: '/treasurer', at: '/treasurer', shells: both },
    { route: '/treasurer/deposits', at: '/treasurer/deposits', shells: both },
    { route: '/treasurer/bank', at: '/treasurer/bank', shells: phone },
    { route: '/treasurer/cash', at: '/treasurer/cash', shells: phone },
    { route: '/treasurer/payouts', at: '/treasurer/payouts', shells: phone },
    { route: '/treasurer/reconciliation', at: '/treasurer/reconciliation', shells: phone },
    { route: '/treasurer/reversals', at: '/treasurer/reversals', shells: phone },
    { route: '/treasurer/papers', at: '/treasurer/papers', shells: phone },
    { route: '/maintainer', at: '/maintainer', shells: both },
    { route: '/maintainer/sensors', at: '/maintainer/sensors', shells: both },
    { route: '/board', at: '/board', shells: both },
    { route: '/officer', at: '/officer', shells: both },
    { route: '/claim', at: '/claim', shells: both },
    { route: '/demo', at: '/demo', shells: phone },
    { route: '/*', at: '/nowhere', shells: both },
  ];
  const missing = routePaths().filter((route) => !places.some((place) => place.route === route));
  if (missing.length > 0) throw new Error(`no place is known for the routes ${missing.join(', ')}`);
  return places;
}

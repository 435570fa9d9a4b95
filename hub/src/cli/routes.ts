import { fail } from '../platform/errors.ts';
import type { Actor, Route } from '../platform/ports/index.ts';
import type { RunningBuilding } from './command.ts';

/** Whoever may open the socket keeps the machine; that is one role, and never an office over money or people. */
const maintainer: Actor = { roles: ['maintainer'], system: 'cli' };

/**
 * Asks one of the building's own routes as its maintainer. Throws `not_allowed` for a route that a maintainer may not
 * call: so no command can move money or make an officer.
 */
export async function askRoute<Body>(
  building: Pick<RunningBuilding, 'routes'>,
  method: Route['method'],
  path: string,
  query: object = {},
): Promise<Body> {
  const route = building.routes.find((one) => one.method === method && one.path === path);
  if (!route) throw fail('not_found', { noun: 'route' });
  if (!isForMaintainers(route)) throw fail('not_allowed', { needs: 'another role than maintainer' });
  const reply = await route.handle({
    actor: maintainer,
    params: {},
    query,
    body: {},
    idempotencyKey: crypto.randomUUID(),
    language: 'en',
    remoteAddress: 'socket',
    origin: '',
  });
  return reply.body as Body;
}

const isForMaintainers = ({ permission }: Route): boolean =>
  permission === 'public' ||
  (typeof permission === 'object' && 'roles' in permission && permission.roles.includes('maintainer'));

import { fail } from '../platform/errors.ts';
import type { Actor, Permission } from '../platform/ports/index.ts';

/** Refuses unless the route names this actor. `isExpired`: the browser brought a session that has ended. */
export function checkPermission(permission: Permission, actor: Actor, isExpired: boolean): void {
  if (permission === 'public') return;
  if (typeof permission === 'object' && 'device' in permission) {
    if (actor.deviceKind !== permission.device) throw fail('device_not_approved', { kind: permission.device });
    return;
  }
  if (actor.seat === undefined) throw fail(isExpired ? 'session_expired' : 'not_signed_in');
  if (permission === 'signed-in') return;
  if (typeof permission === 'object' && permission.roles.some((role) => actor.roles.includes(role))) return;
  throw fail('not_allowed', { needs: typeof permission === 'object' ? permission.roles.join(' or ') : 'more' });
}

import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import { type Actor, type Role, type Route, route, type Store } from '../../platform/ports/index.ts';
import { deviceById } from './devices.store.ts';
import type { Grants } from './grants.ts';
import {
  GrantReply,
  LockedReply,
  MemberReply,
  type MemberView,
  type MeReply,
  MeReply as MeReplySchema,
  NewPinBody,
  PinBody,
  RecoveryBody,
  RecoveryConfirmBody,
  SeatParams,
  SignInBody,
  TilesReply,
} from './members.schema.ts';
import { type Member, memberAt, membersPage } from './members.store.ts';
import { restingPads } from './pin-pad.ts';
import type { Recovery } from './recovery.ts';
import type { SignIn } from './sign-in.ts';
import { memberView, signOf, tilesOf } from './views.ts';

const minuteMs = 60_000;
/** Who is trusted to see that the one who asks is the one whose pad it is. */
const unlockers: readonly Role[] = ['coordinator', 'gardener', 'board', 'maintainer'];
const maxSeats = 0xff_ff_ff;

/** Who is here, and how they come and go. */
export function sessionRoutes(deps: {
  store: Store;
  clock: Clock;
  grants: Grants;
  signIn: SignIn;
  recovery: Recovery;
}): Route[] {
  const { store, clock, grants, signIn, recovery } = deps;
  const view = (member: Member, canSignUntilMs?: number): { member: MemberView } => ({
    member: memberView(member, clock.nowMs(), canSignUntilMs),
  });

  function me(actor: Actor): MeReply {
    return store.read((reader) => {
      const device = actor.deviceId === undefined ? undefined : deviceById(reader, actor.deviceId);
      const member = actor.seat === undefined ? undefined : memberAt(reader, actor.seat);
      return {
        device: device && { id: device.id, kind: device.kind, name: device.name },
        member: member && memberView(member, clock.nowMs(), grants.untilMs(actor.sessionId)),
      };
    });
  }

  return [
    route({
      method: 'GET',
      path: '/api/me',
      summary: 'Who is at this browser',
      permission: 'public',
      reply: MeReplySchema,
      handle: ({ actor }) => ({ body: me(actor) }),
    }),
    route({
      method: 'GET',
      path: '/api/tiles',
      summary: 'Name tiles of the kiosk',
      permission: { device: 'kiosk' },
      reply: TilesReply,
      handle: () => ({ body: { items: tilesOf(store.read((reader) => membersPage(reader, 0, maxSeats))) } }),
    }),
    route({
      method: 'POST',
      path: '/api/sessions',
      summary: 'Sign in at the kiosk: a tile and its PIN',
      permission: { device: 'kiosk' },
      body: SignInBody,
      reply: MemberReply,
      rateLimit: { max: 120, perMs: minuteMs, by: 'device' },
      async handle({ actor, body }) {
        const { member, sessionToken, canSignUntilMs } = await signIn.open(actor, body.tileId, body.pin);
        return { body: view(member, canSignUntilMs), sessionToken };
      },
    }),
    route({
      method: 'POST',
      path: '/api/phones/session',
      summary: 'Sign in again on an approved phone, with its owner’s PIN',
      permission: { device: 'phone' },
      body: PinBody,
      reply: MemberReply,
      rateLimit: { max: 10, perMs: minuteMs, by: 'device' },
      async handle({ actor, body }) {
        const { member, sessionToken, canSignUntilMs } = await signIn.open(actor, undefined, body.pin);
        return { body: view(member, canSignUntilMs), sessionToken };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions/current',
      summary: 'Sign out here',
      permission: 'signed-in',
      async handle({ actor }) {
        await signIn.end(actor);
        return { status: 204, sessionToken: null };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/sessions',
      summary: 'Sign out everywhere',
      permission: 'signed-in',
      async handle({ actor }) {
        await signIn.endEverywhere(actor);
        return { status: 204, sessionToken: null };
      },
    }),
    route({
      method: 'POST',
      path: '/api/grants',
      summary: 'Let this session sign: until sign-out at the kiosk, five minutes on a phone',
      permission: 'signed-in',
      body: PinBody,
      reply: GrantReply,
      rateLimit: { max: 10, perMs: minuteMs, by: 'device' },
      handle: async ({ actor, body }) => ({ body: { canSignUntilMs: await signIn.grant(actor, body.pin) } }),
    }),
    route({
      method: 'PUT',
      path: '/api/me/pin',
      summary: 'Change the PIN',
      permission: 'signed-in',
      body: NewPinBody,
      rateLimit: { max: 10, perMs: minuteMs, by: 'device' },
      async handle({ actor, body, idempotencyKey }) {
        await signIn.changePin(actor, body.oldPin, body.newPin, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'POST',
      path: '/api/recovery',
      summary: 'A new PIN for the same key, with the printed recovery code',
      permission: 'public',
      body: RecoveryBody,
      reply: MemberReply,
      rateLimit: { max: 20, perMs: 5 * minuteMs, by: 'address' },
      async handle({ actor, body, idempotencyKey }) {
        const { member, canSignUntilMs, ...tokens } = await recovery.recover(actor, { ...body, idempotencyKey });
        return { body: view(member, canSignUntilMs), ...tokens };
      },
    }),
    route({
      method: 'POST',
      path: '/api/recovery/confirm',
      summary: 'The printed recovery code was found',
      permission: 'signed-in',
      body: RecoveryConfirmBody,
      rateLimit: { max: 10, perMs: 5 * minuteMs, by: 'device' },
      async handle({ actor, body }) {
        await recovery.confirm(actor, body.recoveryCode);
        return { status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/neighbours/locked',
      summary: 'Whose PIN pad rests at this kiosk after wrong PINs',
      permission: { roles: unlockers },
      reply: LockedReply,
      handle({ actor }) {
        const { deviceId, deviceKind } = actor;
        if (deviceKind !== 'kiosk' || !deviceId) throw fail('device_not_approved', { kind: 'kiosk' });
        const items = store.read((reader) => restingPads(reader, deviceId, clock.nowMs()));
        return { body: { items: items.map(({ member, untilMs }) => ({ ...signOf(member), untilMs })) } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/neighbours/:seat/unlock',
      summary: 'Let a neighbour try their PIN again at this kiosk',
      permission: { roles: unlockers },
      params: SeatParams,
      rateLimit: { max: 10, perMs: 10 * minuteMs, by: 'device' },
      async handle({ actor, params, idempotencyKey }) {
        await signIn.unlock(actor, params.seat, idempotencyKey);
        return { status: 204 };
      },
    }),
  ];
}

import type { Clock } from '../../platform/clock.ts';
import { type Route, type RouteReply, route, type SeatNumber, type Store } from '../../platform/ports/index.ts';
import type { Approvals } from './approvals.ts';
import type { Claim } from './claim.ts';
import type { Devices } from './devices.ts';
import {
  ClaimBody,
  ClaimReply,
  CodeBody,
  DevicesReply,
  IdParams,
  KioskCodeReply,
  MemberReply,
  PhoneCodeReply,
} from './members.schema.ts';
import { memberAt } from './members.store.ts';
import { memberView } from './views.ts';

const minuteMs = 60_000;

/** Browsers: how a kiosk and a phone are approved, and how that is taken back. */
export function deviceRoutes(deps: {
  store: Store;
  clock: Clock;
  devices: Devices;
  approvals: Approvals;
  claim: Claim;
}): Route[] {
  const { store, clock, devices, approvals, claim } = deps;
  // The guard counts wrong codes from all addresses; this keeps one of them from using up what all may miss.
  const guessing = { max: 20, perMs: minuteMs, by: 'address' } as const;
  const view = (seat: SeatNumber) =>
    memberView(
      store.read((reader) => memberAt(reader, seat)!),
      clock.nowMs(),
      undefined,
    );

  return [
    route({
      method: 'POST',
      path: '/api/phone-codes',
      summary: 'Six digits and a QR code for one’s phone, at the kiosk',
      permission: 'signed-in',
      reply: PhoneCodeReply,
      rateLimit: { max: 10, perMs: minuteMs, by: 'device' },
      handle: async ({ actor }) => ({ body: await approvals.phoneCode(actor) }),
    }),
    route({
      method: 'POST',
      path: '/api/phones',
      summary: 'Make this browser a member’s phone',
      permission: 'public',
      body: CodeBody,
      reply: MemberReply,
      rateLimit: guessing,
      async handle({ actor, body, idempotencyKey }) {
        const { seat, ...tokens } = await approvals.phone(actor, { ...body, idempotencyKey });
        return { body: { member: view(seat) }, ...tokens };
      },
    }),
    route({
      method: 'POST',
      path: '/api/kiosk-codes',
      summary: 'A code that makes a browser a kiosk',
      permission: { roles: ['maintainer'] },
      reply: KioskCodeReply,
      rateLimit: { max: 10, perMs: minuteMs, by: 'device' },
      handle: async ({ actor }) => ({ body: await approvals.kioskCode(actor) }),
    }),
    route({
      method: 'POST',
      path: '/api/kiosks/claim',
      summary: 'Make this browser a kiosk',
      permission: 'public',
      body: CodeBody,
      rateLimit: guessing,
      async handle({ actor, body, idempotencyKey }): Promise<RouteReply<unknown>> {
        const { deviceToken } = await approvals.kiosk(actor, { ...body, idempotencyKey });
        return { status: 204, deviceToken, sessionToken: null };
      },
    }),
    route({
      method: 'POST',
      path: '/api/claim',
      summary: 'The first member of a new hub',
      permission: 'public',
      body: ClaimBody,
      reply: ClaimReply,
      rateLimit: guessing,
      async handle({ actor, body, idempotencyKey }) {
        const { seat, recoveryCode, ...tokens } = await claim.claim(actor, { ...body, idempotencyKey });
        return { body: { member: view(seat), recoveryCode }, ...tokens };
      },
    }),
    route({
      method: 'GET',
      path: '/api/devices/mine',
      summary: 'My approved phones',
      permission: 'signed-in',
      reply: DevicesReply,
      handle: ({ actor }) => ({ body: { items: devices.mine(actor) } }),
    }),
    route({
      method: 'DELETE',
      path: '/api/devices/mine/:id',
      summary: 'Forget one of my phones',
      permission: 'signed-in',
      params: IdParams,
      async handle({ actor, params }) {
        await devices.removeMine(actor, params.id);
        const isThis = params.id === actor.deviceId;
        return { status: 204, ...(isThis && { deviceToken: null, sessionToken: null }) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/kiosks',
      summary: 'Approved kiosks',
      permission: { roles: ['maintainer'] },
      reply: DevicesReply,
      handle: ({ actor }) => ({ body: { items: devices.kiosks(actor) } }),
    }),
    route({
      method: 'DELETE',
      path: '/api/kiosks/:id',
      summary: 'Take a kiosk’s approval back',
      permission: { roles: ['maintainer'] },
      params: IdParams,
      async handle({ actor, params }) {
        await devices.removeKiosk(actor, params.id);
        return { status: 204 };
      },
    }),
  ];
}

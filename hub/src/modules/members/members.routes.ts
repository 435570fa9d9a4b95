import type { Clock } from '../../platform/clock.ts';
import { type Actor, type Route, route, type Store } from '../../platform/ports/index.ts';
import { auditPage } from './audit.ts';
import type { Grants } from './grants.ts';
import type { Homes } from './homes.ts';
import {
  AuditReply,
  DwellingBody,
  DwellingsReply,
  DwellingView,
  EnrolBody,
  EnrolledReply,
  HouseholdBody,
  HouseholdsReply,
  HouseholdView,
  LanguageBody,
  MemberReply,
  MembersReply,
  NeighboursReply,
  PageQuery,
  RolesBody,
  SeatParams,
  TileBody,
} from './members.schema.ts';
import { memberAt, membersPage } from './members.store.ts';
import type { People } from './people.ts';
import { memberRow, memberView, neighboursOf } from './views.ts';

const defaultLimit = 200;
const everybody = 0xff_ff_ff;

/** One page of a list and the cursor of the next. */
function page<T>(items: T[], limit: number, cursor: (item: T) => number): { items: T[]; next?: string } {
  return items.length < limit ? { items } : { items, next: String(cursor(items.at(-1)!)) };
}

/** The people of the building: their own settings, the board's lists, the audit. */
export function memberRoutes(deps: {
  store: Store;
  clock: Clock;
  grants: Grants;
  people: People;
  homes: Homes;
}): Route[] {
  const { store, clock, grants, people, homes } = deps;
  const self = (actor: Actor) => ({
    body: {
      member: memberView(
        store.read((reader) => memberAt(reader, actor.seat!)!),
        clock.nowMs(),
        grants.untilMs(actor.sessionId),
      ),
    },
  });

  return [
    route({
      method: 'PUT',
      path: '/api/me/tile',
      summary: 'What my tile at the kiosk shows',
      permission: 'signed-in',
      body: TileBody,
      reply: MemberReply,
      async handle({ actor, body, idempotencyKey }) {
        await people.setTile(actor, body, idempotencyKey);
        return self(actor);
      },
    }),
    route({
      method: 'PUT',
      path: '/api/me/language',
      summary: 'My language',
      permission: 'signed-in',
      body: LanguageBody,
      reply: MemberReply,
      async handle({ actor, body, idempotencyKey }) {
        await people.setLanguage(actor, body.language, idempotencyKey);
        return self(actor);
      },
    }),
    route({
      method: 'GET',
      path: '/api/neighbours',
      summary: 'Everybody else who holds a seat, as their tile calls them',
      permission: 'signed-in',
      reply: NeighboursReply,
      handle({ actor }) {
        const members = store.read((reader) => membersPage(reader, 0, everybody));
        const others = members.filter(({ seat, retiredAtMs }) => seat !== actor.seat && retiredAtMs === undefined);
        return { body: { items: neighboursOf(others) } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/members',
      summary: 'Everybody who holds a seat',
      permission: { roles: ['board', 'maintainer'] },
      query: PageQuery,
      reply: MembersReply,
      handle({ query: { after = 0, limit = defaultLimit } }) {
        const items = store.read((reader) => membersPage(reader, after, limit)).map(memberRow);
        return { body: page(items, limit, ({ seat }) => seat) };
      },
    }),
    route({
      method: 'POST',
      path: '/api/members',
      summary: 'Enrol a member; the recovery code is shown once',
      permission: { roles: ['board'] },
      body: EnrolBody,
      reply: EnrolledReply,
      rateLimit: { max: 20, perMs: 60_000, by: 'device' },
      async handle({ actor, body, idempotencyKey }) {
        const { seat, recoveryCode } = await people.enrol(actor, body, { idempotencyKey });
        return { status: 201, body: { seat, recoveryCode } };
      },
    }),
    route({
      method: 'PUT',
      path: '/api/members/:seat/roles',
      summary: 'Give or take offices',
      permission: { roles: ['board'] },
      params: SeatParams,
      body: RolesBody,
      async handle({ actor, params, body, idempotencyKey }) {
        await people.setRoles(actor, params.seat, body.roles, idempotencyKey);
        return { status: 204 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/dwellings',
      summary: 'Dwellings and the seats in them',
      permission: { roles: ['board', 'maintainer'] },
      reply: DwellingsReply,
      handle: () => ({ body: { items: homes.dwellings() } }),
    }),
    route({
      method: 'POST',
      path: '/api/dwellings',
      summary: 'Add a dwelling',
      permission: { roles: ['board'] },
      body: DwellingBody,
      reply: DwellingView,
      handle: async ({ actor, body, idempotencyKey }) => ({
        status: 201,
        body: await homes.addDwelling(actor, body.name, idempotencyKey),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/households',
      summary: 'My household; all of them for the board',
      permission: 'signed-in',
      reply: HouseholdsReply,
      handle: ({ actor }) => ({ body: { items: homes.households(actor) } }),
    }),
    route({
      method: 'POST',
      path: '/api/households',
      summary: 'Let several seats share a view',
      permission: { roles: ['board'] },
      body: HouseholdBody,
      reply: HouseholdView,
      handle: async ({ actor, body, idempotencyKey }) => ({
        status: 201,
        body: await homes.addHousehold(actor, body, idempotencyKey),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/audit',
      summary: 'What was done, newest first',
      permission: { roles: ['board'] },
      query: PageQuery,
      reply: AuditReply,
      handle({ query: { after, limit = defaultLimit } }) {
        const items = store.read((reader) => auditPage(reader, after, limit));
        return { body: page(items, limit, ({ seq }) => seq) };
      },
    }),
  ];
}

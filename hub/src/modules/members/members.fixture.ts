import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { createEventBus } from '../../platform/events.ts';
import { type DomainEvent, type OnChain, type Reads, type RouteReply, system } from '../../platform/ports/index.ts';
import { type ArgonCost, createFileSecret, createOfficers, domainOf, message } from '../../signing/index.ts';
import { openStore } from '../../store/index.ts';
import { migrations } from '../../store/migrations/index.ts';
import { createMembers, type NewPerson } from './index.ts';

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** Something that a member may be asked to sign. */
export const word = [
  domainOf('SeatRegistry', 31_999, `0x${'5e'.repeat(20)}`),
  message('CancelKeyChange', { seat: 1, revision: 2, validUntil: 2_000_000_000 }),
] as const;
/** Cheap enough for hundreds of PINs; the real cost is tried in signing's own tests. */
const cheap: ArgonCost = { memoryKib: 64, passes: 1, lanes: 1 };

export interface Tokens {
  readonly deviceToken?: string;
  readonly sessionToken?: string;
}

export interface Ask {
  readonly body?: unknown;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly key?: string;
}

export interface FixtureOptions {
  readonly folder?: string;
  readonly nowMs?: number;
  readonly argonCost?: ArgonCost;
  readonly onChain?: OnChain;
  readonly reads?: Reads;
}

/** A members room over a real store, with a clock that the test sets and browsers that keep their credentials. */
export async function createMembersFixture(options: FixtureOptions = {}) {
  const { folder = mkdtempSync(join(tmpdir(), 'stoop-members-')), argonCost = cheap } = options;
  let nowMs = options.nowMs ?? Date.UTC(2026, 10, 21, 12);
  let monotonicMs = 0;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => monotonicMs };
  const events = createEventBus((error) => {
    throw error;
  });
  const ended: DomainEvent[] = [];
  events.on('session.ended', (event) => void ended.push(event));
  const store = await openStore({ path: join(folder, 'stoop.db'), clock, events, migrations });
  const members = createMembers({
    store,
    clock,
    hubSecret: createFileSecret(join(folder, 'hub-secret')),
    dataDir: folder,
    phoneOrigin: () => 'https://stoop.local:8443',
    onChain: () => options.onChain,
    reads: () => options.reads,
    officers: createOfficers({}),
    isClockTrusted: () => true,
    argonCost,
  });

  /** A browser with its two cookies, as `web` would keep them. */
  function browser(tokens: Tokens = {}) {
    let kept = tokens;
    const actor = () => members.authenticate(kept).actor;
    return {
      actor,
      get tokens() {
        return kept;
      },
      isExpired: () => members.authenticate(kept).expired,
      async ask<R = Record<string, unknown>>(call: string, { body, params, query, key }: Ask = {}): Promise<R> {
        const reply = await this.askRaw(call, { body, params, query, key });
        this.take(reply);
        return reply.body as R;
      },
      /** The answer without taking its credentials: as if it were lost on the way. */
      async askRaw(call: string, { body, params, query, key }: Ask = {}): Promise<RouteReply<unknown>> {
        const found = members.routes.find(({ method, path }) => `${method} ${path}` === call);
        if (!found) throw new Error(`there is no route ${call}`);
        return await found.handle({
          actor: actor(),
          body,
          params,
          query: query ?? {},
          idempotencyKey: key ?? randomUUID(),
          language: 'en',
          remoteAddress: '127.0.0.1',
          origin: 'http://127.0.0.1:8080',
        } as never);
      },
      take({ deviceToken, sessionToken }: RouteReply<unknown>) {
        const { deviceToken: device, sessionToken: session } = kept;
        kept = {
          deviceToken: deviceToken === undefined ? device : (deviceToken ?? undefined),
          sessionToken: sessionToken === undefined ? session : (sessionToken ?? undefined),
        };
      },
    };
  }

  return {
    folder,
    store,
    members,
    ended,
    browser,
    pass: (ms: number) => {
      nowMs += ms;
      monotonicMs += Math.max(0, ms);
    },
    nowMs: () => nowMs,
    enrol: (name: string, more: Partial<NewPerson> = {}) =>
      members.enrol(system('test'), { name, seatClass: 'resident', dwelling: '1A', roles: [], pin: '482913', ...more }),
    async kiosk() {
      const { code } = await members.kioskCode(system('test'));
      const kiosk = browser();
      await kiosk.ask('POST /api/kiosks/claim', { body: { code, name: 'Lobby' } });
      return kiosk;
    },
    job: (name: string) => members.jobs.find((job) => job.name === name)!.run(AbortSignal.abort()),
    audit: (action: string) =>
      store.read((reader) =>
        reader
          .prepare('SELECT actor_seat AS seat, device_id AS deviceId, detail FROM audit WHERE action = @action')
          .all<{ seat: number | null; deviceId: string | null; detail: string }>({ action }),
      ),
    async close() {
      await members.stop();
      store.close();
    },
  };
}

export type MembersFixture = Awaited<ReturnType<typeof createMembersFixture>>;
export type Browser = ReturnType<MembersFixture['browser']>;

/** Signs in at the kiosk by the tile with that label. */
export async function signInAt(kiosk: Browser, label: string, pin = '482913') {
  const { items } = await kiosk.ask<{ items: { tileId: string; label: string }[] }>('GET /api/tiles');
  const tile = items.find((item) => item.label === label);
  if (!tile) throw new Error(`there is no tile ${label}`);
  return kiosk.ask<{ member: { seat: number } }>('POST /api/sessions', { body: { tileId: tile.tileId, pin } });
}

/** Every row of every table as text, blobs as hex: what a thief of the database reads. */
export function everythingStored(store: MembersFixture['store']): string {
  return store.read((reader) => {
    const tables = reader.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all<{ name: string }>();
    const rows = tables.map(({ name }) => reader.prepare(`SELECT * FROM "${name}"`).all<Record<string, unknown>>());
    return JSON.stringify(rows, (_, value: unknown) => {
      const bytes = value as { type?: string; data?: number[] } | null;
      return bytes?.type === 'Buffer' && bytes.data ? Buffer.from(bytes.data).toString('hex') : value;
    });
  });
}

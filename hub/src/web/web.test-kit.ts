import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import type { Transient } from '../platform/events.ts';
import { silentLog } from '../platform/log.ts';
import {
  type Actor,
  type Audience,
  type Authenticate,
  type Change,
  nobody,
  type Route,
} from '../platform/ports/index.ts';
import type { ChangeFeed, HubState, Web, WebOptions } from './types.ts';
import { createWeb } from './web.ts';

/** Tokens and who they stand for, as `members` would answer. */
export interface TestMembers {
  authenticate: Authenticate;
  devices: Map<string, Pick<Actor, 'deviceId' | 'deviceKind'>>;
  sessions: Map<string, Pick<Actor, 'seat' | 'roles' | 'sessionId'>>;
  passiveCalls: number;
}

export const kioskToken = 'kiosk-device-token-0001';
export const phoneToken = 'phone-device-token-0001';
export const anaToken = 'ana-session-token-00001';
export const treasurerToken = 'treasurer-session-tok-1';

export function createTestMembers(): TestMembers {
  const members: TestMembers = {
    devices: new Map([
      [kioskToken, { deviceId: 'kiosk-1', deviceKind: 'kiosk' }],
      [phoneToken, { deviceId: 'phone-1', deviceKind: 'phone' }],
    ]),
    sessions: new Map([
      [anaToken, { seat: 7, roles: ['resident'], sessionId: 's-ana' }],
      [treasurerToken, { seat: 9, roles: ['resident', 'treasurer'], sessionId: 's-treasurer' }],
    ]),
    passiveCalls: 0,
    authenticate: ({ deviceToken, sessionToken, isPassive }) => {
      if (isPassive === true) members.passiveCalls++;
      const session = members.sessions.get(sessionToken ?? '');
      const device = members.devices.get(deviceToken ?? '');
      return {
        actor: { ...nobody, ...device, ...session },
        expired: sessionToken !== undefined && session === undefined,
      };
    },
  };
  return members;
}

/** A change log in memory that can forget, as the store's does. */
export interface TestFeed extends ChangeFeed {
  add(audience?: Audience, noun?: string, id?: string): Change;
  addMany(count: number, id: string): void;
  prune(throughSeq: number): void;
  transient(news: Transient): void;
  listenerCount(): number;
}

export function createTestFeed(): TestFeed {
  let log: Change[] = [];
  let seq = 0;
  let pruned = 0;
  const listeners = new Set<(changes: readonly Change[]) => void>();
  const transients = new Set<(news: Transient) => void>();
  const append = (audience: Audience, noun: string, id: string): Change => {
    const change = { seq: ++seq, noun, id, revision: 1, audience };
    log.push(change);
    return change;
  };
  return {
    lastSeq: () => seq,
    changesAfter: (after, limit) =>
      after < pruned || after > seq ? undefined : log.filter((change) => change.seq > after).slice(0, limit),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    subscribeTransient: (listener) => {
      transients.add(listener);
      return () => void transients.delete(listener);
    },
    add: (audience = 'all', noun = 'order', id = 'o-1') => {
      const change = append(audience, noun, id);
      for (const listener of listeners) listener([change]);
      return change;
    },
    addMany: (count, id) => {
      const changes = Array.from({ length: count }, () => append('all', 'order', id));
      for (const listener of listeners) listener(changes);
    },
    prune: (throughSeq) => {
      pruned = throughSeq;
      log = log.filter((change) => change.seq > throughSeq);
    },
    transient: (news) => {
      for (const listener of transients) listener(news);
    },
    listenerCount: () => listeners.size + transients.size,
  };
}

export const testState: HubState = {
  name: 'Elm Street 12',
  isDemo: false,
  isClaimed: true,
  startedAtMs: 1_790_000_000_000,
  isClockTrusted: true,
  isCatchingUp: false,
  isOnline: false,
  waitingCount: 3,
  waitingSinceMs: 1_790_000_100_000,
  faults: [],
};

export interface TestWeb {
  web: Web;
  members: TestMembers;
  feed: TestFeed;
  staticDir: string;
  dataDir: string;
  /** The plain address. */
  url: string;
}

/** A folder that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'stoop-web-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A started web room on a random port of 127.0.0.1, stopped with the test. */
export async function startTestWeb(
  t: TestContext,
  options: Partial<WebOptions> & { routes?: readonly Route[] } = {},
): Promise<TestWeb> {
  const members = createTestMembers();
  const feed = createTestFeed();
  const folder = temporaryFolder(t);
  const staticDir = options.staticDir ?? join(folder, 'dist');
  const dataDir = options.dataDir ?? join(folder, 'data');
  const web = createWeb({
    routes: [],
    authenticate: members.authenticate,
    changes: feed,
    hubState: () => testState,
    listen: { http: { host: '127.0.0.1', port: 0 } },
    mdnsName: 'elm',
    hostNames: [],
    clock: systemClock,
    log: silentLog,
    version: '0.1.0',
    metrics: { text: () => 'stoop_up 1\n' },
    ...options,
    staticDir,
    dataDir,
  });
  await web.start(new AbortController().signal);
  t.after(() => web.stop());
  return { web, members, feed, staticDir, dataDir, url: web.addresses().http };
}

/** A built page as Vite leaves it. */
export function writePage(folder: string, buildId = 'b1'): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'assets', 'main-Ab3dE_9-.js'), `console.log(${JSON.stringify('stoop '.repeat(500))});\n`);
  writeFileSync(join(folder, 'sw.js'), 'self.addEventListener("fetch", () => {});\n');
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'build.json'), JSON.stringify({ buildId }));
  writeFileSync(join(folder, 'index.html'), `<!doctype html><title>Stoop</title><p>build ${buildId}</p>`);
}

export interface Answer {
  status: number;
  headers: Headers;
  body: { code?: string; field?: string; message?: string; details?: Record<string, unknown> } & Record<
    string,
    unknown
  >;
  text: string;
}

/** A request as the page makes it; a write gets a fresh key unless the headers say otherwise. */
export async function call(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(method !== 'GET' && { 'idempotency-key': randomUUID() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {}, text };
}

export const cookie = (session?: string, device?: string): Record<string, string> => ({
  cookie: [session && `stoop-session=${session}`, device && `stoop-device=${device}`].filter(Boolean).join('; '),
});

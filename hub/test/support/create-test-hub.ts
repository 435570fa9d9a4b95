import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sabotage } from '../../src/compose.ts';
import { type Config, loadConfig } from '../../src/config/index.ts';
import { createHub, type Hub } from '../../src/hub.ts';
import type { DemoFile, DemoPerson } from '../../src/modules/demo/index.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { silentLog } from '../../src/platform/log.ts';
import { type Browser, createBrowser } from './browser.ts';
import { copyOfFoundedBuilding } from './founded.ts';
import { withOfficersAwake } from './officers.ts';

export interface TestHubOptions {
  /** A building that is there already (a hub was stopped in it); by default a fresh copy. */
  readonly dir?: string;
  readonly clock?: Clock;
  readonly config?: (config: Config) => Config;
  readonly sabotage?: Sabotage;
  /** The officers' keystore is locked, as after every start; else what needs their keys is signed at once. */
  readonly areOfficersAsleep?: boolean;
}

export interface TestHub {
  readonly hub: Hub;
  readonly dir: string;
  readonly http: string;
  readonly https: string;
  readonly mqtt: string;
  readonly people: readonly DemoPerson[];
  /** A browser without credentials, as a neighbour on the LAN would have. */
  browser(origin?: string): Browser;
  /** An approved phone, signed in; it may sign when `pin` is given through POST /api/grants. */
  phone(person: DemoPerson, options?: { mayNotSign?: boolean }): Promise<Browser>;
  kiosk(): Promise<Browser>;
  personWith(role: string): DemoPerson;
  /** Resolves once `look` answers something: it is asked again after every change and all live news. */
  until<T>(look: () => T | undefined | false): Promise<T>;
  /** Stops it and keeps the folder. */
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

const staticDir = new URL('../../../ui/dist', import.meta.url).pathname;

/** A booted hub: real SQLite files, real broker, real chain, random ports on the loopback, a folder of its own. */
export async function createTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const dir = options.dir ?? (await copyOfFoundedBuilding());
  const plain = loadConfig({ file: join(dir, 'demo/stoop.toml'), env: {}, cwd: dir });
  const base = options.areOfficersAsleep ? plain : withOfficersAwake(plain, dir);
  const config: Config = {
    ...base,
    http: { host: '127.0.0.1', port: 0 },
    https: { ...base.https, host: '127.0.0.1', port: 0 },
    mqtt: { ...base.mqtt, host: '127.0.0.1', port: 0 },
    chain: { ...base.chain, pollMs: 200, patience: 0 },
  };
  const hub = await createHub({
    config: options.config?.(config) ?? config,
    clock: options.clock ?? systemClock,
    log: silentLog,
    version: 'test',
    staticDir,
    sabotage: options.sabotage,
  });
  await hub.start();
  const addresses = hub.web.addresses();
  const { people } = JSON.parse(readFileSync(join(dir, 'demo/people.json'), 'utf8')) as DemoFile;
  const browser = (origin = addresses.http) => createBrowser(origin);
  const building = () => {
    if (!hub.building) throw new Error('this hub has no store');
    return hub.building;
  };

  return {
    hub,
    dir,
    http: addresses.http,
    https: addresses.https!,
    mqtt: `mqtt://127.0.0.1:${hub.building?.broker?.address()?.port}`,
    people,
    browser,
    personWith: (role) => people.find((person) => person.roles.includes(role))!,
    async phone(person, { mayNotSign = false } = {}) {
      const phone = browser();
      phone.keep(await building().members.openDoor({ kind: 'phone', name: 'Test phone', seat: person.seat }));
      if (!mayNotSign) await phone.post('/api/grants', { pin: person.pin });
      return phone;
    },
    async kiosk() {
      const kiosk = browser();
      kiosk.keep(await building().members.openDoor({ kind: 'kiosk', name: 'Test lobby' }));
      return kiosk;
    },
    until: <T>(look: () => T | undefined | false) =>
      new Promise<T>((resolve, reject) => {
        const { events } = building();
        const unlisten = [events.onChanges(check), events.onTransient(check)];
        const stop = () => {
          for (const end of unlisten) end();
        };
        function check() {
          try {
            const found = look();
            if (!found) return;
            stop();
            resolve(found);
          } catch (error) {
            stop();
            reject(error);
          }
        }
        check();
      }),
    stop: () => hub.stop(),
    async dispose() {
      await hub.stop();
      rmSync(dirname(dir), { recursive: true, force: true });
    },
  };
}

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { type Config, loadConfig } from '../../src/config/index.ts';
import type { DemoFile } from '../../src/modules/demo/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createClockTrust } from '../../src/platform/clock-trust.ts';
import { createFaults } from '../../src/platform/faults.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createWorkers } from '../../src/platform/workers.ts';
import { copyOfFoundedBuilding, foundBuilding } from '../../test/support/founded.ts';
import { withOfficersAwake } from '../../test/support/officers.ts';
import { carelessContracts } from './careless-token.ts';

/** A member's approved phone, signed in. */
export interface Phone {
  readonly seat: number;
  readonly pin: string;
  readonly deviceToken: string;
  /** Another one once the hub has ended the first. */
  sessionToken: string;
}

export interface Sensor {
  readonly username: string;
  readonly token: string;
}

/** Who lives through the day. */
export interface Cast {
  readonly residents: readonly Phone[];
  readonly treasurer: Phone;
  /** Everybody's, acting or not. */
  readonly seats: readonly number[];
  readonly sensors: readonly Sensor[];
}

const residentCount = 4;
const sensorCount = 2;

/** The settings of the founded building in `dir`, on ports that the system chooses. */
export function configOf(dir: string): Config {
  const config = withOfficersAwake(loadConfig({ file: join(dir, 'demo/stoop.toml'), env: {}, cwd: dir }), dir);
  return {
    ...config,
    http: { host: '127.0.0.1', port: 0 },
    https: { ...config.https, isEnabled: false },
    mqtt: { ...config.mqtt, host: '127.0.0.1', port: 0 },
    chain: { ...config.chain, pollMs: 200, patience: 0 },
  };
}

/** A folder with a founded building. Where nullifiers are sabotaged its token does not use up what it takes. */
export async function buildingFor(sabotage: string | undefined): Promise<string> {
  if (sabotage !== 'nullifier') return copyOfFoundedBuilding();
  const dir = join(mkdtempSync(join(tmpdir(), 'stoop-careless-')), 'data');
  await foundBuilding(dir, '--abi', carelessContracts());
  return dir;
}

/** The people of the stopped building in `dir`, and phones for them while it is open here. */
export async function phonesIn(dir: string) {
  const { people } = JSON.parse(readFileSync(join(dir, 'demo/people.json'), 'utf8')) as DemoFile;
  const building = await compose({
    config: configOf(dir),
    clockTrust: createClockTrust(systemClock),
    log: silentLog,
    faults: createFaults(systemClock),
    workers: createWorkers(1),
    phoneOrigin: () => 'http://localhost',
  });
  return {
    people,
    async phoneOf({ seat, pin }: { seat: number; pin: string }): Promise<Phone> {
      const tokens = await building.members.openDoor({ kind: 'phone', name: 'Phone', seat });
      return { seat, pin, deviceToken: tokens.deviceToken, sessionToken: tokens.sessionToken! };
    },
    close: () => building.close(),
  };
}

/** Gives phones to the treasurer and some residents of the building in `dir`. Nothing runs there before or after. */
export async function castOf(dir: string): Promise<Cast> {
  const { sensors } = JSON.parse(readFileSync(join(dir, 'demo/sensors.json'), 'utf8')) as { sensors: Sensor[] };
  const { people, phoneOf, close } = await phonesIn(dir);
  try {
    const residents = people.filter(({ roles }) => roles.length === 1).slice(0, residentCount);
    return {
      residents: await Promise.all(residents.map(phoneOf)),
      treasurer: await phoneOf(people.find(({ roles }) => roles.includes('treasurer'))!),
      seats: people.map(({ seat }) => seat),
      sensors: sensors.slice(0, sensorCount),
    };
  } finally {
    await close();
  }
}

import type { Command, HubCommand } from './command.ts';
import { askRoute } from './routes.ts';
import { table, timeOf } from './text.ts';

interface Kiosk {
  readonly id: string;
  readonly name: string;
  readonly lastSeenAtMs: number;
}

interface Sensor {
  readonly id: string;
  readonly name: string;
  readonly isOnline: boolean;
  readonly lastSeenAtMs?: number;
  readonly problems: readonly { readonly kind: string; readonly count: number }[];
}

interface Waiting {
  readonly clientId: string;
  readonly remoteAddress: string;
  readonly lastSeenAtMs: number;
  readonly tries: number;
}

interface Devices {
  readonly kiosks: readonly Kiosk[];
  readonly sensors: readonly Sensor[];
  readonly waiting: readonly Waiting[];
}

/** Members' phones are theirs: only they see them. */
export const listDevices: HubCommand<Devices> = {
  name: 'devices',
  async run(building) {
    const kiosks = await askRoute<{ items: Kiosk[] }>(building, 'GET', '/api/kiosks');
    const sensors = await askRoute<{ items: Sensor[]; waiting: Waiting[] }>(building, 'GET', '/api/sensors');
    return { kiosks: kiosks.items, sensors: sensors.items, waiting: sensors.waiting };
  },
};

export const devices: Command = {
  name: 'devices',
  summary: 'lobby screens, sensors, and devices that knock without credentials',
  async run({ ask }) {
    const value = await ask(listDevices);
    const seen = (atMs: number | undefined) => (atMs ? timeOf(atMs) : 'never');
    const rows = [
      ...value.kiosks.map(({ name, id, lastSeenAtMs }) => ['screen', name, id, seen(lastSeenAtMs), '']),
      ...value.sensors.map((one) => [
        'sensor',
        one.name,
        one.id,
        one.isOnline ? 'now' : seen(one.lastSeenAtMs),
        one.problems.map(({ kind, count }) => `${kind} (${count})`).join(', '),
      ]),
      ...value.waiting.map((one) => [
        'waits',
        one.clientId,
        one.remoteAddress,
        seen(one.lastSeenAtMs),
        `tried ${one.tries} times without good credentials`,
      ]),
    ];
    return { value, lines: rows.length === 0 ? ['None yet.'] : table(['what', 'name', 'id', 'seen', 'notes'], rows) };
  },
};

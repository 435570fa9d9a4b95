import type { NetworkInterfaceInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Faults } from '../../platform/faults.ts';
import type { Log } from '../../platform/log.ts';
import { type Link, lanLinks } from '../own-hosts.ts';
import { namesOnConflict } from '../tls/authority.ts';
import type { Announcement } from './records.ts';
import { createResponder, type Responder } from './responder.ts';

export interface MdnsOptions {
  readonly name: string;
  /** Told when another name had to be taken. */
  readonly onName: (name: string) => void;
  readonly faults: Faults;
  readonly log: Log;
  readonly links?: () => readonly Link[];
  readonly port?: number;
}

export interface MdnsPorts {
  readonly http?: number;
  readonly https?: number;
}

/** Makes the hub known on the LAN as `<name>.local`, or `<name>-2.local` and so on when the name is another's. */
export interface Mdns {
  /** Resolves when the sockets are open; the claim itself takes a second and goes on. */
  start(ports: MdnsPorts): Promise<void>;
  /** Speaks on the networks that the machine stands in now. */
  refresh(): void;
  stop(): Promise<void>;
  /** The name that is claimed now; undefined while it is being asked for. */
  claimed(): string | undefined;
}

const probeMs = 250;
const yieldMs = 1000;

const keyOf = (links: readonly Link[]): string =>
  JSON.stringify(links.map(({ addresses }) => addresses.map(({ cidr }) => cidr)));
const isIpv4 = ({ family }: NetworkInterfaceInfo): boolean => family === 'IPv4';

export function createMdns({ name, onName, faults, log, links = lanLinks, port }: MdnsOptions): Mdns {
  let ports: MdnsPorts | undefined;
  let number = 1;
  let responders: Responder[] = [];
  let speaksOn = '';
  let claimed: string | undefined;
  /** Ends the claim that is under way. */
  let claim = new AbortController();

  const current = () => (number === 1 ? name : `${name}-${number}`);

  function services(): Announcement['services'] {
    return (['https', 'http'] as const).flatMap((each) =>
      ports?.[each] === undefined ? [] : [{ type: `_${each}._tcp`, port: ports[each] }],
    );
  }

  function onConflict(kind: 'taken' | 'yield'): void {
    if (kind === 'yield') {
      restart(yieldMs);
    } else if (number === namesOnConflict) {
      claim.abort();
      claimed = undefined;
      faults.raise('mdns_name_taken', 'device', `Every name from ${name}.local to ${current()}.local is another's.`);
    } else {
      log.warn({ name: current() }, 'the name is taken by another device');
      number++;
      onName(current());
      restart(0);
    }
  }

  /** Three probes 250 ms apart, then two announcements a second apart (RFC 6762, 8.1 and 8.3). */
  async function run(signal: AbortSignal, waitMs: number): Promise<void> {
    const wait = (ms: number) => pause(ms, undefined, { signal, ref: false });
    await wait(waitMs + Math.random() * probeMs);
    for (let probe = 0; probe < 3; probe++) {
      for (const responder of responders) responder.probe();
      await wait(probeMs);
    }
    claimed = current();
    log.info({ name: `${claimed}.local` }, 'claimed a name on the LAN');
    for (let announcement = 0; announcement < 2; announcement++) {
      for (const responder of responders) responder.announce();
      await wait(1000);
    }
  }

  function restart(waitMs: number): void {
    claim.abort();
    claim = new AbortController();
    claimed = undefined;
    const { signal } = claim;
    run(signal, waitMs).catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'claiming a name failed');
    });
  }

  async function openAll(now: readonly Link[]): Promise<void> {
    const { default: open } = await import('multicast-dns');
    if (ports === undefined) return;
    responders = now.flatMap(({ addresses }) =>
      addresses.filter(isIpv4).map((own) => {
        const announcement = (): Announcement => ({
          name: current(),
          ipv4: [own.address],
          ipv6: addresses.filter((each) => !isIpv4(each)).map(({ address }) => address),
          services: services(),
        });
        const prefix = Number(own.cidr?.split('/')[1] ?? 24);
        const onError = (error: Error) => {
          log.warn({ err: error, address: own.address }, 'mdns is not available');
          faults.raise(
            'mdns_unavailable',
            'device',
            `The name ${current()}.local cannot be announced: ${error.message}`,
          );
        };
        return createResponder(open, { address: own.address, prefix, announcement, onConflict, onError, port });
      }),
    );
    speaksOn = keyOf(now);
    restart(0);
  }

  async function closeAll(): Promise<void> {
    claim.abort();
    const open = responders;
    responders = [];
    await Promise.all(open.map((responder) => responder.close()));
  }

  return {
    start(given) {
      ports = given;
      return openAll(links());
    },
    refresh() {
      const now = links();
      if (ports === undefined || keyOf(now) === speaksOn) return;
      faults.clear('mdns_unavailable');
      closeAll()
        .then(() => openAll(now))
        .catch((error: unknown) => log.error({ err: error }, 'mdns could not follow the network'));
    },
    async stop() {
      ports = undefined;
      await closeAll();
    },
    claimed: () => claimed,
  };
}

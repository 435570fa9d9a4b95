import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** Bridges and tunnels of this machine: nobody's phone is on the other side. */
const virtual = /^(docker|br-|veth|virbr|vmnet|podman|cni|flannel|lxc)/;

/** One network that this machine stands in. */
export interface Link {
  readonly name: string;
  /** IPv4 first. */
  readonly addresses: readonly NetworkInterfaceInfo[];
}

/** Link-local IPv6 is left out: without a zone nobody can use it. */
export function lanLinks(): Link[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !virtual.test(name))
    .map(([name, addresses = []]) => ({
      name,
      addresses: addresses
        .filter(({ internal, address }) => !internal && !/^fe80:/i.test(address))
        .sort((a, b) => a.family.localeCompare(b.family)),
    }))
    .filter(({ addresses }) => addresses.length > 0);
}

export function lanAddresses(): string[] {
  return lanLinks().flatMap(({ addresses }) => addresses.map(({ address }) => address.toLowerCase()));
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A name or address as it stands in a Host header or a URL. */
export function hostHeaderForm(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase();
}

/** Always this machine itself, whatever it is called. */
export const loopbackHosts = ['localhost', '127.0.0.1', '::1'] as const;

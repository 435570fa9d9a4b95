import { networkInterfaces } from 'node:os';

/** This machine's addresses that others can reach, IPv4 first; link-local IPv6 is left out: it needs a zone. */
export function lanAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const usable = all.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address));
  return usable.sort((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address.toLowerCase());
}

export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Names and addresses in the form of a Host header. */
export function hostHeaderForm(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase();
}

const always = ['localhost', '127.0.0.1', '[::1]'];

/** Every Host that this hub answers to. */
export function ownHosts(names: readonly string[], addresses: readonly string[]): Set<string> {
  return new Set([...always, ...names.map(hostHeaderForm), ...addresses.map(hostHeaderForm)]);
}

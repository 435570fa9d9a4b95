import { hostHeaderForm, lanAddresses, loopbackHosts } from './own-hosts.ts';

export interface SiteOptions {
  readonly mdnsName: string;
  readonly hostNames: readonly string[];
  /** Some listener is reachable from beyond this machine. */
  readonly isOnLan: boolean;
}

/** The names and addresses under which this hub is reached just now. */
export interface Site {
  /** `<name>.local` first, then the configured ones. */
  names(): readonly string[];
  /** Another hub on the LAN has the name: this one goes by another. */
  rename(mdnsName: string): void;
  /** Looks at the network again. */
  refresh(): void;
  /** `host` in the form of a Host header, without port. */
  isOwnHost(host: string): boolean;
  /** What a certificate must name, best first. */
  certificateHosts(): readonly string[];
  /** HTTPS addresses for people on the LAN, best first; none without a LAN. */
  lanUrls(port: number): readonly string[];
  /** What a phone that does not know the hub can open: by address first, since not every phone resolves `.local`. */
  introduction(): string;
}

export function createSite({ mdnsName, hostNames, isOnLan }: SiteOptions): Site {
  let name = `${mdnsName}.local`;
  let addresses: readonly string[] = [];
  let hosts = new Set<string>();
  const names = () => [name, ...hostNames.map((each) => each.toLowerCase())];

  function refresh(): void {
    addresses = isOnLan ? lanAddresses() : [];
    hosts = new Set([...loopbackHosts, ...names(), ...addresses].map(hostHeaderForm));
  }
  refresh();

  return {
    names,
    refresh,
    rename(other) {
      name = `${other}.local`;
      refresh();
    },
    isOwnHost: (host) => hosts.has(host),
    certificateHosts: () => [...names(), ...addresses, ...loopbackHosts],
    introduction: () => hostHeaderForm(addresses[0] ?? names()[0]!),
    lanUrls: (port) =>
      isOnLan ? [...names(), ...addresses].map((host) => `https://${hostHeaderForm(host)}:${port}`) : [],
  };
}

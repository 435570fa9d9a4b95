import { BlockList, isIP, isIPv6 } from 'node:net';

/** An address range as a name constraint has it: 4 or 16 bytes each. */
export interface Network {
  readonly base: Uint8Array;
  readonly mask: Uint8Array;
}

/** Ranges that never leave a building: RFC 1918, 3927, 4193, 4291, and loopback. */
const ranges: readonly (readonly [string, number])[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['fc00::', 7],
  ['fe80::', 10],
  ['::1', 128],
];

/** The bytes of an IPv4 or IPv6 address in its text form. */
export function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  // URL writes every IPv6 form, also with an embedded IPv4, as plain groups.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const [front, back] = [groups(head), groups(tail)];
  const middle = Array.from({ length: 8 - front.length - back.length }, () => '0');
  return Buffer.from([...front, ...middle, ...back].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function maskBytes(bits: number, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, i) => 0xff & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i)))));
}

export function privateNetworks(): Network[] {
  return ranges.map(([address, bits]) => {
    const base = addressBytes(address);
    return { base, mask: maskBytes(bits, base.length) };
  });
}

/** Tells whether an address is of one of these ranges. */
export function createPrivateCheck(): (address: string) => boolean {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, isIPv6(address) ? 'ipv6' : 'ipv4');
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

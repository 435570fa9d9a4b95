import type { QueryPacket, ResponsePacket } from 'multicast-dns';

export type Answer = ResponsePacket['answers'][number];
export type Question = QueryPacket['questions'][number];

/** What one hub tells on one network (RFC 6762, RFC 6763). */
export interface Announcement {
  /** First label: `<name>.local`, and the services' instance name. */
  readonly name: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
  /** Service types such as `_https._tcp`, with their ports. */
  readonly services: readonly { readonly type: string; readonly port: number }[];
}

const hostTtlS = 120;
const serviceTtlS = 4500;
const allServices = '_services._dns-sd._udp.local';

export const hostOf = (name: string): string => `${name}.local`;

export function addressRecords({ name, ipv4, ipv6 }: Announcement, ttl = hostTtlS): Answer[] {
  const host = hostOf(name);
  return [
    ...ipv4.map((data) => ({ name: host, type: 'A' as const, ttl, flush: true, data })),
    ...ipv6.map((data) => ({ name: host, type: 'AAAA' as const, ttl, flush: true, data })),
  ];
}

function serviceRecords({ name, services }: Announcement, scale = 1): Answer[] {
  return services.flatMap(({ type, port }): Answer[] => {
    const instance = `${name}.${type}.local`;
    const ttl = serviceTtlS * scale;
    return [
      { name: `${type}.local`, type: 'PTR', ttl, data: instance },
      { name: instance, type: 'SRV', ttl: hostTtlS * scale, flush: true, data: { port, target: hostOf(name) } },
      { name: instance, type: 'TXT', ttl, flush: true, data: ['path=/'] },
      { name: allServices, type: 'PTR', ttl, data: `${type}.local` },
    ];
  });
}

/** Everything at once, for announcing. */
export function allRecords(announcement: Announcement): Answer[] {
  return [...addressRecords(announcement), ...serviceRecords(announcement)];
}

/** The same with a life of zero: forget me (RFC 6762, 10.1). What other hubs share as a type is left. */
export function goodbyeRecords(announcement: Announcement): Answer[] {
  const services = serviceRecords(announcement, 0).filter(({ name }) => name !== allServices);
  return [...addressRecords(announcement, 0), ...services];
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** What answers these questions, without repeats; empty: stay silent. */
export function answersTo(questions: readonly Question[], announcement: Announcement): Answer[] {
  const all = allRecords(announcement);
  const asked = all.filter((record) =>
    questions.some(
      ({ name, type }) => isSameName(name, record.name) && (type === record.type || (type as string) === 'ANY'),
    ),
  );
  // Who asks for the service will ask for its place and address next.
  const isService = asked.some(({ type }) => type === 'PTR' || type === 'SRV');
  return isService ? [...new Set([...asked, ...all])] : asked;
}

/** Whether somebody else's records claim our host name for an address that is not ours. */
export function claimsOurs(records: readonly Answer[], announcement: Announcement): boolean {
  const host = hostOf(announcement.name);
  const ours = new Set([...announcement.ipv4, ...announcement.ipv6]);
  return records.some(
    (record) =>
      (record.type === 'A' || record.type === 'AAAA') &&
      record.ttl !== 0 &&
      isSameName(record.name, host) &&
      !ours.has(record.data),
  );
}

const isHost = (record: Answer, name: string): boolean => isSameName(record.name, hostOf(name));

/**
 * Two hubs probing for one name at once: the greater address wins (RFC 6762, 8.2.1, over A records). True: we lose.
 */
export function losesTo(theirs: readonly Answer[], announcement: Announcement): boolean {
  const data = (records: readonly Answer[]) =>
    records.flatMap((record) => (record.type === 'A' && isHost(record, announcement.name) ? [record.data] : []));
  const key = (address: string) =>
    address
      .split('.')
      .map((byte) => byte.padStart(3, '0'))
      .join('.');
  const [mine, other] = [data(addressRecords(announcement)), data(theirs)].map((each) =>
    each.map(key).sort().join(' '),
  );
  return other !== '' && mine! < other!;
}

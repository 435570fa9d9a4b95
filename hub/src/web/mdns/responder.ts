import { BlockList } from 'node:net';
import type { MulticastDNS, Options } from 'multicast-dns';
import {
  type Announcement,
  addressRecords,
  allRecords,
  answersTo,
  claimsOurs,
  goodbyeRecords,
  hostOf,
  losesTo,
} from './records.ts';

export const mdnsPort = 5353;

export interface ResponderOptions {
  /** This machine's IPv4 address on the network, and that network's prefix length. */
  readonly address: string;
  readonly prefix: number;
  readonly announcement: () => Announcement;
  /** Somebody else has the name (`taken`), or asks for it at the same time and goes first (`yield`). */
  readonly onConflict: (kind: 'taken' | 'yield') => void;
  readonly onError: (error: Error) => void;
  readonly port?: number;
}

/** Speaks for the hub on one network; on which the addresses of its other networks would lead nowhere. */
export interface Responder {
  /** Asks who has the name; nobody answers for it until `announce`. */
  probe(): void;
  announce(): void;
  /** Tells everybody to forget the name, then closes. */
  close(): Promise<void>;
}

export function createResponder(open: (options: Options) => MulticastDNS, options: ResponderOptions): Responder {
  const { address, announcement, onConflict, onError, port = mdnsPort } = options;
  const network = new BlockList();
  network.addSubnet(address, options.prefix);
  const socket = open({ port, interface: address, bind: '0.0.0.0' });
  let isAnnounced = false;

  socket.on('error', onError);
  // A socket bound to any address hears every network of the machine.
  const isFromHere = (from: { address: string }) => network.check(from.address);

  socket.on('query', (query, from) => {
    if (!isFromHere(from)) return;
    if (!isAnnounced && losesTo(query.authorities ?? [], announcement())) return onConflict('yield');
    if (!isAnnounced) return;
    const answers = answersTo(query.questions, announcement());
    if (answers.length === 0) return;
    // A simple resolver asks from a port of its own and wants the answer there (RFC 6762, 6.7).
    if (from.port === port) socket.respond({ answers });
    else socket.respond({ id: query.id, questions: query.questions, answers }, from);
  });

  socket.on('response', (response, from) => {
    if (isFromHere(from) && claimsOurs([...response.answers, ...(response.additionals ?? [])], announcement())) {
      onConflict('taken');
    }
  });

  return {
    probe() {
      const mine = announcement();
      isAnnounced = false;
      socket.query({
        questions: [{ name: hostOf(mine.name), type: 'ANY' as never }],
        authorities: addressRecords(mine),
      });
    },
    announce() {
      isAnnounced = true;
      socket.respond({ answers: allRecords(announcement()) });
    },
    close() {
      const gone = isAnnounced ? goodbyeRecords(announcement()) : [];
      isAnnounced = false;
      return new Promise((resolve) => {
        const destroy = () => socket.destroy(() => resolve());
        if (gone.length === 0) destroy();
        else socket.respond({ answers: gone }, destroy as never);
      });
    },
  };
}

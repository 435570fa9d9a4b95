import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { fail } from '../platform/errors.ts';

/** How a request reached us. */
export interface Arrival {
  readonly isSecure: boolean;
  readonly isLoopback: boolean;
  /** Lower case, without port and closing dot; IPv6 in brackets. */
  readonly host: string;
  /** `https://name:port` as the caller wrote it. */
  readonly origin: string;
}

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;

export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127\./.test(address));
}

function arrivalOf(request: IncomingMessage): Arrival {
  const isSecure = (request.socket as TLSSocket).encrypted === true;
  const written = (request.headers.host ?? '').toLowerCase();
  const host = hostPattern.exec(written)?.[1]?.replace(/\.$/, '') ?? '';
  return {
    isSecure,
    isLoopback: isLoopbackAddress(request.socket.remoteAddress),
    host,
    origin: `${isSecure ? 'https' : 'http'}://${written}`,
  };
}

/** Reads how requests arrive; a connection that keeps its Host is read once. */
export function createArrivals(): (request: IncomingMessage) => Arrival {
  const kept = new WeakMap<Socket, { readonly written: string | undefined; readonly arrival: Arrival }>();
  return (request) => {
    const { socket } = request;
    const written = request.headers.host;
    const known = kept.get(socket);
    if (known !== undefined && known.written === written) return known.arrival;
    const arrival = arrivalOf(request);
    kept.set(socket, { written, arrival });
    return arrival;
  };
}

/**
 * Refuses a name that is not this hub's. A rebound DNS name reaches the socket but brings its own Host, so this is
 * what stops it.
 */
export function checkHost(arrival: Arrival, isOwnHost: (host: string) => boolean): void {
  if (arrival.host === '' || !isOwnHost(arrival.host)) throw fail('foreign_host');
}

const isSafe = (method: string | undefined): boolean => method === 'GET' || method === 'HEAD';

/**
 * Writes must come from this very origin: another port of the same name counts as foreign although it is the same
 * *site* and so brings the cookies. A caller with neither header is no browser: browsers send Origin on every write.
 * Reads across sites are refused too unless somebody followed a link.
 */
export function checkOrigin(request: IncomingMessage, arrival: Arrival): void {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers;
  if (isSafe(request.method)) {
    if ((site === 'cross-site' || site === 'same-site') && mode !== 'navigate') throw fail('foreign_origin');
    return;
  }
  if (origin !== undefined && origin.toLowerCase() !== arrival.origin) throw fail('foreign_origin');
  if (site !== undefined && site !== 'same-origin') throw fail('foreign_origin');
}

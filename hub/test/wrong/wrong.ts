import { randomUUID } from 'node:crypto';
import { type RawAnswer, requestBytes, sendRaw } from '../support/raw-request.ts';
import type { Scene, Who } from './scene.ts';

/** An id of nothing. */
export const unknown = '0190a5d2-7b1c-7c3a-9f00-000000000001';

/** What differs from a well-formed request of the hub's own page. */
export interface How {
  /** Headers that are added, replaced or (undefined) left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** The body as it goes over the wire. */
  readonly raw?: string | Uint8Array;
  /** The whole request as it goes over the wire. */
  readonly bytes?: string;
  readonly overHttps?: boolean;
  /** So many of the same come before; each is refused, with whichever code. */
  readonly after?: number;
}

/**
 * One wrong request: who sends what, and the answer: status, code and the field that is named. Answers are written from
 * the catalogue of errors.
 */
export type Wrong = readonly [
  name: string,
  who: Who,
  /** Method and address. */
  line: string,
  body: unknown,
  answer: `${number} ${string}`,
  how?: How,
];

export interface Doors {
  readonly http: string;
  readonly https: string;
  readonly ca: string;
}

function bytesOf([, who, line, body, , how = {}]: Wrong, origin: string, scene: Scene): Uint8Array {
  if (how.bytes !== undefined) return Buffer.from(how.bytes, 'latin1');
  const payload = Buffer.from(how.raw ?? (body === undefined ? '' : JSON.stringify(body)));
  const isWrite = !line.startsWith('GET ');
  const cookie = scene.cookies[who];
  const headers = {
    host: new URL(origin).host,
    connection: 'close',
    cookie: how.overHttps ? cookie.replaceAll('stoop-', '__Host-stoop-') : cookie,
    ...(payload.length > 0 && { 'content-type': 'application/json', 'content-length': String(payload.length) }),
    ...(isWrite && { origin, 'sec-fetch-site': 'same-origin', 'idempotency-key': randomUUID() }),
    ...how.headers,
  };
  return requestBytes(line, headers, payload);
}

/** Sends it as a page would, but for what is wrong. */
export async function sendWrong(wrong: Wrong, doors: Doors, scene: Scene): Promise<RawAnswer> {
  const { overHttps = false, after = 0 } = wrong[5] ?? {};
  const origin = overHttps ? doors.https : doors.http;
  const send = () => sendRaw({ origin, bytes: bytesOf(wrong, origin, scene), ca: doors.ca });
  for (let sent = 0; sent < after; sent++) {
    const { status } = await send();
    if (status < 400) throw new Error(`${wrong[0]}: one of them was answered with ${status}`);
  }
  return send();
}

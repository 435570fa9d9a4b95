import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

const silenceMs = 10_000;

export interface RawRequest {
  /** `http://…` or `https://…`; its name is asked for, the connection goes to the loopback. */
  readonly origin: string;
  /** Sent as it is. */
  readonly bytes: Uint8Array;
  /** PEM of the authority that the hub's certificate must come from. */
  readonly ca?: string;
}

/** The bytes of a request: what no proper client would send goes out exactly as written. */
export function requestBytes(
  line: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array = new Uint8Array(),
): Uint8Array {
  const head = Object.entries(headers)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head.join('')}\r\n`), body]);
}

/** One request on a connection of its own. A hub that answers before it has read everything may cut the sender off. */
export function sendRaw({ origin, bytes, ca }: RawRequest): Promise<RawAnswer> {
  const { protocol, hostname, port } = new URL(origin);
  const to = { host: '127.0.0.1', port: Number(port) };
  const socket: Socket = protocol === 'https:' ? connectTls({ ...to, servername: hostname, ca }) : connect(to);
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    let cut: Error | undefined;
    socket.on('error', (error) => {
      cut = error;
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.setTimeout(silenceMs, () => socket.destroy(new Error('the hub said nothing more')));
    socket.on('close', () => {
      const answer = parseAnswer(Buffer.concat(chunks).toString('utf8'));
      if (answer) resolve(answer);
      else reject(cut ?? new Error('the hub closed the connection without an answer'));
    });
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => socket.write(bytes));
  });
}

function parseAnswer(answer: string): RawAnswer | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
  return { status: Number(first.split(' ')[1]), headers: new Map(headers), text: answer.slice(end + 4) };
}

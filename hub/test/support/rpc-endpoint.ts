import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A JSON-RPC error as a node says it. */
export class NodeError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export type Params = readonly unknown[];

/** A real node behind the liar; `url` is asked each time, since a simulator that was started again is elsewhere. */
export interface Upstream {
  call<T>(method: string, params?: Params): Promise<T>;
}

/** Throws `NodeError` for what the node refuses, and whatever `fetch` throws while there is none. */
export function createUpstream(url: () => string): Upstream {
  return {
    async call<T>(method: string, params: Params = []): Promise<T> {
      const response = await fetch(url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
      const answer = (await response.json()) as {
        result: T;
        error?: { code: number; message: string; data?: unknown };
      };
      if (answer.error) throw new NodeError(answer.error.code, answer.error.message, answer.error.data);
      return answer.result;
    },
  };
}

export const hexOf = (value: number): string => `0x${value.toString(16)}`;

export interface Request {
  readonly id: unknown;
  readonly method: string;
  params: unknown[];
}

/** What leaves the proxy instead of a result. */
export type Wire =
  /** The connection ends without an answer. */
  | { readonly do: 'cut' }
  /** Nothing comes, until the other side gives up. */
  | { readonly do: 'hang' }
  | { readonly do: 'page'; readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
  /** This text, whatever it says. */
  | { readonly do: 'text'; readonly body: string };

export class WireFault extends Error {
  readonly wire: Wire;
  constructor(wire: Wire) {
    super(wire.do);
    this.wire = wire;
  }
}

/** An endpoint as a hub knows it: a real HTTP server on the loopback, always on the same port. */
export interface Endpoint {
  readonly url: string;
  /** Off: nobody listens there. */
  setUp(isUp: boolean): Promise<void>;
  close(): Promise<void>;
}

/** `answer` throws `WireFault` for what is no answer, and `NodeError` for a refusal. */
export async function startEndpoint(answer: (request: Request) => Promise<unknown>): Promise<Endpoint> {
  let server: Server | undefined;
  let port = 0;

  async function bodyOf(request: Request): Promise<string> {
    try {
      return JSON.stringify({ jsonrpc: '2.0', id: request.id, result: await answer(request) });
    } catch (error) {
      if (!(error instanceof NodeError)) throw error;
      const { code, message, data } = error;
      return JSON.stringify({ jsonrpc: '2.0', id: request.id, error: { code, message, data } });
    }
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const asked = await read(incoming);
      const requests = Array.isArray(asked) ? asked : [asked];
      const bodies = await Promise.all(requests.map(bodyOf));
      response.setHeader('content-type', 'application/json');
      response.end(Array.isArray(asked) ? `[${bodies.join(',')}]` : bodies[0]);
    } catch (error) {
      if (error instanceof WireFault) return misbehave(error, response);
      // The node itself is away: what a gateway says then.
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
    }
  }

  async function listen(): Promise<void> {
    server = createServer((incoming, response) => void handle(incoming, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function unlisten(): Promise<void> {
    const running = server;
    if (!running) return;
    server = undefined;
    const closed = once(running, 'close');
    running.close();
    running.closeAllConnections();
    await closed;
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    setUp: (isUp) => (isUp ? (server ? Promise.resolve() : listen()) : unlisten()),
    close: unlisten,
  };
}

async function read(incoming: IncomingMessage): Promise<Request | Request[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const asked = JSON.parse(Buffer.concat(chunks).toString()) as Request | Request[];
  const whole = (one: Request): Request => ({ id: one.id, method: one.method, params: one.params ?? [] });
  return Array.isArray(asked) ? asked.map(whole) : whole(asked);
}

function misbehave({ wire }: WireFault, response: ServerResponse): void {
  switch (wire.do) {
    case 'cut':
      response.destroy();
      return;
    case 'hang':
      return;
    case 'page':
      response.writeHead(wire.status, { 'content-type': 'text/html', ...wire.headers }).end(wire.body);
      return;
    case 'text':
      response.setHeader('content-type', 'application/json');
      response.end(wire.body);
  }
}

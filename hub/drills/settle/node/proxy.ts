import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Request, WireFault } from './lies.ts';
import { NodeError, type Params } from './upstream.ts';

/** The endpoint that the hub knows: a real HTTP server on the loopback, on one port for the whole drill. */
export interface LyingEndpoint {
  readonly url: string;
  /** Off: nobody listens there. */
  setUp(isUp: boolean): Promise<void>;
  close(): Promise<void>;
}

/** `answer` throws `WireFault` for what is no answer, and `NodeError` for a refusal. */
export async function startEndpoint(answer: (request: Request) => Promise<unknown>): Promise<LyingEndpoint> {
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
  const whole = (one: Request): Request => ({ id: one.id, method: one.method, params: (one.params ?? []) as Params });
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

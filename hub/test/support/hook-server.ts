import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of one request. `cut`: the line ends before it is taken; `unheard`: taken, and the answer is lost. */
export type HookWeather =
  | 'fine'
  | 'cut'
  | 'unheard'
  | 'silent'
  | { readonly status: number; readonly retryAfter?: string };

export interface Posted {
  readonly delivery: string;
  readonly signature: string;
  readonly body: string;
}

/** A receiver of webhooks that keeps each delivery once, by its id, and every request for the test to look at. */
export async function createHookServer() {
  const posted: Posted[] = [];
  const taken = new Map<string, string>();
  let weather: HookWeather[] = [];
  let choking: string | undefined;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const now = weather.shift() ?? 'fine';
    if (now === 'cut') return void request.socket.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      delivery: String(request.headers['stoop-delivery']),
      signature: String(request.headers['stoop-signature']),
      body: Buffer.concat(chunks).toString(),
    };
    posted.push(one);
    if (choking !== undefined && one.body.includes(choking)) return;
    if (typeof now === 'object') {
      const headers = { ...(now.retryAfter && { 'retry-after': now.retryAfter }), location: '/elsewhere' };
      return void response.writeHead(now.status, headers).end();
    }
    taken.set(one.delivery, one.body);
    if (now === 'unheard') return void request.socket.destroy();
    // Taken, and silent for as long as the caller has patience.
    if (now === 'silent') return;
    response.writeHead(204).end();
  }

  const server = createServer((request, response) => void receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/stoop`,
    posted: posted as readonly Posted[],
    taken: taken as ReadonlyMap<string, string>,
    forecast(next: readonly HookWeather[]) {
      weather = [...next];
    },
    /** Never answers a request with this in its body, nor takes it. */
    chokeOn(text: string | undefined) {
      choking = text;
    },
    async goAway() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
    comeBack: () => new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

export type HookServer = Awaited<ReturnType<typeof createHookServer>>;

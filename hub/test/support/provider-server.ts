import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of one PUT. `lost`: cut before it is taken. `unheard`: taken, and the answer is lost. `silent`: taken, no
 * answer in time. `late`: neither taken nor answered now, and taken when the caller has long gone. `error`: a 500 after it
 * was taken. `busy`: a 503 before. `dies`: taken, and the process ends before it answers.
 */
export type ProviderWeather = 'fine' | 'lost' | 'unheard' | 'silent' | 'late' | 'error' | 'busy' | 'dies';

export interface Entry {
  readonly id: string;
  readonly lot: string;
  readonly grams: number;
}

/**
 * A registry of produce, as an honest provider keeps it: a batch under its address, once; every entry of a new batch goes
 * into the ledger, so that what is sent twice under two addresses is there twice.
 */
export async function createProviderServer(token: string) {
  // The provider's disk: what it has taken outlives its process.
  const batches = new Map<string, string>();
  const ledger: Entry[] = [];
  const lots = new Set<string>();
  const unsafe: string[] = [];
  const late: (() => void)[] = [];
  let weather: ProviderWeather[] = [];
  let lookWeather: ('fine' | 'cut' | 'busy')[] = [];
  let puts = 0;

  function take(path: string, body: string): number {
    const known = batches.get(path);
    if (known !== undefined) return known === body ? 200 : 409;
    const { entries } = JSON.parse(body) as { entries: Entry[] };
    if (entries.some(({ lot }) => !lots.has(lot))) return 422;
    batches.set(path, body);
    ledger.push(...entries);
    return 201;
  }

  async function put(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const now = weather.shift() ?? 'fine';
    puts += 1;
    if (now === 'lost') return void request.socket.destroy();
    if (now === 'busy') return void response.writeHead(503).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
    if (request.headers['content-digest'] !== digest) unsafe.push(path);
    if (now === 'late') return void late.push(() => take(path, body.toString()));
    const status = take(path, body.toString());
    if (now === 'unheard') return void request.socket.destroy();
    if (now === 'silent') return;
    if (now === 'dies') return void (await goAway());
    response.writeHead(now === 'error' ? 500 : status).end();
  }

  function look(request: IncomingMessage, response: ServerResponse, path: string): void {
    const now = lookWeather.shift() ?? 'fine';
    if (now === 'cut') return void request.socket.destroy();
    if (now === 'busy') return void response.writeHead(503).end();
    const [kind, id = ''] = path.split('/');
    const found =
      kind === 'batches'
        ? batches.get(path)
        : kind === 'entries'
          ? JSON.stringify(ledger.find((entry) => entry.id === id))
          : lots.has(id)
            ? '{}'
            : undefined;
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(found);
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\//, '');
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    if (request.method === 'PUT') void put(request, response, path);
    else look(request, response, path);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  async function goAway(): Promise<void> {
    server.closeAllConnections();
    if (server.listening) await new Promise<void>((resolve) => void server.close(() => resolve()));
  }

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    ledger: ledger as readonly Entry[],
    /** Addresses whose content was not what its digest said. */
    unsafe: unsafe as readonly string[],
    puts: () => puts,
    knowLots(names: readonly string[]) {
      for (const name of names) lots.add(name);
    },
    keep: (path: string, body: string) => void batches.set(path, body),
    forecast(next: readonly ProviderWeather[], looks: readonly ('fine' | 'cut' | 'busy')[] = []) {
      weather = [...next];
      lookWeather = [...looks];
    },
    /** What came late is taken now. */
    workOff() {
      for (const work of late.splice(0)) work();
    },
    goAway,
    async comeBack() {
      if (!server.listening) await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
    },
    close: goAway,
  };
}

export type ProviderServer = Awaited<ReturnType<typeof createProviderServer>>;

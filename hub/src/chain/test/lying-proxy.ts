import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Request {
  readonly id: number;
  readonly method: string;
  params: unknown[];
}

/** What to do with a request: `pass` gives the true answer; `cut` ends the connection without one. */
type Lie = (request: Request, pass: () => Promise<unknown>) => Promise<unknown>;

/** A JSON-RPC endpoint that stands before a real one and lies where it is told to. */
export interface LyingProxy {
  readonly url: string;
  /** Methods as they were asked, oldest first. */
  readonly asked: { method: string; params: readonly unknown[] }[];
  lie(method: string, lie: Lie): void;
  honest(method?: string): void;
  /** Off: nobody listens on the port. On: the same port again. */
  setUp(isUp: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Thrown by a lie: the connection is cut without an answer. */
export const cut = Symbol('cut');

export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export async function startLyingProxy(target: () => string): Promise<LyingProxy> {
  const lies = new Map<string, Lie>();
  const asked: { method: string; params: readonly unknown[] }[] = [];
  let server: Server | undefined;
  let port = 0;

  async function forward(request: Request): Promise<unknown> {
    const answer = await fetch(target(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', ...request }),
    });
    const { result, error } = (await answer.json()) as { result: unknown; error?: { code: number; message: string } };
    if (error) throw new Refusal(error.code, error.message);
    return result;
  }

  async function answer(request: Request, response: ServerResponse): Promise<void> {
    asked.push({ method: request.method, params: structuredClone(request.params) });
    const lie = lies.get(request.method);
    try {
      const result = lie ? await lie(request, () => forward(request)) : await forward(request);
      response.end(JSON.stringify({ jsonrpc: '2.0', id: request.id, result }));
    } catch (error) {
      if (error === cut) return void response.destroy();
      if (!(error instanceof Refusal)) return void response.destroy(error as Error);
      const { code, message } = error;
      response.end(JSON.stringify({ jsonrpc: '2.0', id: request.id, error: { code, message } }));
    }
  }

  async function listen(): Promise<void> {
    if (server) return;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      await answer(JSON.parse(Buffer.concat(chunks).toString()), response);
    });
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
    asked,
    lie: (method, lie) => void lies.set(method, lie),
    honest: (method) => (method ? void lies.delete(method) : lies.clear()),
    setUp: (isUp) => (isUp ? listen() : unlisten()),
    close: unlisten,
  };
}

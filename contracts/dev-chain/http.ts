import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// Faster to start than an import, which counts at every start of the hub.
const { createServer } = process.getBuiltinModule('node:http');

const LIMIT_BYTES = 4 * 1024 * 1024;

interface RpcRequest {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

type Handle = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** JSON-RPC 2.0 over HTTP POST, single or batched, on the loopback only. */
export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the port (0: any free one). */
export async function openFront(port: number, handle: Handle): Promise<Front> {
  const server = createServer((request, response) => void answer(request, response, handle));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, handle: Handle): Promise<void> {
  const refusal = refusalOf(request);
  if (refusal) {
    response.writeHead(refusal, { connection: 'close' }).end();
    return;
  }
  const body = await read(request).catch(() => undefined);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  let reply: unknown;
  try {
    const asked = JSON.parse(body) as RpcRequest | RpcRequest[];
    reply = Array.isArray(asked) ? await Promise.all(asked.map((each) => one(each, handle))) : await one(asked, handle);
  } catch {
    reply = failure(null, -32700, 'Parse error');
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
}

/** A web page that somebody opens on this machine must not reach the chain, by name rebinding or by a simple request. */
function refusalOf(request: IncomingMessage): number | undefined {
  if (request.method !== 'POST') return 405;
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return 421;
  if (!request.headers['content-type']?.startsWith('application/json')) return 415;
  return undefined;
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LIMIT_BYTES) throw new Error('too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function one(request: RpcRequest, handle: Handle): Promise<object> {
  const id = request?.id ?? null;
  if (typeof request?.method !== 'string' || !(request.params === undefined || Array.isArray(request.params))) {
    return failure(id, -32600, 'Invalid request');
  }
  try {
    return { jsonrpc: '2.0', id, result: await handle(request.method, request.params ?? []) };
  } catch (error) {
    const { code, message, data } = error as { code?: unknown; message?: string; data?: unknown };
    return failure(id, typeof code === 'number' ? code : -32603, message ?? 'Internal error', data);
  }
}

const failure = (id: unknown, code: number, message: string, data?: unknown): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, data },
});

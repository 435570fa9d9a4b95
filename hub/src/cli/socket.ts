import { chmodSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Config } from '../config/index.ts';
import { fail, isStoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Args, HubCommand, RunningHub } from './command.ts';
import { hubCommands } from './hub-commands.ts';

/** One JSON line asks, one answers; then the connection ends. */
export interface Request {
  readonly command: string;
  readonly args: Args;
}
export type Answer = { readonly ok: unknown } | { readonly error: { readonly code: string; readonly message: string } };

export const socketPathOf = (dataDir: string): string => join(dataDir, 'stoop.sock');

/** A socket's address holds 107 bytes; a longer path is reached through its open folder. */
export function withShortPath<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= 100) return use(path);
  const folder = openSync(dirname(path), 'r');
  return use(`/proc/self/fd/${folder}/${path.slice(dirname(path).length + 1)}`).finally(() => closeSync(folder));
}

const requestMaxBytes = 65_536;
const idleMs = 30_000;

/**
 * Lets `stoop` commands in: a unix socket that only the hub's own user (and root) can open. Whoever holds the data
 * folder's lock may take the socket's name: what lies there is of a hub that is gone.
 */
export async function startSocket(hub: RunningHub, config: Config, log: Log): Promise<{ stop(): Promise<void> }> {
  const path = socketPathOf(config.dataDir);
  const partial = `${path}.new`;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(idleMs, () => socket.destroy());
    serve(socket, hub, log);
  });
  rmSync(partial, { force: true });
  await withShortPath(partial, (short) => listen(server, short));
  // Under its own name only once nobody else can open it.
  chmodSync(partial, 0o600);
  renameSync(partial, path);
  return {
    async stop() {
      rmSync(path, { force: true });
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(path, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

function serve(socket: Socket, hub: RunningHub, log: Log): void {
  const give = (answer: Answer) => socket.end(`${JSON.stringify(answer)}\n`);
  let seen = 0;
  socket.on('data', (chunk) => {
    seen += chunk.length;
    if (seen > requestMaxBytes) socket.destroy();
  });
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('error', () => socket.destroy());
  lines.once('line', (line) => {
    // Reading a whole chain again takes its time.
    socket.setTimeout(0);
    answer(line, hub).then(give, (error: unknown) => {
      const known = isStoopError(error) ? error : fail('internal', {}, error);
      if (known.code === 'internal') log.error({ err: error }, 'a command failed');
      give({ error: { code: known.code, message: known.message } });
    });
  });
}

async function answer(line: string, hub: RunningHub): Promise<Answer> {
  const request = parse(line);
  const command: HubCommand | undefined = hubCommands.find(({ name }) => name === request.command);
  if (!command) throw fail('not_found', { noun: 'command' });
  if (!hub.building) throw fail('store_unavailable');
  return { ok: (await command.run(hub.building, request.args, hub)) ?? null };
}

function parse(line: string): Request {
  let request: Partial<Request> | null;
  try {
    request = JSON.parse(line) as Partial<Request> | null;
  } catch (error) {
    throw fail('bad_request', { field: 'request', rule: 'must be one line of JSON' }, error);
  }
  if (typeof request?.command !== 'string') throw fail('bad_request', { field: 'command', rule: 'is missing' });
  return { command: request.command, args: request.args ?? {} };
}

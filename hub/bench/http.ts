import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';

export const about = 'one JSON route in the web room beside bare Fastify, CPU per request; about a minute';

const connections = 32;
const warmUp = 30_000;
const perRound = 10_000;
const rounds = 11;

/** `headers` is bare Fastify with the hub's security headers: what no code of ours could save. */
const kinds = ['bare', 'headers', 'web'] as const;
type Kind = (typeof kinds)[number];

interface Server {
  child: ChildProcess;
  port: number;
}

async function startServer(kind: Kind): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'http-server.ts'), [kind]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { child, port: Number(new URL(url).port) };
}

async function cpuUsOf({ child }: Server): Promise<number> {
  child.send('cpu');
  const [{ cpuUs }] = (await once(child, 'message')) as [{ cpuUs: number }];
  return cpuUs;
}

function requestText(method: string, port: number): string {
  const own =
    method === 'GET'
      ? ''
      : 'Idempotency-Key: 0190a5d2-7b1c-7c3a-9f00-000000000001\r\nContent-Type: application/json\r\nContent-Length: 2\r\n';
  return `${method} /api/orders HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: stoop-session=a-session-token-of-a-member\r\nAccept: application/json\r\n${own}\r\n${method === 'GET' ? '' : '{}'}`;
}

/** `count` requests over keep-alive connections, one under way on each. Throws on any answer but 200. */
async function load({ port }: Server, method: string, count: number): Promise<void> {
  const text = requestText(method, port);
  let left = count;
  const one = async () => {
    const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    await once(socket, 'connect');
    while (left-- > 0) {
      socket.write(text);
      for (let answer = ''; !answer.endsWith(']}'); ) {
        const [chunk] = (await once(socket, 'data')) as [string];
        answer += chunk;
        if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer);
      }
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: connections }, one));
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function measure(servers: Record<Kind, Server>, method: string): Promise<Record<Kind, number>> {
  const costUs: Record<Kind, number[]> = { bare: [], headers: [], web: [] };
  for (const kind of kinds) await load(servers[kind], method, warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const kind of kinds) {
      const before = await cpuUsOf(servers[kind]);
      await load(servers[kind], method, perRound);
      costUs[kind].push(((await cpuUsOf(servers[kind])) - before) / perRound);
    }
  }
  return { bare: median(costUs.bare), headers: median(costUs.headers), web: median(costUs.web) };
}

export async function run(): Promise<Record<string, unknown>> {
  const servers = {
    bare: await startServer('bare'),
    headers: await startServer('headers'),
    web: await startServer('web'),
  };
  const result: Record<string, number> = {};
  try {
    for (const method of ['GET', 'POST']) {
      const { bare, headers, web } = await measure(servers, method);
      const [ofBare, ofHeaders] = [bare / web, headers / web];
      const share = (ratio: number) => `${(100 * ratio).toFixed(0)} %`;
      console.log(
        `${method.padEnd(5)} bare ${bare.toFixed(1)} µs   with the same headers ${headers.toFixed(1)} µs   web ${web.toFixed(1)} µs   ${share(ofBare)} of bare, ${share(ofHeaders)} with the same headers`,
      );
      const name = method.toLowerCase();
      result[`${name}WebUs`] = Number(web.toFixed(1));
      result[`${name}OfBare`] = Number(ofBare.toFixed(3));
      result[`${name}OfSameHeaders`] = Number(ofHeaders.toFixed(3));
    }
  } finally {
    for (const { child } of Object.values(servers)) child.disconnect();
  }
  return result;
}

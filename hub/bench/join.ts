import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fresh, Up } from './join-server.ts';

export const about =
  '50 residents join one order, all at once and within a second, beside bare Fastify; [--rounds 9]; a minute';

const residents = 50;
const warmUps = 2;

interface Server extends Up {
  readonly child: ChildProcess;
  readonly agent: Agent;
}

/** One order's joins. */
interface Wave {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly commits: number;
  /** From the first request to the last answer. */
  readonly tookMs: number;
}

async function startServer(...args: string[]): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'join-server.ts'), args);
  const ended = once(child, 'exit').then(() => {
    throw new Error('a measured process ended');
  });
  const [up] = (await Promise.race([once(child, 'message'), ended])) as [Up];
  ended.catch(() => {});
  return { ...up, child, agent: new Agent({ keepAlive: true, maxSockets: residents }) };
}

async function fresh({ child }: Server): Promise<Fresh> {
  child.send('order');
  const [answer] = (await once(child, 'message')) as [Fresh];
  return answer;
}

/** One POST on a kept connection. Answers its text. Throws on anything but 201. */
function post({ url, agent, cookies }: Server, path: string, resident: number): Promise<string> {
  const body = '{"units":1}';
  return new Promise((resolve, reject) => {
    const sent = request(
      url + path,
      {
        method: 'POST',
        agent,
        headers: {
          cookie: cookies[resident]!,
          'content-type': 'application/json',
          'content-length': body.length,
          'idempotency-key': randomUUID(),
          origin: url,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => (answer.statusCode === 201 ? resolve(text) : reject(new Error(text))));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
const median = (values: readonly number[]): number =>
  at(
    values.toSorted((a, b) => a - b),
    0.5,
  );

async function wave(server: Server, offsetsMs: readonly number[]): Promise<Wave> {
  const { path, commits } = await fresh(server);
  const beganMs = performance.now();
  const latencies = await Promise.all(
    offsetsMs.map(async (offsetMs, resident) => {
      if (offsetMs > 0) await new Promise((resolve) => setTimeout(resolve, offsetMs));
      const sentMs = performance.now();
      await post(server, path, resident);
      return performance.now() - sentMs;
    }),
  );
  const tookMs = performance.now() - beganMs;
  const sorted = latencies.toSorted((a, b) => a - b);
  // The next order's COMMIT is the one that is taken off.
  const after = await fresh(server);
  return { p50Ms: at(sorted, 0.5), p95Ms: at(sorted, 0.95), tookMs, commits: Math.max(0, after.commits - commits - 1) };
}

const atOnce = (): number[] => Array.from({ length: residents }, () => 0);
const withinASecond = (): number[] => Array.from({ length: residents }, () => Math.random() * 1000);

function summary(waves: readonly Wave[]): Wave {
  const of = (figure: keyof Wave) => median(waves.map((each) => each[figure]));
  return { p50Ms: of('p50Ms'), p95Ms: of('p95Ms'), commits: of('commits'), tookMs: of('tookMs') };
}

const ms = (value: number): string => `${value.toFixed(1)} ms`.padStart(10);

/** Alternates hub and bare with the same client, bodies and moments; the figures are medians over the rounds. */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '9' } } });
  const rounds = Number(values.rounds);
  const hub = await startServer('hub', String(residents));
  let bare: Server | undefined;
  try {
    const sample = await post(hub, (await fresh(hub)).path, 0);
    bare = await startServer('bare', String(residents), sample);
    const result: Record<string, Record<'hub' | 'bare', Wave>> = {};
    for (const [name, offsets] of Object.entries({ 'at once': atOnce, 'within a second': withinASecond })) {
      const waves: Record<'hub' | 'bare', Wave[]> = { hub: [], bare: [] };
      for (let round = 0; round < rounds + warmUps; round++) {
        const moments = offsets();
        for (const [kind, server] of [
          ['hub', hub],
          ['bare', bare],
        ] as const) {
          const one = await wave(server, moments);
          if (round >= warmUps) waves[kind].push(one);
        }
      }
      result[name] = { hub: summary(waves.hub), bare: summary(waves.bare) };
    }
    console.log(`${residents} joins          p50        p95   last answer   commits   p95 / bare's`);
    for (const [name, { hub: ours, bare: theirs }] of Object.entries(result)) {
      const ratio = (ours.p95Ms / theirs.p95Ms).toFixed(1);
      console.log(
        `${name}\n  hub   ${ms(ours.p50Ms)} ${ms(ours.p95Ms)} ${ms(ours.tookMs)} ${String(ours.commits).padStart(10)} ${ratio.padStart(10)}`,
      );
      console.log(`  bare  ${ms(theirs.p50Ms)} ${ms(theirs.p95Ms)} ${ms(theirs.tookMs)}`);
    }
    const burst = result['at once']!;
    const spread = result['within a second']!;
    const round = (value: number) => Number(value.toFixed(2));
    return {
      joins: residents,
      commits: burst.hub.commits,
      p95Ms: round(burst.hub.p95Ms),
      bareP95Ms: round(burst.bare.p95Ms),
      p95Ratio: round(burst.hub.p95Ms / burst.bare.p95Ms),
      spreadCommits: spread.hub.commits,
      spreadP95Ms: round(spread.hub.p95Ms),
      spreadBareP95Ms: round(spread.bare.p95Ms),
      spreadP95Ratio: round(spread.hub.p95Ms / spread.bare.p95Ms),
    };
  } finally {
    for (const server of [hub, bare]) {
      server?.agent.destroy();
      server?.child.disconnect();
    }
  }
}

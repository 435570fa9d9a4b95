import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DrillArguments } from './arguments.ts';
import { buildingFor, castOf } from './building.ts';
import { type ClientProcess, startClient } from './client-process.ts';
import { type HubProcess, startHubProcess } from './hub-process.ts';
import { readLedger } from './ledger.ts';
import type { ClientReport } from './messages.ts';
import { type Moment, momentOf, pickMoment } from './moments.ts';
import { createRandom } from './random.ts';
import { judge, type Verdict } from './verdict.ts';

/** How a drill ends the hub's lives. */
export interface Disaster {
  /** Before each life; answers what to add to its environment. */
  before(dir: string): Promise<Record<string, string>>;
  /** Ends it and leaves in `dir` what such an end leaves. Answers the moment. */
  strike(hub: HubProcess, dir: string): Promise<number>;
}

/** The last line of a drill. */
export interface Figures extends Readonly<Record<string, unknown>>, Omit<Verdict, 'counts' | 'findings'> {
  readonly kills: number;
  /** How many of them left an action without an answer. */
  readonly inFlight: number;
  /** Answers that no sound hub gives. */
  readonly unexpected: number;
}

/** No life takes longer, or something hangs. */
const patienceMs = 120_000;

/**
 * A day of the building: the hub dies `count` times and is started again, the client goes on. Then everything settles,
 * and the verdict is read from the stores and the chain. Throws when the hub does not come back.
 */
export async function runDay(
  options: DrillArguments,
  disaster: Disaster,
  tell: (line: string) => void,
): Promise<Figures> {
  const scene = await openScene(await buildingFor(options.sabotage), options, tell);
  let isUnderstood = false;
  try {
    await wakeUp(scene);
    await liveAndDie(scene, options, disaster);
    const report = await settleAll(scene, options, disaster);
    const { counts, findings, ...verdict } = await judge(scene.dir, readLedger(scene.ledgerPath));
    for (const line of [...linesOf(report), ...linesOfVerdict(counts, findings)]) tell(line);
    isUnderstood = findings.length + report.unexpected.length === 0 || options.sabotage !== undefined;
    return { kills: options.count, inFlight: report.deathsInFlight, ...verdict, unexpected: report.unexpected.length };
  } catch (error) {
    tell(readFileSync(scene.logPath, 'utf8').slice(-4000));
    throw error;
  } finally {
    await scene.client.end();
    closeSync(scene.log);
    const folders = [dirname(scene.dir), scene.outside];
    if (isUnderstood) for (const folder of folders) rmSync(folder, { recursive: true });
    else tell(`Kept for a look: ${folders.join(', ')}`);
  }
}

interface Scene {
  readonly dir: string;
  /** What is not the hub's: ledger, logs. */
  readonly outside: string;
  readonly ledgerPath: string;
  readonly logPath: string;
  readonly log: number;
  readonly client: ClientProcess;
  readonly tell: (line: string) => void;
}

async function openScene(dir: string, { seed }: DrillArguments, tell: Scene['tell']): Promise<Scene> {
  const outside = mkdtempSync(join(tmpdir(), 'stoop-drill-'));
  const ledgerPath = join(outside, 'ledger.jsonl');
  const logPath = join(outside, 'log');
  const log = openSync(logPath, 'a');
  const client = await startClient(outside, { seed, cast: await castOf(dir), ledgerPath }, log);
  return { dir, outside, ledgerPath, logPath, log, client, tell };
}

/** What founding left for the chain settles first, so that the day's own orders have it to themselves. */
async function wakeUp({ dir, log }: Scene): Promise<void> {
  const hub = await startHubProcess({ dir, log });
  await hub.doors;
  await within(patienceMs, hub.settle(), 'the morning');
  await hub.stop();
}

async function liveAndDie(scene: Scene, options: DrillArguments, disaster: Disaster): Promise<void> {
  const random = createRandom(options.seed);
  const { dir, log, client } = scene;
  for (let number = 1; number <= options.count; number++) {
    const moment = pickMoment(random);
    const env = await disaster.before(dir);
    const hub = await startHubProcess({ dir, sabotage: options.sabotage, env, log });
    try {
      const reached = momentOf(moment, hub, client);
      const isUp = hub.doors.then((doors) => client.tell({ say: 'up', doors }));
      // Killed while it starts it never is.
      isUp.catch(() => {});
      await within(patienceMs, moment.when === 'starting' ? reached : isUp.then(() => reached), describe(moment));
      const atMs = await disaster.strike(hub, dir);
      client.tell({ say: 'down', atMs });
    } catch (error) {
      await hub.sweep();
      throw error;
    }
    scene.tell(`${String(number).padStart(4)}  ${describe(moment)}`);
  }
}

/** One more life, in which everybody ends what they began and everything reaches the chain. */
async function settleAll(scene: Scene, options: DrillArguments, disaster: Disaster): Promise<ClientReport> {
  const { dir, log, client } = scene;
  const env = await disaster.before(dir);
  const hub = await startHubProcess({ dir, sabotage: options.sabotage, env, log });
  try {
    client.tell({ say: 'up', doors: await hub.doors });
    const report = await within(patienceMs, client.finish(), 'the client’s last answers');
    // What still waits then is the verdict's to count.
    await within(patienceMs, hub.settle(), 'settling').catch((error: Error) => scene.tell(error.message));
    await hub.stop();
    return report;
  } catch (error) {
    await hub.sweep();
    throw error;
  }
}

function describe(moment: Moment): string {
  if (moment.when === 'starting') return `starting, ${moment.afterMs} ms`;
  if (moment.when === 'acting') return `acting, request ${moment.requests} + ${moment.afterMs} ms`;
  return `settling, batch ${moment.batches} of ${moment.lane} + ${moment.afterMs} ms`;
}

async function within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  const over = new AbortController();
  const late = wait(limitMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${what}: not reached within ${limitMs / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => {});
  }
}

function linesOf({ refused, unexpected }: ClientReport): string[] {
  return [
    ...Object.entries(refused).map(([code, count]) => `refused ${code}: ${count}`),
    ...[...new Set(unexpected)].map((answer) => `unexpected answer: ${answer}`),
  ];
}

const shownFindings = 20;

function linesOfVerdict(counts: Verdict['counts'], findings: Verdict['findings']): string[] {
  const more = findings.length - shownFindings;
  return [
    ...Object.entries(counts).map(([what, count]) => `${what.padEnd(28)} ${count}`),
    ...findings.slice(0, shownFindings).map((finding) => `  ! ${finding}`),
    ...(more > 0 ? [`  ! and ${more} more`] : []),
  ];
}

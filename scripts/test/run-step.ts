import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Group, startGroup } from '../process-group.ts';
import type { Step } from './parts.ts';

export interface Outcome {
  readonly step: string;
  readonly passed: number;
  readonly failed: number;
  /** Why it failed besides failed tests; undefined when nothing else was wrong. */
  readonly reason: string | undefined;
  readonly logPath: string;
  readonly tookMs: number;
}

export interface Running {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Also to the terminal while it runs. */
  readonly echo: boolean;
  /** How long the step may take, and how long it may say nothing. */
  readonly limitMs: number;
  readonly silenceMs: number;
  /** How long one test of node:test may take; 5 minutes when not given. */
  readonly testLimitMs?: number;
  /** Told of the group so that Ctrl-C can end it. */
  onStart(group: Group): void;
}

/** Runs one step to its end. Its whole output lies in the log; processes it leaves behind are killed and count as a failure. */
export async function runStep(step: Step, running: Running): Promise<Outcome> {
  const startedAtMs = performance.now();
  const base = join(running.root, '.cache/test', step.name.replaceAll(' ', '-'));
  const [logPath, countsPath] = [`${base}.log`, `${base}.json`];
  mkdirSync(dirname(logPath), { recursive: true });
  rmSync(countsPath, { force: true });
  const log = createWriteStream(logPath);

  const group = await startGroup(step.command, [...argsOf(step, countsPath, running)], {
    cwd: join(running.root, step.folder ?? '.'),
    env: running.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.onStart(group);
  for (const stream of [group.child.stdout!, group.child.stderr!]) {
    stream.pipe(log, { end: false });
    if (running.echo) stream.pipe(stream === group.child.stdout ? process.stdout : process.stderr, { end: false });
  }
  let late: string | undefined;
  const end = (reason: string) => {
    late ??= reason;
    void group.stop(5000);
  };
  const limit = setTimeout(end, running.limitMs, `took longer than ${running.limitMs / 60_000} minutes`);
  const silenceMs = step.silenceMs ?? running.silenceMs;
  const silence = setTimeout(end, silenceMs, `said nothing for ${silenceMs / 60_000} minutes`);
  for (const stream of [group.child.stdout!, group.child.stderr!]) stream.on('data', () => silence.refresh());
  const exit = await group.exited;
  clearTimeout(limit);
  clearTimeout(silence);
  const left = await leftovers(group);
  log.end();
  await finished(log);

  const counted = count(step, exit.code === 0, logPath, countsPath);
  const reasons = [
    late,
    exit.code !== 0 && late === undefined && counted.failed === 0
      ? `ended with ${exit.signal ?? `code ${exit.code}`}`
      : undefined,
    counted.reason,
    left.length > 0 ? `left processes behind: ${left.join('; ')}` : undefined,
  ].filter((reason) => reason !== undefined);
  return {
    step: step.name,
    passed: counted.passed,
    failed: counted.failed === 0 && reasons.length > 0 ? 1 : counted.failed,
    reason: reasons.length > 0 ? reasons.join('; ') : undefined,
    logPath,
    tookMs: performance.now() - startedAtMs,
  };
}

function argsOf(step: Step, countsPath: string, running: Running): readonly string[] {
  if (step.counts !== 'node') return step.args;
  // A test that waits for nothing is ended and named; a file that does not end afterwards falls silent.
  const testLimitMs = running.testLimitMs ?? 300_000;
  const reporter = join(import.meta.dirname, 'count-reporter.ts');
  return [
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${reporter}`,
    `--test-reporter-destination=${countsPath}`,
    `--test-timeout=${testLimitMs}`,
    ...step.args,
  ];
}

/** A browser's helpers end a moment after it: what is gone within two seconds was not left behind. */
async function leftovers(group: Group): Promise<string[]> {
  const untilMs = performance.now() + 2000;
  while (group.members().length > 0 && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return group.sweep();
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly reason?: string;
}

function count(step: Step, isWell: boolean, logPath: string, countsPath: string): Count {
  if (step.counts === 'check') return { passed: isWell ? 1 : 0, failed: isWell ? 0 : 1 };
  const counted = step.counts === 'node' ? countNode(countsPath) : countHardhat(readFileSync(logPath, 'utf8'));
  if (counted === undefined) return { passed: 0, failed: 0, reason: 'ended before it could count its tests' };
  return counted.passed + counted.failed === 0 ? { ...counted, reason: 'found no tests' } : counted;
}

/** Skipped and to-do tests are failures: a test that does not run proves nothing. */
function countNode(countsPath: string): Count | undefined {
  const text = existsSync(countsPath) ? readFileSync(countsPath, 'utf8') : '';
  if (text === '') return undefined;
  const { passed, failed, cancelled, skipped, todo } = JSON.parse(text) as Record<string, number>;
  const idle = (skipped ?? 0) + (todo ?? 0);
  const counted = { passed: passed ?? 0, failed: (failed ?? 0) + (cancelled ?? 0) + idle };
  return idle > 0 ? { ...counted, reason: `${idle} tests were skipped or left to do` } : counted;
}

function countHardhat(log: string): Count | undefined {
  const passed = /(\d+) passing/.exec(log)?.[1];
  const failed = /(\d+) failing/.exec(log)?.[1];
  const skipped = /(\d+) skipped/.exec(log)?.[1];
  if (passed === undefined && failed === undefined) return undefined;
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 0) + Number(skipped ?? 0) };
}

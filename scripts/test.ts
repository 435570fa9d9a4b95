// npm test: everything, in named parts, with one summary at the end.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { buildPage } from './page.ts';
import type { Group } from './process-group.ts';
import { type Need, type Part, parts } from './test/parts.ts';
import { type Outcome, type Running, runStep } from './test/run-step.ts';
import { aptInstall, find, findChromium } from './test/tools.ts';

const root = join(import.meta.dirname, '..');
const seconds = (ms: number) => (ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

function help(): string {
  const rows = parts.map((part) => `  ${part.name.padEnd(10)} ${part.takes.padEnd(10)} ${part.about}`);
  return `npm test [-- PART…] [--verbose]

Sets up when needed, installs what tests need (Chromium, gcc: through apt when this user may), then runs
every part, or those named. About half an hour on 2 cores. Logs lie in .cache/test.

${rows.join('\n')}

  --verbose  show all output as it comes; parts then run one after the other`;
}

/** Brings one thing that tests need; answers undefined, or why it is missing. */
async function bring(need: Need): Promise<string | undefined> {
  if (need === 'page') {
    try {
      await buildPage(root);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  // With certutil the browser tests give Chromium the hub's authority, as people give it to their phones.
  const isThere = () =>
    need === 'chromium' ? findChromium() !== undefined && find('certutil') !== undefined : find('gcc') !== undefined;
  if (isThere()) return undefined;
  console.log(`${need} is missing; installing it through apt (up to 2 minutes)`);
  const refused = aptInstall(need === 'chromium' ? ['chromium', 'libnss3-tools'] : ['gcc', 'libc6-dev']);
  return isThere() ? undefined : `${need} is missing: ${refused ?? 'the package did not bring it'}`;
}

interface Result {
  readonly part: Part;
  readonly outcomes: readonly Outcome[];
}

const unready = (part: Part, reason: string): Result => ({
  part,
  outcomes: [{ step: part.name, passed: 0, failed: 1, reason, logPath: '', tookMs: 0 }],
});

async function runPart(part: Part, running: Running, missing: ReadonlyMap<Need, string>): Promise<Result> {
  const lacking = part.needs.map((need) => missing.get(need)).find((reason) => reason !== undefined);
  const result = lacking === undefined ? { part, outcomes: [] as Outcome[] } : unready(part, lacking);
  if (lacking === undefined) {
    if (running.echo) console.log(`\n── ${part.name}: ${part.about}`);
    for (const step of part.steps) (result.outcomes as Outcome[]).push(await runStep(step, running));
  }
  console.log(line(result));
  return result;
}

const sum = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number) =>
  outcomes.reduce((total, outcome) => total + of(outcome), 0);

function line({ part, outcomes }: Result): string {
  const failed = sum(outcomes, (outcome) => outcome.failed);
  const mark = failed === 0 ? '✔' : '✖';
  const passed = sum(outcomes, (outcome) => outcome.passed);
  return `${mark} ${part.name.padEnd(10)} ${String(passed).padStart(4)} passed ${String(failed).padStart(3)} failed  ${seconds(sum(outcomes, (outcome) => outcome.tookMs))}`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' }, verbose: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(help());
    return 0;
  }
  const unknown = positionals.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(', ')}. Parts: ${parts.map((part) => part.name).join(', ')}`);
    return 2;
  }
  const chosen = positionals.length === 0 ? parts : parts.filter((part) => positionals.includes(part.name));
  const startedAtMs = performance.now();
  console.log(
    `Testing ${chosen.map((part) => part.name).join(', ')}${chosen.length === parts.length ? ' (about half an hour on 2 cores)' : ''}`,
  );

  const missing = new Map<Need, string>();
  for (const need of new Set(chosen.flatMap((part) => part.needs))) {
    const reason = await bring(need);
    if (reason !== undefined) missing.set(need, reason);
  }

  const groups = new Set<Group>();
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    console.log('\nStopping.');
    void Promise.all([...groups].map((group) => group.stop(4000))).then(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

  const isVerbose = values.verbose ?? chosen.length === 1;
  const chromium = findChromium();
  const running: Running = {
    root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...(chromium && { CHROMIUM_PATH: chromium }) },
    echo: isVerbose,
    limitMs: 20 * 60_000,
    silenceMs: 6 * 60_000,
    onStart: (group) => {
      groups.add(group);
      void group.exited.then(() => groups.delete(group));
    },
  };
  const inTurn = async (list: readonly Part[]) => {
    const results: Result[] = [];
    for (const part of list) if (!isStopping) results.push(await runPart(part, running, missing));
    return results;
  };
  const when = (time: Part['when']) => chosen.filter((part) => part.when === time);
  const mayPair = availableParallelism() > 1 && !isVerbose;
  const shared = mayPair
    ? (await Promise.all([inTurn(when('in turn')), inTurn(when('beside'))])).flat()
    : [...(await inTurn(when('in turn'))), ...(await inTurn(when('beside')))];
  const results = [...shared, ...(await inTurn(when('alone')))];
  if (isStopping) return new Promise<number>(() => undefined);
  return summary(results, performance.now() - startedAtMs, isVerbose);
}

/** The end of a log, without colours and without lines that nobody reads. */
const endOf = (logPath: string) =>
  stripVTControlCharacters(readFileSync(logPath, 'utf8'))
    .split('\n')
    .slice(-150)
    .map((text) => text.slice(0, 300))
    .join('\n');

function summary(results: readonly Result[], tookMs: number, wasShown: boolean): number {
  const failures = results.flatMap(({ part, outcomes }) =>
    outcomes.filter((one) => one.failed > 0).map((one) => ({ part, one })),
  );
  for (const { part, one } of failures) {
    console.log(`\n✖ ${part.name}, ${one.step}: ${one.reason ?? `${one.failed} failed`}`);
    if (one.logPath !== '' && !wasShown) console.log(endOf(one.logPath));
  }
  console.log('');
  for (const result of results) console.log(line(result));
  const outcomes = results.flatMap((result) => result.outcomes);
  const failed = sum(outcomes, (one) => one.failed);
  console.log(`${seconds(tookMs)} in all`);
  console.log(`${sum(outcomes, (one) => one.passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compile, products } from '../build.ts';
import { analyse, importsOf, sourcesBelow } from './compiler.ts';
import { readExplained } from './explained.ts';
import { generate, type Mutant } from './generate.ts';
import { operators } from './operators.ts';
import { Pool } from './pool.ts';
import { createRoom } from './room.ts';
import type { Shown } from './run-test.ts';
import { shuffled } from './sample.ts';
import { testsFor } from './tests.ts';
import type { Limited, Product } from './trial.ts';
import type { Task } from './worker.ts';

export const about = `One change at a time in a contract's source (comparison, arithmetic, boundary, removed check, removed
                 state write, removed modifier): how many do the tests notice? [--seed 1] [--sample 120]
                 [--jobs CORES] [--of coop/foodusd] only these sources [--id ID] only this one
                 [--quick] without Hardhat's tests [--list] prints all of them. About 40 minutes on 2 cores`;

interface Options {
  readonly seed: number;
  readonly sample: number;
  readonly jobs: number;
  /** Sources by the beginning of their path. */
  readonly of: string;
  readonly id: string | undefined;
  readonly list: boolean;
  /** Leaves Hardhat's tests out: more survive. */
  readonly quick: boolean;
}

export interface Figures extends Readonly<Record<string, number>> {
  /** All that the operators make of the sources. */
  readonly generated: number;
  /** Those of the sample that compile to other bytecode. */
  readonly mutants: number;
  readonly killed: number;
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      sample: { type: 'string', default: '120' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      of: { type: 'string', default: 'coop/' },
      id: { type: 'string' },
      list: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'seed' | 'sample' | 'jobs'): number => {
    if (!/^[1-9]\d{0,8}$/.test(values[name])) throw new Error(`--${name}: must be a whole number of at least 1`);
    return Number(values[name]);
  };
  const { of, id, list, quick } = values;
  return { seed: whole('seed'), sample: whole('sample'), jobs: whole('jobs'), of, id, list, quick };
}

/** Our own of the contracts that are committed. */
const own: readonly Product[] = Object.entries(products)
  .filter(([, qualifiedName]) => qualifiedName.startsWith('coop/'))
  .map(([name, qualifiedName]) => ({ name, qualifiedName }));

const showing = ({ id, file, line, operator, shown: [before, after] }: Mutant): string =>
  `  contracts/${file}:${line}  ${operator}  ${id}\n    - ${before}\n    + ${after}`;

/** What a test may take when it took so long without a mutant; the machine may be busier then. */
const limitOf = (tookMs: number): number => 30_000 + 5 * tookMs;
const BASE_LIMIT_MS = 600_000;

export async function run(args: readonly string[], tell: (line: string) => void = console.log): Promise<Figures> {
  const options = optionsOf(args);
  const sources = analyse(sourcesBelow('coop'));
  const generated = generate(sources);
  const wanted = generated.filter(
    ({ id, file }) => file.startsWith(options.of) && (options.id === undefined || id === options.id),
  );
  tell(`${generated.length} mutants: ${operators.map((each) => `${count(generated, each)} ${each}`).join(', ')}`);
  if (options.list) {
    for (const mutant of wanted) tell(showing(mutant));
    return { generated: generated.length, mutants: 0, killed: 0 };
  }
  const folder = join(fileURLToPath(new URL('../..', import.meta.url)), '.cache', `mutation-${process.pid}`);
  const pool = new Pool(options.jobs);
  const stop = (): void => {
    void pool.stop().finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  try {
    const imports = importsOf(sources);
    const held = (file: string): Product[] =>
      own.filter(({ qualifiedName }) => imports.get(qualifiedName.split(':')[0]!)?.has(file));
    const queue = shuffled(wanted, options.seed);
    const testsOf = (file: string): string[] =>
      testsFor(file).filter((each) => !(options.quick && each.endsWith('.t.sol')));
    // Some will not count, and others come in their place.
    const likely = queue.slice(0, Math.ceil(options.sample * 1.25)).flatMap(({ file }) => testsOf(file));
    const bench = await prepare(pool, folder, [...new Set(likely)], testsOf, tell);
    return { generated: generated.length, ...(await tryAll(pool, queue, options.sample, bench, held, tell)) };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

const count = (mutants: readonly Mutant[], operator: string): number =>
  mutants.filter((each) => each.operator === operator).length;

interface Bench {
  readonly baseAbi: string;
  readonly rooms: readonly Shown[];
  /** The tests of a source, the quickest first. */
  tests(file: string): Limited[];
}

/** Compiles the contracts as they are and shows them to the tests, which must pass and tell how long they take. */
async function prepare(
  pool: Pool,
  folder: string,
  tests: readonly string[],
  testsOf: (file: string) => string[],
  tell: (line: string) => void,
): Promise<Bench> {
  const baseAbi = join(folder, 'base');
  mkdirSync(baseAbi, { recursive: true });
  cpSync(fileURLToPath(new URL('../abi', import.meta.url)), baseAbi, { recursive: true });
  const left = [...own];
  await pool.drain<Task>(
    () => {
      const product = left.shift();
      return product === undefined ? undefined : () => ({ kind: 'compile', product, folder: baseAbi });
    },
    () => undefined,
  );
  const rooms = Array.from({ length: pool.jobs }, (_, index) => createRoom(join(folder, `room-${index}`), baseAbi));
  // Tests with contracts of their own compile them when nobody has: once, not each for itself.
  await compile();
  const tookMs = new Map<string, number>();
  const failures: string[] = [];
  tell(`${tests.length} test files without a mutant first`);
  const queue = [...tests];
  await pool.drain<Extract<Task, { kind: 'test' }>>(
    () => {
      const file = queue.shift();
      return file === undefined
        ? undefined
        : (room) => ({ kind: 'test', test: { file, limitMs: BASE_LIMIT_MS }, shown: rooms[room]! });
    },
    ({ test }, answer) => {
      tookMs.set(test.file, answer.tookMs);
      if (answer.failed !== undefined) failures.push(`${test.file}: ${answer.failed}`);
    },
  );
  if (failures.length > 0) throw new Error(`These fail without a mutant:\n  ${failures.join('\n  ')}`);
  return {
    baseAbi,
    rooms,
    tests: (file) =>
      testsOf(file)
        .map((each) => ({ file: each, limitMs: limitOf(tookMs.get(each) ?? BASE_LIMIT_MS) }))
        .sort((a, b) => a.limitMs - b.limitMs),
  };
}

/** Tries mutants in their order until so many of them counted. */
async function tryAll(
  pool: Pool,
  queue: readonly Mutant[],
  sample: number,
  bench: Bench,
  held: (file: string) => Product[],
  tell: (line: string) => void,
) {
  const startedAtMs = performance.now();
  const survivors: Mutant[] = [];
  const idle = { 'does not compile': 0, 'same bytecode': 0 };
  let [taken, inFlight, mutants, killed] = [0, 0, 0, 0];
  const next = () => {
    const mutant = mutants + inFlight < sample ? queue[taken] : undefined;
    if (mutant === undefined) return undefined;
    taken += 1;
    inFlight += 1;
    return (room: number): Extract<Task, { kind: 'mutant' }> => ({
      kind: 'mutant',
      mutant,
      products: held(mutant.file),
      tests: bench.tests(mutant.file),
      shown: bench.rooms[room]!,
      baseAbi: bench.baseAbi,
    });
  };
  await pool.drain(next, ({ mutant }, { result, tookMs }) => {
    inFlight -= 1;
    if (result!.outcome === 'does not compile' || result!.outcome === 'same bytecode') {
      idle[result!.outcome] += 1;
      return;
    }
    mutants += 1;
    if (result!.outcome === 'killed') killed += 1;
    else survivors.push(mutant);
    const end = result!.outcome === 'killed' ? `by ${result!.by}` : '';
    tell(`${mutants}/${sample} ${result!.outcome.padEnd(8)} ${mutant.id} ${(tookMs / 1000).toFixed(1)} s ${end}`);
  });
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  tell(
    `\n${killed} of ${mutants} killed in ${seconds} s; ${idle['does not compile']} did not compile, ${idle['same bytecode']} made the same bytecode.`,
  );
  const explained = readExplained();
  const rest = survivors.filter((each) => !explained.has(each.id));
  const known = survivors.filter((each) => explained.has(each.id));
  if (rest.length > 0) tell(`\nSurvivors:\n${rest.map(showing).join('\n')}`);
  if (known.length > 0)
    tell(
      `\nSurvivors that explained.md explains:\n${known.map((each) => `${showing(each)}\n    ${explained.get(each.id)}`).join('\n')}`,
    );
  return { mutants, killed, explained: known.length, seconds };
}

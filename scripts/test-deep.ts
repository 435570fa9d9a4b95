// npm run test:contracts:deep: the contracts' tests with 50 times the fuzz runs, invariant runs and model steps.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Group } from './process-group.ts';
import { parts } from './test/parts.ts';
import { type Outcome, runStep } from './test/run-step.ts';

const HOUR_MS = 3_600_000;
const help = `npm run test:contracts:deep [-- --depth 50] [--steps N] [solidity] [node]

The contracts' tests, each random one tried --depth times as often as in npm test: fuzz runs, invariant runs, property
runs, and the steps of the reference models (or --steps of them). Several hours on 2 cores.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' }, depth: { type: 'string' }, steps: { type: 'string' } },
});

async function main(): Promise<number> {
  const { steps } = parts.find((part) => part.name === 'contracts')!;
  const unknown = positionals.filter((name) => !steps.some((step) => step.name === name));
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) console.error(`There is no step ${unknown.join(', ')}.\n`);
    console.log(help);
    return unknown.length > 0 ? 2 : 0;
  }
  const groups = new Set<Group>();
  const stop = () => void Promise.all([...groups].map((group) => group.stop(4000))).then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);

  const outcomes: Outcome[] = [];
  for (const step of steps.filter((one) => positionals.length === 0 || positionals.includes(one.name))) {
    const outcome = await runStep(
      { ...step, name: `deep ${step.name}` },
      {
        root: join(import.meta.dirname, '..'),
        env: {
          ...process.env,
          NO_COLOR: '1',
          FORCE_COLOR: undefined,
          STOOP_DEPTH: values.depth ?? '50',
          ...(values.steps && { STOOP_MODEL_STEPS: values.steps }),
        },
        echo: true,
        limitMs: 24 * HOUR_MS,
        // An invariant says nothing until all of its runs are done.
        silenceMs: 12 * HOUR_MS,
        testLimitMs: 12 * HOUR_MS,
        onStart: (group) => {
          groups.add(group);
          void group.exited.then(() => groups.delete(group));
        },
      },
    );
    outcomes.push(outcome);
  }
  for (const { step, passed, failed, reason, tookMs } of outcomes)
    console.log(
      `${step}: ${passed} passed, ${failed} failed, ${Math.round(tookMs / 1000)} s${reason ? `; ${reason}` : ''}`,
    );
  return outcomes.every((one) => one.failed === 0) ? 0 : 1;
}

process.exitCode = await main();

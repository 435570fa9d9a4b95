import type { Mutant } from './generate.ts';
import { endTests, runTest, type Shown } from './run-test.ts';
import { compileInto, type Limited, type Product, type Result, tryMutant } from './trial.ts';

export type Task =
  | { readonly kind: 'compile'; readonly product: Product; readonly folder: string }
  | { readonly kind: 'test'; readonly test: Limited; readonly shown: Shown }
  | {
      readonly kind: 'mutant';
      readonly mutant: Mutant;
      readonly products: readonly Product[];
      readonly tests: readonly Limited[];
      readonly shown: Shown;
      readonly baseAbi: string;
    };

export interface Answer {
  readonly tookMs: number;
  /** Of a mutant. */
  readonly result?: Result;
  /** Of a test that failed. */
  readonly failed?: string;
  /** Why it could not be done. */
  readonly error?: string;
}

async function answer(task: Task): Promise<Omit<Answer, 'tookMs'>> {
  switch (task.kind) {
    case 'compile':
      compileInto(task.product, task.folder);
      return {};
    case 'test': {
      const { failed } = await runTest(task.test.file, task.shown, task.test.limitMs);
      return failed === undefined ? {} : { failed };
    }
    case 'mutant':
      return { result: await tryMutant(task.mutant, task.products, task.tests, task.shown, task.baseAbi) };
  }
}

process.on('message', (task: Task) => {
  const startedAtMs = performance.now();
  const say = (answered: Omit<Answer, 'tookMs'>) =>
    process.send!({ ...answered, tookMs: performance.now() - startedAtMs } satisfies Answer);
  answer(task).then(say, (error: unknown) => say({ error: error instanceof Error ? error.message : String(error) }));
});
// Whoever hired this one is gone, or needs it no more.
process.on('disconnect', () => void endTests().then(() => process.exit()));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void endTests().then(() => process.exit()));

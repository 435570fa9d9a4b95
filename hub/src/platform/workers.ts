import type { Piscina } from 'piscina';
import type { Part } from './ports/index.ts';

export interface Workers extends Part {
  /** Calls the module's default export with `input` in a worker thread. Input and result are copied. */
  run<Result>(module: URL, input: unknown): Promise<Result>;
}

/** A bounded pool for work that would hold the main thread; no thread exists before the first use. */
export function createWorkers(maxThreads: number): Workers {
  let pool: Promise<Piscina> | undefined;

  async function open(): Promise<Piscina> {
    const { Piscina } = await import('piscina');
    return new Piscina({ minThreads: 0, maxThreads, idleTimeout: 10_000, maxQueue: 100 });
  }

  return {
    name: 'workers',
    async start() {},
    async run<Result>(module: URL, input: unknown) {
      pool ??= open();
      return (await (await pool).run(input, { filename: module.href })) as Result;
    },
    async stop() {
      await (await pool)?.destroy();
    },
  };
}

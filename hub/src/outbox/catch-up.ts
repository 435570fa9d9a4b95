import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder, writeDurable } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import type { Job, Route } from '../platform/ports/index.ts';

/** What the file says; an empty one is one all the same. */
interface Mark {
  readonly restoredAtMs?: number;
  readonly takenAtMs?: number;
  /** The treasurer let people act again before the chain could be read. */
  readonly releasedAtMs?: number;
}

export type CatchUpState = Mark & { readonly isHolding: boolean };

/**
 * A hub whose store is older than its chain (it was restored): before it sends or acknowledges anything it reads at
 * `finalized` what has landed since. A file says so, so that neither a crash nor a month without a line makes it forget.
 */
export interface CatchUp {
  /** Nothing is sent and nothing goes void. */
  isDue(): boolean;
  /** Nothing that moves money is acknowledged either. */
  isHolding(): boolean;
  /** Undefined when there is nothing to catch up with. */
  state(): CatchUpState | undefined;
  /** The chain's events were read to its finalized head since the start. */
  canRead(): boolean;
  /** People may act again although the chain was not read; sending waits all the same. */
  release(nowMs: number): void;
  done(): void;
}

export function createCatchUp(path: string, canRead: () => boolean, onChange: () => void): CatchUp {
  let mark = existsSync(path) ? readMark(path) : undefined;
  const isHolding = () => mark !== undefined && mark.releasedAtMs === undefined;
  return {
    isDue: () => mark !== undefined,
    isHolding,
    state: () => mark && { ...mark, isHolding: isHolding() },
    canRead,
    release(nowMs) {
      if (!mark) return;
      const released = { ...mark, releasedAtMs: nowMs };
      writeDurable(path, `${JSON.stringify(released)}\n`);
      mark = released;
      onChange();
    },
    done() {
      rmSync(path, { force: true });
      syncFolder(dirname(path));
      mark = undefined;
      onChange();
    },
  };
}

/** A hub that does not know its own money yet acknowledges nothing that moves any: throws `catching_up`. */
export const holdBack =
  ({ isHolding }: CatchUp) =>
  (route: Route): Route =>
    route.movesMoney
      ? {
          ...route,
          handle(request) {
            if (isHolding()) throw fail('catching_up');
            return route.handle(request);
          },
        }
      : route;

/** Nor does anything that moves money fall due by itself. */
export const waitForCatchUp =
  ({ isHolding }: CatchUp) =>
  (job: Job): Job =>
    job.movesMoney ? { ...job, run: async (signal) => (isHolding() ? undefined : job.run(signal)) } : job;

/** What cannot be read is a mark without details: it must not keep the hub from starting, nor let it send. */
function readMark(path: string): Mark {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Mark;
  } catch {
    return {};
  }
}

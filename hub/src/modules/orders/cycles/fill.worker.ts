import { createReader, openReader } from '../../../store/index.ts';
import { type CycleFilled, fillCycle } from './fill.ts';
import { readCycleToFill } from './read-cycle.ts';

export interface FillInput {
  readonly path: string;
  readonly cycleId: string;
}

/** As text: taking over one string holds the main thread far less than ten thousand objects. */
export interface FillOutput {
  readonly revision: number;
  readonly head: string;
  /** Shares by the five hundred. */
  readonly shares: readonly string[];
}

const atOnce = 500;

/** Runs in a worker, over a connection and a view of its own. */
export default function fill({ path, cycleId }: FillInput): FillOutput {
  const db = openReader(path);
  try {
    db.exec('BEGIN');
    const cycle = readCycleToFill(createReader(db), cycleId);
    const { shares, ...rest } = fillCycle(cycle);
    const pages = Array.from({ length: Math.ceil(shares.length / atOnce) }, (_, page) =>
      JSON.stringify(shares.slice(page * atOnce, (page + 1) * atOnce)),
    );
    return {
      revision: cycle.revision,
      head: JSON.stringify(rest satisfies Omit<CycleFilled, 'shares'>),
      shares: pages,
    };
  } finally {
    db.close();
  }
}

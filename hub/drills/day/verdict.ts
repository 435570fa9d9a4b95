import { join } from 'node:path';
import { createReader, openReader } from '../../src/store/index.ts';
import type { Acknowledged } from './ledger.ts';
import { judgeAcknowledged } from './verdict/acknowledged.ts';
import { judgeBooks } from './verdict/books.ts';
import { readChain } from './verdict/chain-record.ts';
import { judgeReadings } from './verdict/readings.ts';
import { judgeSettled } from './verdict/settled.ts';

export interface Verdict {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly acknowledgedLost: number;
  /** There, and never acknowledged: said again after a lost answer, and done again. */
  readonly doneTwice: number;
  /** (order, seat) pairs debited, and deposits minted, more than once. */
  readonly settledTwice: number;
  /** What does not add up in the journal, between holds and lines, between the journal and the chain. */
  readonly unbalanced: number;
  readonly counts: Readonly<Record<string, number>>;
  /** All of them in words. */
  readonly findings: readonly string[];
}

/** Judges a stopped building by its stores and its chain, against what the client was told. */
export async function judge(dir: string, ledger: readonly Acknowledged[]): Promise<Verdict> {
  const chain = await readChain(dir);
  const [store, telemetry] = [openReader(join(dir, 'stoop.db')), openReader(join(dir, 'telemetry.db'))];
  try {
    const actions = judgeAcknowledged(createReader(store), ledger);
    const readings = judgeReadings(createReader(telemetry), ledger);
    const lost = [...actions.lost, ...readings.lost];
    const extra = [...actions.extra, ...readings.extra];
    const twice = judgeSettled(chain);
    const unbalanced = judgeBooks([store, telemetry], chain);
    return {
      acknowledged: ledger.length,
      acknowledgedLost: lost.length,
      doneTwice: extra.length,
      settledTwice: twice.length,
      unbalanced: unbalanced.length,
      counts: {
        ...countsOf(ledger),
        'transactions on chain': chain.transactions,
        'debits on chain': chain.debits.length,
      },
      findings: [
        ...lost.map((what) => `lost: ${what}`),
        ...extra.map((what) => `done without an acknowledgement: ${what}`),
        ...twice.map((what) => `settled twice: ${what}`),
        ...unbalanced.map((what) => `unbalanced: ${what}`),
      ],
    };
  } finally {
    store.close();
    telemetry.close();
  }
}

function countsOf(ledger: readonly Acknowledged[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { what } of ledger) counts[`acknowledged: ${what}`] = (counts[`acknowledged: ${what}`] ?? 0) + 1;
  return counts;
}

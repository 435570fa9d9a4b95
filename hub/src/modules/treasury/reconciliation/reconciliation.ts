import { checkBooks } from '../../../journal/index.ts';
import { type Job, type Reader, type Reads, type Store, system } from '../../../platform/ports/index.ts';
import { putComparison } from './comparisons.store.ts';
import { type Figures, readFigures } from './figures.store.ts';
import { type ChainFigures, driftOf, type Pair, reconcile } from './reconcile.ts';
import type { Reconciliation } from './reconciliation.schema.ts';

export interface ReconciliationDeps {
  readonly store: Store;
  readonly reads: () => Reads | undefined;
  /** Why the chain cannot be read, or undefined. */
  readonly unavailable: () => Promise<string | undefined>;
  /** The watcher has taken in every final block. */
  readonly hasReadAll: () => boolean;
  readonly nowMs: () => number;
  readonly orderTitle: (reader: Reader, id: string) => string | undefined;
  /** Raises or clears the alarm. */
  readonly tellDrift: (message: string | undefined) => void;
}

async function readChain(reads: Reads, { unminted }: Figures): Promise<ChainFigures> {
  const of = (fn: string) => reads.read<bigint>({ contract: 'FoodUSD', fn, args: [] }, 'finalized').then(Number);
  const leaving = unminted.filter(({ state }) => state === 'sent' || state === 'landed');
  const [supplyMicros, reserveMicros, ...minted] = await Promise.all([
    of('totalSupply'),
    of('attestedReserve'),
    ...leaving.map(({ depositRef, micros }) =>
      reads
        .read<boolean>({ contract: 'FoodUSD', fn: 'isMinted', args: [depositRef] }, 'finalized')
        .then((isMinted) => (isMinted ? micros : 0)),
    ),
  ]);
  return { supplyMicros, reserveMicros, mintedMicros: minted.reduce((sum, micros) => sum + micros, 0) };
}

/** Bank, chain, journal and invoices beside one another, with the cause of every difference. */
export async function reconciliationNow(deps: ReconciliationDeps): Promise<Reconciliation> {
  const { store } = deps;
  const reads = (await deps.unavailable()) === undefined ? deps.reads() : undefined;
  const { figures, wrongBooks } = store.read((reader) => ({
    figures: readFigures(reader),
    wrongBooks: checkBooks(reader),
  }));
  const chain = reads && (await readChain(reads, figures));
  const pairs = reconcile(figures, chain);
  const titles = store.read((reader) => {
    const ids = pairs.flatMap(({ causes }) => causes.flatMap(({ subjectId }) => subjectId ?? []));
    return new Map(ids.map((id) => [id, deps.orderTitle(reader, id)]));
  });
  const right = (id: Pair['id']) => pairs.find((one) => one.id === id);
  return {
    atMs: deps.nowMs(),
    sums: {
      bankMicros: figures.bank.balanceMicros,
      cashMicros: figures.till.nowMicros,
      moneyOrdersMicros: figures.moneyOrdersMicros,
      onTheWayMicros: figures.onTheWay.cash + figures.onTheWay['money-order'],
      journalMicros: right('bank-journal')!.rightMicros,
      clearingMicros: right('clearing-invoices')!.leftMicros,
      unpaidMicros: right('clearing-invoices')!.rightMicros,
      supplyMicros: chain?.supplyMicros,
      reserveMicros: chain?.reserveMicros,
    },
    pairs: pairs.map((one) => ({
      ...one,
      causes: one.causes.map((cause) => ({
        ...cause,
        title: cause.subjectId === undefined ? undefined : titles.get(cause.subjectId),
      })),
    })),
    wrongBooks,
    isChainRead: chain !== undefined,
    isQuiet: figures.inFlight === 0 && deps.hasReadAll(),
  };
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/**
 * Keeps the day's comparison, the last of its day, and raises the alarm on what nothing explains until it is gone. What
 * is on its way between two reads is not drift: then the next run decides.
 */
export function comparisonJob(deps: ReconciliationDeps): Job {
  return {
    name: 'treasury.compare',
    async run() {
      const now = await reconciliationNow(deps);
      const driftMicros = now.isChainRead ? driftOf(now.pairs) : undefined;
      await deps.store.act({ name: 'treasury.compare', actor: system('treasury') }, (tx) => {
        putComparison(tx, dayOf(tx.nowMs), driftMicros, now);
        tx.audit({ driftMicros: driftMicros ?? null });
      });
      if (driftMicros === undefined || (driftMicros > 0 && !now.isQuiet)) return;
      const off = now.pairs.filter(({ unexplainedMicros }) => unexplainedMicros !== 0);
      const words = off.map(({ id, unexplainedMicros }) => `${id}: ${unexplainedMicros} micro-units unexplained`);
      deps.tellDrift(words.length > 0 ? words.join('; ') : undefined);
    },
  };
}

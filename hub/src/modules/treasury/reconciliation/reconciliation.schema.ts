import type { Pair } from './reconcile.ts';

export interface Reconciliation {
  readonly atMs: number;
  readonly sums: {
    readonly bankMicros: number;
    readonly cashMicros: number;
    readonly moneyOrdersMicros: number;
    readonly onTheWayMicros: number;
    readonly journalMicros: number;
    readonly clearingMicros: number;
    readonly unpaidMicros: number;
    readonly supplyMicros?: number;
    readonly reserveMicros?: number;
  };
  readonly pairs: readonly (Omit<Pair, 'causes'> & {
    readonly causes: readonly (Pair['causes'][number] & { readonly title?: string })[];
  })[];
  /** The journal with itself: movements that do not balance, balances that do not follow from them. */
  readonly wrongBooks: readonly string[];
  readonly isChainRead: boolean;
  /** Nothing was on its way while it was read: what is unexplained then is drift. */
  readonly isQuiet: boolean;
}

/** The last comparison of a day. */
export interface Comparison {
  readonly day: string;
  readonly atMs: number;
  /** Left out while the chain could not be read. */
  readonly driftMicros?: number;
  readonly figures: Reconciliation;
}

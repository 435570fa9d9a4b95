import { factsOf, type GoodRow, rowOf } from '../good-row.ts';
import type { GoodFacts } from '../goods.schema.ts';
import type { Difference, PriceRow } from './price-files.schema.ts';

/** A row of the list as it holds now. */
export interface HeldRow extends GoodRow {
  readonly id: string;
  readonly revision: number;
}

/** A row of the next edition of the list. */
export interface NextRow extends GoodRow {
  readonly id: string;
  readonly revision: number;
  readonly difference: Difference;
  readonly fileRow: number | null;
  readonly beforeMicros: number | null;
  readonly movedPermille: number | null;
  /** The price moved further than may pass by itself. */
  readonly isStopped: 0 | 1;
}

export interface Differences {
  readonly next: NextRow[];
  readonly unchangedCount: number;
}

/**
 * What a price file changes. Articles meet by the supplier's number, or else by GTIN; what the file does not say stays as it
 * is. With `isWhole` goods that have a number and are not in the file go out. Goods without any number are left alone.
 */
export function differencesOf(
  held: readonly HeldRow[],
  rows: readonly PriceRow[],
  rule: { readonly isWhole: boolean; readonly stopPermille: number; readonly newId: () => string },
): Differences {
  const bySku = new Map(held.flatMap((row) => (row.sku === null ? [] : [[row.sku, row] as const])));
  const byGtin = new Map(
    held.flatMap((row) => (row.sku === null && row.gtin !== null ? [[row.gtin, row] as const] : [])),
  );
  const met = new Set<string>();
  const next: NextRow[] = [];
  let unchangedCount = 0;
  for (const { row: fileRow, ...said } of rows) {
    const before = bySku.get(said.sku) ?? (said.gtin === undefined ? undefined : byGtin.get(said.gtin));
    if (!before || met.has(before.id)) {
      const isNew = { difference: 'new', beforeMicros: null, movedPermille: null, isStopped: 0 } as const;
      next.push({
        ...rowOf({ unit: 'piece', unitsPerCase: 1, ...told(said) }),
        id: rule.newId(),
        revision: 1,
        fileRow,
        ...isNew,
      });
      continue;
    }
    met.add(before.id);
    const after = rowOf(merged(factsOf(before), said));
    if (isSame(before, after)) unchangedCount++;
    else
      next.push({
        ...after,
        ...moveOf(before, after, rule.stopPermille),
        id: before.id,
        revision: before.revision + 1,
        fileRow,
      });
  }
  if (rule.isWhole) {
    for (const row of held) {
      if (row.sku === null || met.has(row.id) || row.status !== 'on-sale') continue;
      const isMissing = { difference: 'missing', beforeMicros: null, movedPermille: null, isStopped: 0 } as const;
      next.push({ ...row, status: 'out', revision: row.revision + 1, fileRow: null, ...isMissing });
    }
  }
  return { next, unchangedCount };
}

type Said = Omit<PriceRow, 'row'>;
const told = (said: Said): Said =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Said;

/** Retired goods stay retired; tiers that a new price undercuts fall away. */
function merged(before: GoodFacts, said: Said): GoodFacts {
  const facts: GoodFacts = { ...before, ...told(said) };
  return {
    ...facts,
    status: before.status === 'retired' ? 'retired' : facts.status,
    tiers: facts.tiers?.filter(({ unitPriceMicros }) => unitPriceMicros < facts.unitPriceMicros),
  };
}

function isSame(before: GoodRow, after: GoodRow): boolean {
  return (Object.keys(after) as (keyof GoodRow)[]).every((key) => before[key] === after[key]);
}

function moveOf(before: GoodRow, after: GoodRow, stopPermille: number) {
  const [from, to] = [before.unitPriceMicros, after.unitPriceMicros];
  if (from === to) return { difference: 'changed', beforeMicros: null, movedPermille: null, isStopped: 0 } as const;
  const movedPermille = Math.round(((to - from) * 1000) / from);
  const isStopped = Math.abs(to - from) * 1000 > from * stopPermille ? 1 : 0;
  return { difference: 'price', beforeMicros: from, movedPermille, isStopped } as const;
}

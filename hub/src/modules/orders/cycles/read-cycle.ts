import type { Reader } from '../../../platform/ports/index.ts';
import type { Claim } from '../case-fill/claim.ts';
import { rowsOf } from '../case-fill/claim-rows.ts';
import { articlesOf } from './article.store.ts';
import { type ClaimChange, changesOf } from './claims.store.ts';
import { type CycleRow, findCycle, minimumsOf } from './cycle.store.ts';
import { servedShares } from './fill.store.ts';
import type { CycleToFill } from './fill.ts';

/** Who got least is asked of so many cycles past. */
const cyclesBack = 6;

/** Goods are only for whom money stands behind. */
const setAside = `SELECT o.supplier_id AS supplierId, l.seat FROM orders o JOIN order_lines l ON l.order_id = o.id
  WHERE o.cycle_id = @cycleId AND l.state IN ('set-aside', 'charged')`;

/** By so much a missed minimum puts the end off. */
export const extensionMs = 7 * 24 * 60 * 60 * 1000;

/** Once, and within what members have signed for; who misses a minimum then is left out. */
export const mayBeExtended = ({ extended, pickupToMs, lastOrderAtMs }: CycleRow): boolean =>
  extended === 0 && lastOrderAtMs !== null && pickupToMs + 2 * extensionMs <= lastOrderAtMs;

/** Everything that a fill of the cycle depends on, in one view of the store. */
export function readCycleToFill(reader: Reader, cycleId: string): CycleToFill {
  const cycle = findCycle(reader, cycleId)!;
  const { revision, policy, markupBasisPoints, rowId } = cycle;
  const byArticle = Map.groupBy(changesOf(reader, rowId), ({ articleId }) => articleId);
  const served = policy === 'least-served' ? servedShares(reader, rowId, cyclesBack) : new Map<number, number>();
  const funded = new Set(
    reader
      .prepare(setAside)
      .all<{ supplierId: string; seat: number }>({ cycleId: rowId })
      .map(({ supplierId, seat }) => `${supplierId} ${seat}`),
  );
  return {
    revision,
    policy,
    markupBasisPoints,
    ifMissed: cycle.ifMissed === 'extend' && !mayBeExtended(cycle) ? 'cancel' : cycle.ifMissed,
    minimumMicros: minimumsOf(reader, rowId),
    articles: articlesOf(reader, rowId).map((article) => ({
      ...article,
      id: article.rowId,
      claims: claimsFrom(byArticle.get(article.rowId) ?? [], served).filter(({ seat }) =>
        funded.has(`${article.supplierId} ${seat}`),
      ),
    })),
  };
}

function claimsFrom(changes: readonly ClaimChange[], served: ReadonlyMap<number, number>): Claim[] {
  return [...Map.groupBy(changes, ({ seat }) => seat)].flatMap(([seat, own]) => {
    const { atLeast, want, upTo } = own.at(-1)!;
    if (upTo === 0) return [];
    const rows = rowsOf(
      own.map((change) => ({ place: change.place, want: change.want, more: change.upTo - change.want })),
    );
    return [{ seat, atLeast, want, upTo, rows, servedShare: served.get(seat) ?? 1 }];
  });
}

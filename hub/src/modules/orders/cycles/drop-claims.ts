import type { SeatNumber, Tx } from '../../../platform/ports/index.ts';
import type { OrderRow } from '../orders.store.ts';
import { articlesOf } from './article.store.ts';
import { claimsOf, putClaim, touchBasket } from './claims.store.ts';
import { cycleAt, setFill, touchCycle } from './cycle.store.ts';
import { noWish } from './last-call.ts';

/** No money stands behind these wishes any more: they end, with why, and what was filled with them counts no longer. */
export function dropClaims(tx: Tx, order: OrderRow, seat: SeatNumber, reason: string): void {
  const cycleId = order.cycleRowId!;
  const ofSupplier = new Set(
    articlesOf(tx, cycleId)
      .filter(({ supplierId }) => supplierId === order.supplierId)
      .map(({ rowId }) => rowId),
  );
  for (const { articleId } of claimsOf(tx, cycleId, seat)) {
    if (ofSupplier.has(articleId)) putClaim(tx, cycleId, seat, { articleId, ...noWish }, reason);
  }
  touchBasket(tx, cycleId, seat);
  setFill(tx, cycleId, null);
  touchCycle(tx, cycleAt(tx, cycleId));
}

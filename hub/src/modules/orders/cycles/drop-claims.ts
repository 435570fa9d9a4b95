import type { SeatNumber, Tx } from '../../../platform/ports/index.ts';
import type { OrderRow } from '../orders.store.ts';
import { articlesAt } from './article.store.ts';
import { claimsOf, putClaim, touchBasket } from './claims.store.ts';
import { cycleAt, setFill, touchCycle } from './cycle.store.ts';
import { noWish } from './last-call.ts';

/** No money stands behind these wishes any more: they end, with why, and what was filled with them counts no longer. */
export function dropClaims(tx: Tx, order: OrderRow, seat: SeatNumber, reason: string): void {
  const cycleId = order.cycleRowId!;
  const claims = claimsOf(tx, cycleId, seat);
  const articles = articlesAt(
    tx,
    claims.map(({ articleId }) => articleId),
  );
  for (const { articleId } of claims) {
    if (articles.get(articleId)?.supplierId !== order.supplierId) continue;
    putClaim(tx, cycleId, seat, { articleId, ...noWish }, reason);
  }
  touchBasket(tx, cycleId, seat);
  setFill(tx, cycleId, null);
  touchCycle(tx, cycleAt(tx, cycleId));
}

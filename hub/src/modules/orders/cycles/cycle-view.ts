import { fail } from '../../../platform/errors.ts';
import type { Actor, Reader, SeatNumber } from '../../../platform/ports/index.ts';
import { recordOfLine } from '../order-view.ts';
import { findLine } from '../orders.store.ts';
import { type ArticleRow, articlePage, articlesAt, suppliersOf } from './article.store.ts';
import { basketRevision, claimingSeats, claimsOf, poolOf } from './claims.store.ts';
import { type CycleRow, findCycle, minimumsOf, stepsOf } from './cycle.store.ts';
import { cycleOrders } from './cycle-orders.ts';
import type { Cycle, CycleArticle, CycleFill, CycleStep, MyBasket, MyShare } from './cycles.schema.ts';
import { filledArticles, filledSuppliers, fillRevision, sharesOf } from './fill.store.ts';
import { progressOf } from './progress.ts';

/** The cycle; a draft only for coordinators. Throws `not_found`. */
export function visibleCycle(reader: Reader, actor: Actor, id: string): CycleRow {
  const cycle = findCycle(reader, id);
  if (!cycle || (cycle.state === 'draft' && !actor.roles.includes('coordinator'))) {
    throw fail('not_found', { noun: 'cycle' });
  }
  return cycle;
}

export function cycleView(reader: Reader, cycle: CycleRow, actor: Actor): Cycle {
  const { rowId, id, revision, title, state, policy, setsAside, ifMissed } = cycle;
  const minimums = minimumsOf(reader, rowId);
  return {
    id,
    revision,
    title,
    titleEs: cycle.titleEs ?? undefined,
    state,
    lastCallAtMs: cycle.lastCallAtMs,
    closesAtMs: cycle.closesAtMs,
    pickupFromMs: cycle.pickupFromMs,
    pickupToMs: cycle.pickupToMs,
    policy,
    setsAside,
    creditLimitMicros: cycle.creditLimitMicros,
    ifMissed,
    markupBasisPoints: cycle.markupBasisPoints,
    suppliers: suppliersOf(reader, rowId).map(({ nameEs, ...supplier }) => ({
      ...supplier,
      nameEs: nameEs ?? undefined,
      minimumMicros: minimums.get(supplier.supplierId) ?? 0,
    })),
    memberCount: claimingSeats(reader, rowId),
    isMine: actor.seat === undefined ? undefined : actor.seat === cycle.coordinatorSeat,
  };
}

export function articlesView(
  reader: Reader,
  cycle: CycleRow,
  query: { supplier?: string; after?: string; limit: number },
): CycleArticle[] {
  const { supplier: supplierId, after, limit } = query;
  return articlePage(reader, cycle.rowId, { supplierId, after, limit }).map((article) => articleView(reader, article));
}

function articleView(reader: Reader, { rowId, titleEs, picture, ...article }: ArticleRow): CycleArticle {
  const { count, ...pool } = poolOf(reader, rowId);
  const { cases, missing, unitPriceMicros, next } = progressOf(article, pool);
  return {
    ...article,
    titleEs: titleEs ?? undefined,
    picture: picture ?? undefined,
    progress: {
      wantedUnits: pool.want,
      toleratedUnits: pool.more,
      memberCount: count,
      cases,
      missing,
      unitPriceMicros,
      next,
    },
  };
}

export function basketView(reader: Reader, cycle: CycleRow, seat: SeatNumber): MyBasket {
  const claims = claimsOf(reader, cycle.rowId, seat);
  const articles = articlesAt(
    reader,
    claims.map(({ articleId }) => articleId),
  );
  return {
    cycleId: cycle.id,
    revision: basketRevision(reader, cycle.rowId, seat),
    items: claims.map(({ articleId, ...wish }) => ({
      articleId: articles.get(articleId)!.id,
      ...wish,
    })),
    lines: cycleOrders(reader, cycle).flatMap((order) => {
      const line = findLine(reader, order.rowId, seat);
      if (!line || line.state === 'left') return [];
      const { amountMicros, maxMicros, state, reason } = line;
      const record = recordOfLine(reader, line);
      return [{ supplierId: order.supplierId, amountMicros, maxMicros, state, reason: reason ?? undefined, record }];
    }),
  };
}

/** What the member gets and why, by article; nothing before the cases are filled. */
export const sharesView = (
  reader: Reader,
  { fillId }: CycleRow,
  seat: SeatNumber,
  query: { after?: string; limit: number },
): MyShare[] => (fillId === null ? [] : sharesOf(reader, fillId, seat, query));

/** What was filled, for the coordinator to look at before they sign. Throws `not_found` before there is any. */
export function fillView(reader: Reader, { fillId }: CycleRow, query: { after?: string; limit: number }): CycleFill {
  if (fillId === null) throw fail('not_found', { noun: 'filling' });
  return {
    revision: fillRevision(reader, fillId)!,
    suppliers: filledSuppliers(reader, fillId).map((row) => ({
      ...row,
      isMissed: row.isMissed === 1,
      isSent: row.isSent === 1,
    })),
    articles: filledArticles(reader, fillId, query).map((row) => ({ ...row, isMissed: row.isMissed === 1 })),
  };
}

export const stepsView = (reader: Reader, { rowId }: CycleRow): CycleStep[] =>
  stepsOf(reader, rowId).map(({ fromState, toState, bySeat, reason, atMs }) => ({
    fromState: fromState ?? undefined,
    toState,
    bySeat: bySeat ?? undefined,
    reason: reason ?? undefined,
    atMs,
  }));

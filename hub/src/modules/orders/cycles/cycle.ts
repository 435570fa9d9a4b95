import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../../platform/errors.ts';
import type { Tx } from '../../../platform/ports/index.ts';
import { findGood, findSupplier } from '../../suppliers/index.ts';
import type { Tier } from '../case-fill/tiers.ts';
import type { Intention, OrdersDeps } from '../orders.ts';
import { articleCount, hasGood, insertArticle, removeArticle } from './article.store.ts';
import {
  type CycleRow,
  findCycle,
  insertCycle,
  minimumsOf,
  noteStep,
  setMinimum,
  touchCycle,
  updateCycle,
} from './cycle.store.ts';
import type { NewArticle, NewCycle } from './cycles.schema.ts';

const articlesMax = 5000;
const longestMs = 366 * 24 * 60 * 60 * 1000;

/** Opens a draft that only coordinators see. Answers its id. Throws `bad_request` naming the field. */
export function createCycle(
  { store }: OrdersDeps,
  { actor, idempotencyKey }: Intention,
  cycle: NewCycle,
): Promise<string> {
  return store.act({ name: 'cycle.create', actor, idempotencyKey, body: cycle }, (tx) => {
    checkTimes(tx.nowMs, cycle);
    const id = uuidv7();
    const rowId = insertCycle(tx, { ...cycle, id, coordinatorSeat: actor.seat });
    noteStep(tx, rowId, null, 'draft');
    tx.changed('cycle', id, 1);
    tx.audit({ cycle: id });
    return id;
  });
}

/** Says a draft anew. Throws `cycle_step` once it has opened: members have signed for what they saw. */
export function editCycle(deps: OrdersDeps, intention: Intention, cycleId: string, cycle: NewCycle): Promise<void> {
  return inDraft(deps, intention, 'cycle.edit', cycleId, cycle, (tx, { rowId }) => {
    checkTimes(tx.nowMs, cycle);
    updateCycle(tx, rowId, cycle);
  });
}

/** Offers a good, frozen as it is now; a supplier's first one brings the minimum along. Throws `not_found`, `already_exists`, `bad_request` naming the field. */
export function addArticle(
  deps: OrdersDeps,
  intention: Intention,
  cycleId: string,
  article: NewArticle,
): Promise<string> {
  return inDraft(deps, intention, 'cycle.add-article', cycleId, article, (tx, cycle) => {
    const good = findGood(tx, article.goodId);
    if (!good || good.status === 'retired') throw fail('not_found', { noun: 'good' });
    if (hasGood(tx, cycle.rowId, good.id)) throw fail('already_exists', { field: 'goodId' });
    if (articleCount(tx, cycle.rowId) >= articlesMax) {
      throw fail('bad_request', { field: 'goodId', rule: `a cycle has at most ${articlesMax} articles` });
    }
    const said = { ...good, ...article };
    const { minCases = 0, maxCases } = said;
    if (maxCases !== undefined && maxCases < minCases) {
      throw fail('bad_request', { field: 'maxCases', rule: 'must not be less than minCases' });
    }
    const minimumMicros = findSupplier(tx, good.supplierId)?.minimumMicros;
    if (minimumMicros !== undefined && !minimumsOf(tx, cycle.rowId).has(good.supplierId)) {
      setMinimum(tx, cycle.rowId, good.supplierId, minimumMicros);
    }
    const id = uuidv7();
    insertArticle(tx, cycle.rowId, {
      id,
      supplierId: good.supplierId,
      goodId: good.id,
      title: good.title,
      titleEs: good.titleEs ?? null,
      picture: good.picture ?? null,
      unit: good.unit,
      unitsPerCase: good.unitsPerCase,
      tiers: tiersFrom(good.unitPriceMicros, said.tiers ?? []),
      depositMicros: said.depositMicros ?? 0,
      taxPpm: said.taxPpm ?? 0,
      minCases,
      maxCases,
      stockMaxUnits: said.stockMaxUnits ?? 0,
    });
    return id;
  });
}

export function dropArticle(deps: OrdersDeps, intention: Intention, cycleId: string, articleId: string): Promise<void> {
  return inDraft(deps, intention, 'cycle.drop-article', cycleId, { articleId }, (tx, { rowId }) => {
    if (!removeArticle(tx, rowId, articleId)) throw fail('not_found', { noun: 'article' });
  });
}

/** What the supplier wants to be ordered for at least, without deposits. */
export function putMinimum(
  deps: OrdersDeps,
  intention: Intention,
  cycleId: string,
  supplierId: string,
  minimumMicros: number,
): Promise<void> {
  return inDraft(deps, intention, 'cycle.set-minimum', cycleId, { supplierId, minimumMicros }, (tx, { rowId }) => {
    if (!findSupplier(tx, supplierId)) throw fail('not_found', { noun: 'supplier' });
    setMinimum(tx, rowId, supplierId, minimumMicros);
  });
}

function inDraft<T>(
  { store }: OrdersDeps,
  { actor, idempotencyKey }: Intention,
  name: string,
  cycleId: string,
  body: object,
  work: (tx: Tx, cycle: CycleRow) => T,
): Promise<T> {
  return store.act({ name, actor, idempotencyKey, body: { cycleId, ...body } }, (tx) => {
    const cycle = findCycle(tx, cycleId);
    if (!cycle) throw fail('not_found', { noun: 'cycle' });
    if (cycle.state !== 'draft') throw fail('cycle_step', { state: cycle.state, to: 'draft' });
    const done = work(tx, cycle);
    touchCycle(tx, cycle);
    tx.audit({ cycle: cycleId });
    return done;
  });
}

type Times = Pick<NewCycle, 'lastCallAtMs' | 'closesAtMs' | 'pickupFromMs' | 'pickupToMs'>;

function checkTimes(nowMs: number, times: Times): void {
  const order = ['lastCallAtMs', 'closesAtMs', 'pickupFromMs', 'pickupToMs'] as const;
  for (const [index, field] of order.entries()) {
    const before = order[index - 1];
    if (before && times[field] < times[before])
      throw fail('bad_request', { field, rule: `must not be before ${before}` });
  }
  if (times.lastCallAtMs <= nowMs) throw fail('bad_request', { field: 'lastCallAtMs', rule: 'must be in the future' });
  if (times.pickupToMs - nowMs > longestMs) {
    throw fail('bad_request', { field: 'pickupToMs', rule: 'must be within one year' });
  }
}

/** From 0 on the price of one, then the given tiers. Throws `bad_request` unless units rise and prices fall. */
function tiersFrom(unitPriceMicros: number, more: readonly Tier[]): Tier[] {
  const tiers = [{ fromUnits: 0, unitPriceMicros }, ...more];
  for (const [index, tier] of more.entries()) {
    const before = tiers[index]!;
    if (tier.fromUnits <= before.fromUnits) {
      throw fail('bad_request', { field: `tiers.${index}.fromUnits`, rule: 'must rise' });
    }
    if (tier.unitPriceMicros >= before.unitPriceMicros) {
      throw fail('bad_request', { field: `tiers.${index}.unitPriceMicros`, rule: 'must fall' });
    }
  }
  return tiers;
}

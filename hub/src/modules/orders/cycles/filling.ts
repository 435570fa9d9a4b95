import { fail } from '../../../platform/errors.ts';
import type { Actor } from '../../../platform/ports/index.ts';
import type { Workers } from '../../../platform/workers.ts';
import type { Intention, OrdersDeps } from '../orders.ts';
import { type CycleRow, cycleAt, findCycle, setFill, takeStep, touchCycle } from './cycle.store.ts';
import {
  dropFill,
  fillsOf,
  insertFill,
  insertFilledArticles,
  insertFilledShares,
  insertFilledSupplier,
} from './fill.store.ts';
import type { CycleFilled, FilledShare } from './fill.ts';
import type { FillInput, FillOutput } from './fill.worker.ts';
import { setAsidePromises } from './promises.ts';
import { extensionMs, mayBeExtended } from './read-cycle.ts';
import { putOff } from './steps.ts';
import { takeBackOrders } from './way-back.ts';

export interface FillDeps extends OrdersDeps {
  readonly workers: Workers;
  readonly storePath: string;
}

const fillModule = new URL('./fill.worker.ts', import.meta.url);

const rowsAtOnce = 500;

/**
 * Fills the cases of a closed cycle in a worker and keeps what came out. Answers `extended` when a minimum was missed and
 * the cycle goes on for another week. Throws `cycle_step` unless it is closed, `conflict` when a wish changed meanwhile.
 */
export async function fillCycleNow(
  deps: FillDeps,
  { actor }: Pick<Intention, 'actor'>,
  cycleId: string,
): Promise<'filled' | 'extended'> {
  const { store } = deps;
  await setAsidePromises(deps);
  const cycle = store.read((reader) => closedCycle(findCycle(reader, cycleId)));
  // What a cut closing has charged by now may come out otherwise.
  await takeBackOrders(deps, actor, cycle, 'cut');
  const input: FillInput = { path: deps.storePath, cycleId };
  const { revision, head, shares } = await deps.workers.run<FillOutput>(fillModule, input);
  const filled = JSON.parse(head) as Omit<CycleFilled, 'shares'>;
  const isMissed = [...filled.articles, ...filled.suppliers].some((one) => one.isMissed);
  if (isMissed && cycle.ifMissed === 'extend' && mayBeExtended(cycle)) {
    await extend(deps, actor, cycle, revision);
    return 'extended';
  }
  const fillId = await keepShares(deps, actor, cycle, revision, filled, shares);
  // Without the caller's key: asked again, the cases are filled again, and nobody is worse off.
  await store.act({ name: 'cycle.fill', actor }, (tx) => {
    const now = closedCycle(cycleAt(tx, cycle.rowId));
    if (now.revision !== revision) throw fail('conflict', { noun: 'cycle' });
    setFill(tx, now.rowId, fillId);
    touchCycle(tx, now);
    tx.audit({ cycle: cycleId, articles: filled.articles.length });
  });
  return 'filled';
}

function closedCycle(cycle: CycleRow | undefined): CycleRow {
  if (!cycle) throw fail('not_found', { noun: 'cycle' });
  if (cycle.state !== 'closed') throw fail('cycle_step', { state: cycle.state, to: 'ordered' });
  return cycle;
}

/** Some hundred rows in a unit of work; they count for nothing before the cycle names the fill. */
async function keepShares(
  { store }: FillDeps,
  actor: Actor,
  { rowId }: CycleRow,
  revision: number,
  { articles, suppliers }: Omit<CycleFilled, 'shares'>,
  shares: readonly string[],
): Promise<number> {
  const earlier = store.read((reader) => fillsOf(reader, rowId));
  for (const fillId of earlier) {
    let left = true;
    while (left) {
      left = await store.act({ name: 'cycle.drop-fill', actor }, (tx) => {
        setFill(tx, rowId, null);
        return dropFill(tx, fillId, rowsAtOnce);
      });
    }
  }
  const fillId = await store.act({ name: 'cycle.begin-fill', actor }, (tx) => insertFill(tx, rowId, revision));
  for (const supplier of suppliers) {
    await store.act({ name: 'cycle.keep-fill', actor }, (tx) => insertFilledSupplier(tx, fillId, supplier));
  }
  for (let from = 0; from < articles.length; from += rowsAtOnce) {
    const page = articles.slice(from, from + rowsAtOnce);
    await store.act({ name: 'cycle.keep-fill', actor }, (tx) => insertFilledArticles(tx, fillId, page));
  }
  for (const page of shares) {
    const rows = JSON.parse(page) as FilledShare[];
    await store.act({ name: 'cycle.keep-fill', actor }, (tx) => insertFilledShares(tx, fillId, rows));
  }
  return fillId;
}

async function extend({ store }: FillDeps, actor: Actor, cycle: CycleRow, revision: number): Promise<void> {
  await store.act({ name: 'cycle.extend', actor }, (tx) => {
    const now = closedCycle(cycleAt(tx, cycle.rowId));
    if (now.revision !== revision) throw fail('conflict', { noun: 'cycle' });
    const closesAtMs = Math.max(tx.nowMs, now.closesAtMs) + extensionMs;
    const lastCallAtMs = Math.max(tx.nowMs, now.lastCallAtMs) + extensionMs;
    putOff(tx, now, { lastCallAtMs: Math.min(lastCallAtMs, closesAtMs), closesAtMs }, now.extended + 1);
    takeStep(tx, now, 'open', 'minimum_missed');
    touchCycle(tx, now);
    tx.audit({ cycle: cycle.id });
  });
}

import { setImmediate as breathe } from 'node:timers/promises';
import type { Carrier, Intent, Lane, Readiness, Store } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { seatsUnderWay } from './attempts.store.ts';
import { type Due, dueOf, untriedOf } from './due.store.ts';
import type { Groups } from './groups.ts';
import { findIntent, intentsOfRows, noteReason } from './intents.store.ts';
import { notLandedOf, voidIntents } from './reconcile.ts';

const actor = system('outbox');
/** Looked at before one sending: more would ask the outside thousands of questions each few seconds. */
const lookedAtMax = 500;
/**
 * What a lane is asked about at once: its verdicts may depend on each other (what a reserve still covers), so a batch
 * is never put together from two askings. A group is never split.
 */
const leastWindow = 100;

export interface Batch {
  readonly items: readonly Intent[];
  /** The treasurer pressed for some of it. */
  readonly isUrged: boolean;
}

export interface Selection {
  readonly store: Store;
  readonly lane: Lane;
  readonly carrier: Carrier;
  readonly groups: Groups;
  readonly nowMs: number;
  readonly waitMs: number;
  /** The carrier's other lanes that come before this one. */
  readonly lanesBefore: readonly string[];
  /** What others that have to leave wait for; what this lane's items turn out to wait for is added, by lane. */
  readonly pressed: Map<string, Set<number>>;
  /** Not tried again in this round. */
  readonly setAside: Set<string>;
  readonly isUrgedOnly: boolean;
  /** Only looks: nothing is noted or voided. */
  readonly isDry?: boolean;
  /** Where the last look ended when nothing was ready up to there. */
  readonly from: { place: number };
}

/**
 * The next batch: whole groups that are ready, what has to leave first. A group waits while something of one of its
 * seats is under way, or while an earlier item of the seat in a lane before this one has not been looked at.
 */
export async function nextBatch(selection: Selection): Promise<Batch> {
  const { store, lane, carrier } = selection;
  const groups = await freeGroups(selection);
  const windowSize = Math.max(leastWindow, 2 * lane.policy.batchMax);
  if (selection.from.place >= groups.length) selection.from.place = 0;
  let place = selection.from.place;
  for (let lookedAt = 0; place < groups.length && lookedAt < lookedAtMax; await breathe()) {
    const window: Due[] = [];
    while (place < groups.length && (window.length === 0 || window.length + groups[place]!.length <= windowSize))
      window.push(...groups[place++]!);
    lookedAt += window.length;
    const rows = window.map(({ rowId }) => rowId);
    const items = store.read((reader) => intentsOfRows(reader, rows));
    const open = items.filter((intent) => intent.state === 'queued' && !selection.setAside.has(intent.id));
    const ready = await readyOf(selection, open);
    if (ready.length === 0) continue;
    selection.from.place = 0;
    const urged = new Set(items.filter((_, index) => window[index]!.isUrged).map(({ id }) => id));
    const batch = wholeGroups(ready, lane);
    return { items: batch, isUrged: batch.some(({ id }) => urged.has(id)) };
  }
  // Nothing ready so far: the next look goes on behind it, so that nobody waits behind five hundred who cannot go.
  selection.from.place = place < groups.length ? place : 0;
  return { items: [], isUrged: false };

  async function readyOf(what: Selection, items: readonly Intent[]): Promise<Intent[]> {
    if (items.length === 0) return [];
    const open = what.isDry ? items : await notLandedOf(store, lane, carrier, items);
    if (open.length === 0) return [];
    const verdicts = await lane.preflight(open, carrier.reads);
    if (!what.isDry) await noteVerdicts(store, lane, open, verdicts);
    return open.filter((_, index) => verdicts[index]!.verdict === 'ready');
  }
}

/** As many groups as fit; the first always does. */
function wholeGroups(ready: readonly Intent[], lane: Lane): Intent[] {
  const batch: Intent[] = [];
  for (const group of Map.groupBy(ready, (intent) => lane.groupOf(intent)).values()) {
    if (batch.length > 0 && batch.length + group.length > lane.policy.batchMax) break;
    batch.push(...group);
  }
  return batch;
}

async function freeGroups(selection: Selection): Promise<Due[][]> {
  const { store, lane, carrier, lanesBefore, nowMs, waitMs, pressed } = selection;
  const sender = (await carrier.sender?.()) ?? '';
  const query = { lane: lane.name, carrier: carrier.name, nowMs, waitMs };
  const found = store.read((reader) => ({
    due: dueOf(reader, query, pressed.get(lane.name) ?? new Set()),
    busySeats: seatsUnderWay(reader, carrier.name, sender),
    before: Map.groupBy(untriedOf(reader, lanesBefore, nowMs), ({ seat }) => seat),
  }));
  const due = selection.isUrgedOnly ? found.due.filter((item) => item.isUrged) : found.due;
  const groups = await selection.groups.of(due, (work) => store.read(work));
  const isHeld = ({ seat, rowId }: Due): boolean => {
    if (seat === null) return false;
    const before = (found.before.get(seat) ?? []).filter((other) => other.rowId < rowId);
    for (const other of before) pressed.set(other.lane, (pressed.get(other.lane) ?? new Set()).add(other.rowId));
    return before.length > 0 || found.busySeats.has(seat);
  };
  return groups.filter((group) => !group.some(isHeld));
}

async function noteVerdicts(store: Store, lane: Lane, items: readonly Intent[], verdicts: readonly Readiness[]) {
  const never: { intent: Intent; reason: string }[] = [];
  const notYet: { intent: Intent; reason: string }[] = [];
  for (const [index, intent] of items.entries()) {
    const verdict = verdicts[index]!;
    if (verdict.verdict === 'never') never.push({ intent, reason: verdict.reason });
    if (verdict.verdict === 'not-yet') notYet.push({ intent, reason: verdict.reason });
  }
  await voidIntents(store, lane, never);
  await noteWhyTheyWait(store, notYet);
}

/** Why they wait, for people; and that those behind them need not wait for them. */
export async function noteWhyTheyWait(store: Store, items: readonly { intent: Intent; reason: string }[]) {
  const news = items.filter(({ intent, reason }) => intent.reason !== reason);
  if (news.length === 0) return;
  await store.act({ name: 'intents.waiting', actor }, (tx) => {
    for (const { intent, reason } of news) {
      if (findIntent(tx, intent.id)?.state === 'queued') noteReason(tx, intent.id, reason);
    }
  });
}

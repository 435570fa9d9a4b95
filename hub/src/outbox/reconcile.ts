import { isStoopError } from '../platform/errors.ts';
import type { Attempt, Carrier, Intent, Lane, Probed, Store, Tx } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { openAttempts, setAttemptState } from './attempts.store.ts';
import {
  expiredIntents,
  findIntent,
  intentsInState,
  isOvertaken,
  orphanedIntents,
  setIntentState,
  voidSince,
} from './intents.store.ts';
import { pagesOf } from './pages.ts';
import { restIfSkipped } from './skipped.ts';

const actor = system('outbox');

/**
 * Sends again what may not have arrived (the same bytes) and learns what became of every open attempt. Answers the
 * attempts whose bytes the outside does not take: one of them must not keep the others waiting.
 */
export async function reconcileAttempts(store: Store, carrier: Carrier): Promise<Set<string>> {
  const refused = new Set<string>();
  for (const attempt of store.read((reader) => openAttempts(reader, carrier.name))) {
    const seen = await carrier.probe(attempt);
    await bookAttempt(store, attempt, seen);
    if (seen.outcome !== 'unknown') continue;
    if (!(await performUnlessRefused(store, carrier, attempt))) refused.add(attempt.id);
  }
  return refused;
}

async function bookAttempt(store: Store, attempt: Attempt, seen: Probed): Promise<void> {
  const isNothing = versionOf(attempt, seen.locator).isCancel && attempt.intentIds.length > 0;
  const state = {
    // A block that was taken back has taken the attempt with it.
    unknown: attempt.state === 'mined' ? ('sent' as const) : attempt.state,
    mined: 'mined' as const,
    final: isNothing ? ('dropped' as const) : ('final' as const),
    failed: 'dropped' as const,
    gone: 'dropped' as const,
  }[seen.outcome];
  if (state === attempt.state) return;
  await store.act({ name: 'attempt.probed', actor }, (tx) => {
    tx.audit({ attempt: attempt.id, outcome: seen.outcome });
    setAttemptState(tx, attempt.id, state, seen);
    tx.changed('attempt', attempt.id, 0, 'role:treasurer');
  });
}

const versionOf = (attempt: Attempt, locator: string | undefined) =>
  attempt.earlier?.find((version) => version.locator === locator) ?? attempt;

/** Performing decides nothing: whatever it throws, only the probe tells. */
export async function perform(store: Store, carrier: Carrier, attempt: Attempt): Promise<void> {
  await carrier.perform(attempt);
  if (attempt.state !== 'prepared') return;
  await store.act({ name: 'attempt.sent', actor }, (tx) => setAttemptState(tx, attempt.id, 'sent'));
}

async function performUnlessRefused(store: Store, carrier: Carrier, attempt: Attempt): Promise<boolean> {
  try {
    await perform(store, carrier, attempt);
    return true;
  } catch (error) {
    if (isStoopError(error, 'chain_refused')) return false;
    throw error;
  }
}

/** Books what the outside's own state says: `final` at finalized, `landed` at latest, back to `queued` when nothing carries it. */
export async function reconcileIntents(store: Store, lane: Lane, carrier: Carrier): Promise<void> {
  const carried = store.read((reader) => new Set(openAttempts(reader, carrier.name).flatMap((a) => a.intentIds)));
  for (const state of ['sent', 'landed'] as const) {
    for await (const items of pagesOf(store, (reader, after) => intentsInState(reader, lane.name, state, after))) {
      const isFinal = await lane.landed(items, carrier.reads, 'finalized');
      const isLanded = isFinal.every(Boolean) ? isFinal : await lane.landed(items, carrier.reads, 'latest');
      await bookAll(store, lane, items, (intent, index) => {
        if (isFinal[index]) return 'final';
        if (isLanded[index]) return 'landed';
        return carried.has(intent.id) ? 'sent' : 'queued';
      });
    }
  }
}

/** Those of them that have not landed by another's hand; the others are booked as what they are. */
export async function notLandedOf(
  store: Store,
  lane: Lane,
  carrier: Carrier,
  items: readonly Intent[],
): Promise<Intent[]> {
  const isLanded = await lane.landed(items, carrier.reads, 'latest');
  await bookAll(store, lane, items, (intent, index) => (isLanded[index] ? 'landed' : intent.state));
  return items.filter((_, index) => !isLanded[index]);
}

async function bookAll(
  store: Store,
  lane: Lane,
  items: readonly Intent[],
  stateOf: (intent: Intent, index: number) => Intent['state'],
): Promise<void> {
  const moved = items.map((intent, index) => ({ intent, to: stateOf(intent, index) }));
  const news = moved.filter(({ intent, to }) => to !== intent.state);
  if (news.length === 0) return;
  await store.act({ name: 'intents.reconciled', actor }, (tx) => {
    for (const { intent, to } of news) book(tx, lane, intent, to);
    tellDesk(tx, news[0]!.intent);
    tx.audit({ lane: lane.name, count: news.length });
  });
}

/** Once for all of them: the treasurer's page reads what waits anew. */
const tellDesk = (tx: Tx, { id }: Intent): void => tx.changed('intent', id, 0, 'role:treasurer');
const tellSeat = (tx: Tx, { id, seat }: Intent): void => {
  if (seat !== undefined) tx.changed('intent', id, 0, `seat:${seat}`);
};

/**
 * A restored store may hold as merely signed what its former life has sent, and may have given up since `sinceMs` what
 * the outside took: whatever has landed is final. False while some of it is not finalized yet.
 */
export async function catchUpLane(store: Store, lane: Lane, carrier: Carrier, sinceMs: number): Promise<boolean> {
  let isAllFinal = true;
  for (const state of ['void', 'signed', 'queued', 'sent', 'landed'] as const) {
    const pages = pagesOf(store, (reader, after) =>
      state === 'void' ? voidSince(reader, lane.name, sinceMs, after) : intentsInState(reader, lane.name, state, after),
    );
    for await (const page of pages) {
      const items = store.read((reader) => page.filter(({ id }) => !isOvertaken(reader, id, sinceMs)));
      const isFinal = await lane.landed(items, carrier.reads, 'finalized');
      const isLanded = await lane.landed(items, carrier.reads, 'latest');
      if (isLanded.some((has, index) => has && !isFinal[index])) isAllFinal = false;
      await bookAll(store, lane, items, (intent, index) => (isFinal[index] ? 'final' : intent.state));
    }
  }
  if (!isAllFinal) return false;
  await store.act({ name: 'intents.caught-up', actor }, (tx) => {
    lane.caughtUp?.(tx);
    tx.audit({ lane: lane.name, sinceMs });
  });
  return true;
}

/** Books those of them that are final outside, whatever they are here. Answers how many. */
export async function bookFinal(store: Store, lane: Lane, carrier: Carrier, items: readonly Intent[]): Promise<number> {
  const isFinal = await lane.landed(items, carrier.reads, 'finalized');
  await bookAll(store, lane, items, (intent, index) => (isFinal[index] ? 'final' : intent.state));
  return isFinal.filter(Boolean).length;
}

function book(tx: Tx, lane: Lane, intent: Intent, to: Intent['state']): void {
  // Another unit of work may have taken it back in the meantime.
  if (findIntent(tx, intent.id)?.state !== intent.state) return;
  setIntentState(tx, intent.id, to);
  if (to === 'queued') restIfSkipped(tx, intent.id);
  if (to === 'final') lane.settled(tx, intent);
  tellSeat(tx, intent);
}

/** Voids what is out of its time and has not landed all the same. Nothing that is carried is touched. */
export async function voidExpired(store: Store, lane: Lane, carrier: Carrier, nowMs: number): Promise<void> {
  for await (const items of pagesOf(store, (reader, after) => expiredIntents(reader, lane.name, nowMs, after))) {
    const expired = await notLandedOf(store, lane, carrier, items);
    await voidIntents(
      store,
      lane,
      expired.map((intent) => ({ intent, reason: 'expired' })),
    );
  }
}

/** Voids what waits behind something void, and then what waits behind that. */
export async function voidOrphans(store: Store, lanes: readonly Lane[]): Promise<void> {
  for (;;) {
    const orphans = store.read((reader) => orphanedIntents(reader));
    const known = orphans.filter((intent) => lanes.some((lane) => lane.name === intent.lane));
    if (known.length === 0) return;
    for (const lane of lanes) {
      const own = known.filter((intent) => intent.lane === lane.name);
      await voidIntents(
        store,
        lane,
        own.map((intent) => ({ intent, reason: 'depends_on_void' })),
      );
    }
  }
}

export async function voidIntents(
  store: Store,
  lane: Lane,
  items: readonly { intent: Intent; reason: string }[],
): Promise<void> {
  if (items.length === 0) return;
  await store.act({ name: 'intents.voided', actor }, (tx) => {
    for (const { intent, reason } of items) {
      const state = findIntent(tx, intent.id)?.state;
      if (state !== 'signed' && state !== 'queued') continue;
      setIntentState(tx, intent.id, 'void', reason);
      lane.voided(tx, intent, reason);
      tellSeat(tx, intent);
    }
    tellDesk(tx, items[0]!.intent);
    tx.audit({ lane: lane.name, count: items.length });
  });
}

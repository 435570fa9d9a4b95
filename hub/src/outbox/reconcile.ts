import type { Attempt, Carrier, Intent, Lane, Store, Tx } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { openAttempts, setAttemptState } from './attempts.store.ts';
import {
  expiredIntents,
  findIntent,
  intentsInState,
  orphanedIntents,
  setIntentState,
  voidSince,
} from './intents.store.ts';

const actor = system('outbox');
const pageSize = 200;

/** Sends again what may not have arrived (the same bytes) and learns what became of every open attempt. */
export async function reconcileAttempts(store: Store, carrier: Carrier): Promise<void> {
  for (const attempt of store.read((reader) => openAttempts(reader, carrier.name))) {
    const seen = await carrier.probe(attempt);
    if (seen.outcome === 'unknown') {
      await perform(store, carrier, attempt);
      continue;
    }
    const state = ({ mined: 'mined', final: 'final', failed: 'dropped', gone: 'dropped' } as const)[seen.outcome];
    if (state === attempt.state) continue;
    await store.act({ name: 'attempt.probed', actor }, (tx) => {
      tx.audit({ attempt: attempt.id, outcome: seen.outcome });
      setAttemptState(tx, attempt.id, state, seen);
      tx.changed('attempt', attempt.id, 0, 'role:treasurer');
    });
  }
}

/** Performing decides nothing: whatever it throws, only the probe tells. */
export async function perform(store: Store, carrier: Carrier, attempt: Attempt): Promise<void> {
  await carrier.perform(attempt);
  if (attempt.state !== 'prepared') return;
  await store.act({ name: 'attempt.sent', actor }, (tx) => setAttemptState(tx, attempt.id, 'sent'));
}

/** Books what the chain's own state says: `final` at finalized, `landed` at latest, back to `queued` when nothing carries it. */
export async function reconcileIntents(store: Store, lane: Lane, carrier: Carrier): Promise<void> {
  const open = openIntents(store, lane, pageSize);
  if (open.length === 0) return;
  const carried = store.read((reader) => new Set(openAttempts(reader, carrier.name).flatMap((a) => a.intentIds)));
  const isFinal = await lane.landed(open, carrier.reads, 'finalized');
  const isLanded = await lane.landed(open, carrier.reads, 'latest');
  const next = open.map((intent, index): Intent['state'] => {
    if (isFinal[index]) return 'final';
    if (isLanded[index]) return 'landed';
    return carried.has(intent.id) ? 'sent' : 'queued';
  });
  const moved = open.flatMap((intent, index) => (next[index] === intent.state ? [] : [{ intent, to: next[index]! }]));
  if (moved.length === 0) return;
  await store.act({ name: 'intents.reconciled', actor }, (tx) => {
    for (const { intent, to } of moved) book(tx, lane, intent, to);
    tx.audit({ lane: lane.name, count: moved.length });
  });
}

/**
 * A restored store may hold as merely signed what its former life has sent, and may have given up since `sinceMs` what
 * the chain took: whatever has landed is final. False while some of it is not finalized yet, or was not booked.
 */
export async function catchUpLane(store: Store, lane: Lane, carrier: Carrier, sinceMs: number): Promise<boolean> {
  const all = Number.MAX_SAFE_INTEGER;
  const known = store.read((reader) => [
    ...voidSince(reader, lane.name, sinceMs),
    ...intentsInState(reader, lane.name, 'signed', all),
  ]);
  const items = newestPerSeat([...known, ...openIntents(store, lane, all)]);
  const isFinal = await lane.landed(items, carrier.reads, 'finalized');
  const isLanded = await lane.landed(items, carrier.reads, 'latest');
  if (isLanded.some((has, index) => has && !isFinal[index])) return false;
  const landed = items.filter((_, index) => isFinal[index]);
  await store.act({ name: 'intents.caught-up', actor }, (tx) => {
    for (const intent of landed) book(tx, lane, intent, 'final');
    lane.caughtUp?.(tx);
    tx.audit({ lane: lane.name, count: landed.length });
  });
  return true;
}

/** A seat that left and came again has signed more than once; the nullifier is one, and counts for the last. */
const newestPerSeat = (intents: readonly Intent[]): Intent[] => [
  ...new Map(intents.map((intent) => [`${intent.subject}/${intent.seat}`, intent])).values(),
];

const openIntents = (store: Store, lane: Lane, atMost: number): Intent[] =>
  (['queued', 'sent', 'landed'] as const).flatMap((state) =>
    store.read((reader) => intentsInState(reader, lane.name, state, atMost)),
  );

function book(tx: Tx, lane: Lane, intent: Intent, to: Intent['state']): void {
  // Another unit of work may have taken it back in the meantime.
  if (findIntent(tx, intent.id)?.state !== intent.state) return;
  setIntentState(tx, intent.id, to);
  if (to === 'final') lane.settled(tx, intent);
  tx.changed('intent', intent.id, 0, intent.seat === undefined ? 'role:treasurer' : `seat:${intent.seat}`);
}

/** Voids what can never land: out of its time, or behind something void. Nothing that is carried is touched. */
export async function voidHopeless(store: Store, lane: Lane, nowMs: number): Promise<void> {
  const expired = store.read((reader) => expiredIntents(reader, lane.name, nowMs, pageSize));
  const orphaned = store.read((reader) => orphanedIntents(reader, lane.name, pageSize));
  await voidIntents(store, lane, [
    ...expired.map((intent) => ({ intent, reason: 'expired' })),
    ...orphaned.map((intent) => ({ intent, reason: 'depends_on_void' })),
  ]);
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
      tx.changed('intent', intent.id, 0, intent.seat === undefined ? 'role:treasurer' : `seat:${intent.seat}`);
    }
    tx.audit({ lane: lane.name, count: items.length });
  });
}

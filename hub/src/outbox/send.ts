import { v7 as uuidv7 } from 'uuid';
import type { Attempt, Carrier, Intent, Lane, Store } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { highestNonce, insertAttempt, openAttempts } from './attempts.store.ts';
import { dueIntents, findIntent, noteReason, setIntentState } from './intents.store.ts';
import { perform, voidIntents } from './reconcile.ts';

const actor = system('outbox');
const pageSize = 500;

/**
 * Sends the lane's next batch, if something is ready: preflight → the exact bytes, stored → perform.
 * Answers whether something left.
 */
export async function sendNext(store: Store, lane: Lane, carrier: Carrier, nowMs: number): Promise<boolean> {
  const due = store.read((reader) => dueIntents(reader, lane.name, nowMs, pageSize));
  if (due.length === 0) return false;
  const verdicts = await lane.preflight(due, carrier.reads);
  await voidIntents(
    store,
    lane,
    due.flatMap((intent, index) => {
      const verdict = verdicts[index]!;
      return verdict.verdict === 'never' ? [{ intent, reason: verdict.reason }] : [];
    }),
  );
  await noteWhyTheyWait(store, due, verdicts);
  const ready = due.filter((_, index) => verdicts[index]!.verdict === 'ready');
  const batch = wholeGroups(ready, lane);
  if (batch.length === 0) return false;

  const call = store.read((reader) => lane.prepare(batch, reader));
  const sender = (await carrier.sender?.()) ?? '';
  const highest = store.read((reader) => highestNonce(reader, carrier.name, sender));
  const prepared = await carrier.prepare(call, { highestNonce: highest });
  const attempt: Attempt = {
    id: uuidv7(),
    lane: lane.name,
    carrier: carrier.name,
    intentIds: batch.map((intent) => intent.id),
    payload: prepared.payload,
    locator: prepared.locator,
    senderNonce: prepared.senderNonce,
    state: 'prepared',
    createdAtMs: nowMs,
  };
  const isStored = await store.act({ name: 'attempt.prepared', actor }, (tx) => {
    // Somebody may have taken an item back while the bytes were made: then these bytes never leave.
    if (batch.some((intent) => findIntent(tx, intent.id)?.state !== 'queued')) return false;
    insertAttempt(tx, { ...attempt, sender });
    for (const intent of batch) setIntentState(tx, intent.id, 'sent');
    tx.changed('attempt', attempt.id, 0, 'role:treasurer');
    tx.audit({ attempt: attempt.id, lane: lane.name, items: batch.length });
    return true;
  });
  if (isStored) await perform(store, carrier, attempt);
  return isStored;
}

/** As many groups as fit, oldest first; a group is never split, and the first always fits. */
function wholeGroups(ready: readonly Intent[], lane: Lane): Intent[] {
  const groups = Map.groupBy(ready, (intent) => lane.groupOf(intent));
  const batch: Intent[] = [];
  for (const group of groups.values()) {
    if (batch.length > 0 && batch.length + group.length > lane.policy.batchMax) break;
    batch.push(...group);
  }
  return batch;
}

async function noteWhyTheyWait(store: Store, due: readonly Intent[], verdicts: Awaited<ReturnType<Lane['preflight']>>) {
  const notes = due.flatMap((intent, index) => {
    const verdict = verdicts[index]!;
    return verdict.verdict === 'not-yet' && intent.reason !== verdict.reason
      ? [{ intent, reason: verdict.reason }]
      : [];
  });
  if (notes.length === 0) return;
  await store.act({ name: 'intents.waiting', actor }, (tx) => {
    for (const { intent, reason } of notes) noteReason(tx, intent.id, reason);
  });
}

/** One attempt at a time per carrier: no second nonce while the first may land. */
export function hasOpenSend(store: Store, carrier: Carrier): boolean {
  return store.read((reader) => openAttempts(reader, carrier.name)).some((attempt) => attempt.state !== 'mined');
}

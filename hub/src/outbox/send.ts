import { v7 as uuidv7 } from 'uuid';
import { isStoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Intent, Prepared } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { highestNonce, insertAttempt } from './attempts.store.ts';
import { type Batch, nextBatch, noteWhyTheyWait, type Selection } from './batch.ts';
import { queueOf } from './due.store.ts';
import { findIntent, setIntentState } from './intents.store.ts';
import { hasToLeave, mayLeave } from './patience.ts';
import { perform } from './reconcile.ts';
import { isAffordable } from './spending.ts';

const actor = system('outbox');
/** Each costs a handful of questions; what is left is tried at the next round. */
const refusalsAtOnce = 4;

export interface Sending extends Omit<Selection, 'isUrgedOnly' | 'isDry'> {
  readonly log: Log;
  /** False: the clock is not trusted, and nothing waits by it. */
  readonly isClockTrusted: boolean;
  /** For lanes that do not say it themselves. */
  readonly costCeilingWei?: bigint;
  /** Something waits since the day's money is spent. */
  readonly onCapped: () => void;
}

/**
 * Sends the lane's next batch if it is time: preflight → the exact bytes, stored → perform. Answers whether something
 * left.
 */
export async function sendNext(sending: Sending): Promise<boolean> {
  const { store, lane, carrier, nowMs, waitMs, pressed } = sending;
  const query = { lane: lane.name, carrier: carrier.name, nowMs, waitMs };
  const queue = store.read((reader) => queueOf(reader, query));
  if (queue.count === 0) return false;
  const isDue = hasToLeave(queue, nowMs) || !sending.isClockTrusted || (pressed.get(lane.name)?.size ?? 0) > 0;
  const isCheap = (latestMs: number) => carrier.isCheap?.(latestMs) ?? true;
  if (!isDue && !mayLeave(queue, lane.policy, nowMs, isCheap)) return false;
  return (await sendBatch(sending, isDue, false)) === 'sent';
}

async function sendBatch(sending: Sending, isDue: boolean, isUrgedOnly: boolean): Promise<'sent' | 'kept'> {
  const { store, carrier, nowMs } = sending;
  for (let refusals = 0; refusals < refusalsAtOnce; refusals++) {
    const batch = await nextBatch({ ...sending, isUrgedOnly });
    if (batch.items.length === 0) return 'kept';
    const made = await prepareSome(sending, batch);
    if (!made) continue;
    if (!isDue && isTooDear(sending, made)) {
      await noteWhyTheyWait(
        store,
        made.items.map((intent) => ({ intent, reason: 'too_dear' })),
      );
      return 'kept';
    }
    if (!isUrgedOnly && !store.read((reader) => isAffordable(reader, carrier, nowMs, made.prepared.costWei))) {
      const held = batch.isUrged ? [] : made.items;
      await noteWhyTheyWait(
        store,
        held.map((intent) => ({ intent, reason: 'spending_cap' })),
      );
      sending.onCapped();
      return sendBatch(sending, isDue, true);
    }
    return (await keepAndPerform(sending, made)) ? 'sent' : 'kept';
  }
  return 'kept';
}

interface Made {
  readonly items: readonly Intent[];
  readonly prepared: Prepared;
  readonly sender: string;
}

function isTooDear({ lane, costCeilingWei }: Sending, { items, prepared }: Made): boolean {
  const ceilingWei = lane.policy.costCeilingWei ?? costCeilingWei;
  if (ceilingWei === undefined) return false;
  return (prepared.likelyWei ?? prepared.costWei) > ceilingWei * BigInt(items.length);
}

/** What the outside refuses as a whole is tried by halves, so that one item keeps nobody else from leaving. */
async function prepareSome(sending: Sending, batch: Batch): Promise<Made | undefined> {
  const { store, lane, carrier, log, setAside } = sending;
  let groups = [...Map.groupBy(batch.items, (intent) => lane.groupOf(intent)).values()];
  for (;;) {
    const items = groups.flat();
    const call = store.read((reader) => lane.prepare(items, reader));
    const sender = (await carrier.sender?.()) ?? '';
    const highest = store.read((reader) => highestNonce(reader, carrier.name, sender));
    try {
      return { items, sender, prepared: await carrier.prepare(call, { highestNonce: highest }) };
    } catch (error) {
      if (!isStoopError(error, 'chain_refused')) throw error;
      log.warn(
        { carrier: carrier.name, lane: lane.name, items: items.length, err: error },
        'outbox: the outside refuses it',
      );
      if (groups.length === 1) {
        for (const { id } of items) setAside.add(id);
        await noteWhyTheyWait(
          store,
          items.map((intent) => ({ intent, reason: 'refused' })),
        );
        return undefined;
      }
      groups = groups.slice(0, Math.ceil(groups.length / 2));
    }
  }
}

async function keepAndPerform(sending: Sending, { items, prepared, sender }: Made): Promise<boolean> {
  const { store, lane, carrier, nowMs, log } = sending;
  const { payload, locator, senderNonce, costWei } = prepared;
  const intentIds = items.map((intent) => intent.id);
  const attempt = { id: uuidv7(), lane: lane.name, carrier: carrier.name, intentIds, payload, locator, senderNonce };
  const isStored = await store.act({ name: 'attempt.prepared', actor }, (tx) => {
    // Somebody may have taken an item back while the bytes were made: then these bytes never leave.
    if (items.some((intent) => findIntent(tx, intent.id)?.state !== 'queued')) return false;
    insertAttempt(tx, { ...attempt, sender, costWei });
    for (const intent of items) setIntentState(tx, intent.id, 'sent');
    tx.changed('attempt', attempt.id, 0, 'role:treasurer');
    tx.audit({ attempt: attempt.id, lane: lane.name, items: items.length });
    return true;
  });
  if (!isStored) return false;
  try {
    await perform(store, carrier, { ...attempt, state: 'prepared', createdAtMs: nowMs });
  } catch (error) {
    // They are stored, and offered again at the next round, on better terms if need be.
    if (!isStoopError(error, 'chain_refused')) throw error;
    log.warn({ carrier: carrier.name, lane: lane.name, err: error }, 'outbox: the bytes are not taken');
  }
  return true;
}

import { v7 as uuidv7 } from 'uuid';
import { fail, isStoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Carrier, Prepared, Store } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { insertAttempt, isUrgedAttempt, type OpenAttempt, renewAttempt, unminedAttempts } from './attempts.store.ts';
import { findIntent } from './intents.store.ts';
import { perform } from './reconcile.ts';
import { isAffordable } from './spending.ts';

const actor = system('outbox');

export interface Repairing {
  readonly store: Store;
  readonly carrier: Carrier;
  readonly nowMs: number;
  /** Not landed for so long: something is wrong with it. */
  readonly stuckAfterMs: number;
  readonly isClockTrusted: boolean;
  /** Attempts whose bytes were not taken just now. */
  readonly refused: ReadonlySet<string>;
  readonly log: Log;
  readonly onCapped: () => void;
}

/**
 * Helps the first attempt that keeps the others from landing: an empty place before it is filled, one that became
 * worthless is cancelled, one on poor terms gets better ones. Always in its own place: while any of its versions may
 * land, what it carries is in no other attempt.
 */
export async function repair(repairing: Repairing): Promise<void> {
  const { store, carrier, nowMs, refused } = repairing;
  const sender = (await carrier.sender?.()) ?? '';
  const open = store.read((reader) => unminedAttempts(reader, carrier.name, sender));
  const [head] = open;
  if (!head) return;
  // A clock that was set back by a month must not make it a month of patience.
  const isStuck = Math.abs(nowMs - head.versionAtMs!) >= repairing.stuckAfterMs;
  if (!isStuck && !refused.has(head.id)) return;
  if (isStuck && (await fillGap(repairing, open, sender))) return;
  const isCancelling = !head.isCancel && isWorthless(repairing, head) && carrier.cancel !== undefined;
  const made = isCancelling ? await carrier.cancel?.(head) : await carrier.replace?.(head);
  if (!made) return;
  if (made.senderNonce !== head.senderNonce) throw fail('internal', {}, new Error('a replacement took another nonce'));
  const isAllowed = store.read(
    (reader) => isAffordable(reader, carrier, nowMs, made.costWei - head.costWei) || isUrgedAttempt(reader, head.id),
  );
  if (!isAllowed) return repairing.onCapped();
  await renew(repairing, head, made, isCancelling || head.isCancel === true);
}

async function renew({ store, carrier, log }: Repairing, head: OpenAttempt, made: Prepared, isCancel: boolean) {
  const { payload, locator } = made;
  await store.act({ name: 'attempt.renewed', actor }, (tx) => {
    renewAttempt(tx, head.id, made, isCancel);
    tx.changed('attempt', head.id, 0, 'role:treasurer');
    tx.audit({ attempt: head.id, isCancel });
  });
  log.info({ attempt: head.id, nonce: head.senderNonce, isCancel }, 'outbox: sent again on better terms');
  await performKept(store, carrier, { ...head, payload, locator, isCancel });
}

/** Ours wait behind a place that nothing takes: a transaction of a former life of this hub, which everybody forgot. */
async function fillGap({ store, carrier, log }: Repairing, open: readonly OpenAttempt[], sender: string) {
  const made = await carrier.fillGap?.(open);
  if (!made) return false;
  const { payload, locator, senderNonce, costWei } = made;
  const attempt = { id: uuidv7(), lane: '', carrier: carrier.name, intentIds: [], payload, locator, senderNonce };
  await store.act({ name: 'attempt.gap-filled', actor }, (tx) => {
    insertAttempt(tx, { ...attempt, sender, costWei, isCancel: true });
    tx.changed('attempt', attempt.id, 0, 'role:treasurer');
    tx.audit({ attempt: attempt.id, nonce: senderNonce });
  });
  log.warn({ attempt: attempt.id, nonce: senderNonce }, 'outbox: an empty place before ours is filled');
  await performKept(store, carrier, { ...attempt, state: 'prepared', createdAtMs: 0 });
  return true;
}

async function performKept(store: Store, carrier: Carrier, attempt: Parameters<typeof perform>[2]): Promise<void> {
  try {
    await perform(store, carrier, attempt);
  } catch (error) {
    if (!isStoopError(error, 'chain_refused')) throw error;
  }
}

/** Nothing it carries is wanted any more: landed by another's hand, or out of its time. */
function isWorthless({ store, nowMs, isClockTrusted }: Repairing, { intentIds }: OpenAttempt): boolean {
  if (intentIds.length === 0) return false;
  const intents = store.read((reader) => intentIds.map((id) => findIntent(reader, id)!));
  return intents.every(
    ({ state, validUntilMs }) => state === 'final' || state === 'void' || (isClockTrusted && validUntilMs <= nowMs),
  );
}

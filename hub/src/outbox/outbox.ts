import { v7 as uuidv7 } from 'uuid';
import { fail } from '../platform/errors.ts';
import type { Authorisation, Hex, Intent, Reader, SeatNumber, SignedMessage, Tx } from '../platform/ports/index.ts';
import { urge } from './due.store.ts';
import {
  findIntent,
  insertIntent,
  intentsOfSubject,
  setAuthorisations,
  setIntentState,
  waitingByLane,
  waitingReasons,
} from './intents.store.ts';

export interface IntentRequest {
  readonly lane: string;
  readonly subject: Hex;
  readonly seat?: SeatNumber;
  readonly message: SignedMessage;
  readonly authorisations: readonly Authorisation[];
  readonly notBeforeMs?: number;
  readonly validUntilMs: number;
  /** It should leave by then, whatever it costs. */
  readonly urgentAtMs?: number;
  readonly after?: readonly string[];
}

/** The intents of the building, as modules use them inside their own units of work. */
export const outbox = {
  /** Keeps a signed intent; it goes nowhere before `queue`. Answers its id. */
  add(tx: Tx, request: IntentRequest): string {
    const id = uuidv7();
    insertIntent(tx, { ...request, id, notBeforeMs: request.notBeforeMs ?? 0, after: request.after ?? [] });
    return id;
  },

  /** Its hour has come: the lane may send it. Throws `conflict` unless it is *signed*. */
  queue(tx: Tx, id: string): void {
    require(tx, id, ['signed']);
    setIntentState(tx, id, 'queued');
    tx.emit({ type: 'outbox.queued' });
  },

  /** Adds a further signature, e.g. an order's closing. */
  authorise(tx: Tx, id: string, authorisation: Authorisation): void {
    const intent = require(tx, id, ['signed', 'queued']);
    setAuthorisations(tx, id, [...intent.authorisations, authorisation]);
  },

  /** The one who asked takes it back. Throws `conflict` once bytes that may land have left. */
  withdraw(tx: Tx, id: string, reason: string): void {
    require(tx, id, ['signed', 'queued']);
    setIntentState(tx, id, 'void', reason);
  },

  /** What is queued by now leaves without waiting, through every one of these carriers, even beyond the day's cap. */
  settleNow(tx: Tx, carriers: readonly string[]): void {
    for (const carrier of carriers) urge(tx, carrier);
    tx.emit({ type: 'outbox.queued' });
  },

  find: (reader: Reader, id: string): Intent | undefined => findIntent(reader, id),
  ofSubject: (reader: Reader, subject: Hex): Intent[] => intentsOfSubject(reader, subject),
  waiting: (reader: Reader) => waitingByLane(reader),
  waitingReasons: (reader: Reader) => waitingReasons(reader),
};

function require(reader: Reader, id: string, states: readonly Intent['state'][]): Intent {
  const intent = findIntent(reader, id);
  if (!intent) throw fail('not_found', { noun: 'intent' });
  if (!states.includes(intent.state)) throw fail('conflict', { noun: 'intent' });
  return intent;
}

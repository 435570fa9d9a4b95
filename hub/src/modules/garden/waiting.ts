import { fail } from '../../platform/errors.ts';
import { type Actor, type Store, system } from '../../platform/ports/index.ts';
import * as rows from './sensors.store.ts';

/** Who knocked with credentials that nobody made: a bounded list, written at a bounded rate. */
export interface WaitingList {
  note(knock: { clientId: string; username?: string; remoteAddress: string }): void;
  /** Takes it off the list until it knocks again. Throws `not_found`. */
  forget(clientId: string, caller: { actor: Actor; idempotencyKey: string }): Promise<void>;
  /** Writes what is still in memory. */
  stop(): Promise<void>;
}

interface WaitingOptions {
  readonly store: Pick<Store, 'act'>;
  readonly nowMs: () => number;
  readonly everyMs?: number;
  readonly onError: (error: unknown) => void;
}

const perAddress = 8;
const total = 50;
const maxTextLength = 128;

export function createWaitingList({ store, nowMs, everyMs = 5_000, onError }: WaitingOptions): WaitingList {
  const pending = new Map<string, rows.WaitingRow>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): Promise<void> {
    const batch = [...pending.values()];
    pending.clear();
    if (batch.length === 0) return writing;
    writing = store
      .act({ name: 'sensor.wait', actor: system('broker') }, (tx) => {
        for (const row of batch) rows.upsertWaiting(tx, row);
        for (const address of new Set(batch.map((row) => row.remoteAddress))) {
          rows.trimWaiting(tx, address, perAddress, total);
        }
        // The list is read anew by who may see it; the devices themselves are named there only.
        for (const audience of rows.keepers) tx.changed('waiting-sensor', 'all', 0, audience);
        tx.audit({ devices: batch.length });
      })
      .catch(onError);
    return writing;
  }

  function schedule(): void {
    if (timer) return;
    void write();
    timer = setTimeout(() => {
      timer = undefined;
      if (pending.size > 0) schedule();
    }, everyMs);
    timer.unref();
  }

  return {
    note({ clientId, username, remoteAddress }) {
      const key = printable(clientId);
      const known = pending.get(key);
      if (!known && pending.size >= total) return;
      const atMs = nowMs();
      pending.set(key, {
        clientId: key,
        username: username === undefined ? null : printable(username),
        remoteAddress,
        firstSeenAtMs: known?.firstSeenAtMs ?? atMs,
        lastSeenAtMs: atMs,
        tries: (known?.tries ?? 0) + 1,
      });
      schedule();
    },
    async forget(clientId, { actor, idempotencyKey }) {
      pending.delete(clientId);
      await store.act({ name: 'sensor.forget', actor, idempotencyKey, body: { clientId } }, (tx) => {
        if (!rows.deleteWaiting(tx, clientId)) throw fail('not_found', { noun: 'waiting device' });
        for (const audience of rows.keepers) tx.changed('waiting-sensor', 'all', 0, audience);
      });
    },
    async stop() {
      clearTimeout(timer);
      timer = undefined;
      await write();
    },
  };
}

/** What a stranger calls itself is shown to people: short, and without control characters. */
function printable(text: string): string {
  return text.slice(0, maxTextLength).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '·');
}

import type { Clock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import { type Carrier, type Hex, type Intent, type Lane, system, type Tx } from '../../platform/ports/index.ts';
import { createTempStore } from '../../store/testing/temp-store.ts';
import { createDispatcher, type DispatcherOptions, type IntentRequest, outbox } from '../index.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A store with an outbox, a clock that is moved by hand, and lanes that keep what became of their items. */
export async function createOutboxHouse() {
  let nowMs = Date.UTC(2026, 0, 5);
  let serial = 0;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const temp = await createTempStore(clock);
  const settled: string[] = [];
  const voided: { id: string; reason: string }[] = [];
  const notReady = new Set<string>();
  const act = <T>(work: (tx: Tx) => T) => temp.store.act({ name: 'outbox.test', actor: system('test') }, work);

  const lane = (more: Partial<Lane> = {}): Lane => ({
    name: 'test',
    carrier: 'outside',
    rank: 60,
    policy: { batchMax: 4, longestWaitMs: 0 },
    groupOf: (intent) => String(intent.message.fields.group),
    preflight: async (items) =>
      items.map(({ id }) => (notReady.has(id) ? { verdict: 'not-yet', reason: 'said so' } : { verdict: 'ready' })),
    prepare: (items) => ({ contract: 'Test', fn: 'go', args: [items.map((item) => item.subject)] }),
    landed: (items, reads, at) =>
      Promise.all(items.map(({ subject }) => reads.read<boolean>({ contract: 'Test', fn: 'is', args: [subject] }, at))),
    settled: (_, intent) => void settled.push(intent.id),
    voided: (_, intent, reason) => void voided.push({ id: intent.id, reason }),
    ...more,
  });

  async function queue(more: Partial<IntentRequest> & { group?: string; isSigned?: boolean } = {}): Promise<string> {
    const { group, isSigned, ...given } = more;
    const subject: Hex = `0x${(++serial).toString(16).padStart(64, '0')}`;
    return act((tx) => {
      const message = { type: 'Test', fields: { group: group ?? String(serial) } };
      const request = { lane: 'test', subject, message, authorisations: [], validUntilMs: nowMs + 30 * dayMs };
      const id = outbox.add(tx, { ...request, ...given });
      if (!isSigned) outbox.queue(tx, id);
      return id;
    });
  }

  return {
    store: temp.store,
    clock,
    settled,
    voided,
    notReady,
    act,
    lane,
    queue,
    queueSigned: (id: string) => act((tx) => outbox.queue(tx, id)),
    pass(ms: number) {
      nowMs += ms;
    },
    find: (id: string): Intent => temp.store.read((reader) => outbox.find(reader, id))!,
    stateOf: (id: string) => temp.store.read((reader) => outbox.find(reader, id))!.state,
    /** Every attempt's place, as the store has it. */
    attempts: () =>
      temp.store.read((reader) =>
        reader.prepare('SELECT public_id AS id, sender_nonce AS senderNonce FROM attempts').all<{
          id: string;
          senderNonce: number;
        }>(),
      ),
    /** Another life of the hub on the same store. */
    hub: (carrier: Carrier, lanes: readonly Lane[], more: Partial<DispatcherOptions> = {}) =>
      createDispatcher({
        store: temp.store,
        lanes,
        carriers: [carrier],
        events: temp.events,
        clock,
        log: silentLog,
        pollMs: dayMs,
        isClockTrusted: () => true,
        ...more,
      }),
    dispose: () => temp.dispose(),
  };
}

export type OutboxHouse = Awaited<ReturnType<typeof createOutboxHouse>>;

import { Writable } from 'node:stream';
import { createDispatcher, outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import type { Call, Carrier, DeliveryAnswer, Hex, Intent, Lane, Reads, Store } from '../../platform/ports/index.ts';
import { system } from '../../platform/ports/index.ts';
import { createTempStore } from '../../store/testing/temp-store.ts';

const dayMs = 86_400_000;

export interface PostRoomOptions {
  readonly carrier: (store: Store, clock: Clock) => Carrier;
  /** What the letter becomes. */
  readonly call: (intent: Intent) => Call;
}

/** A lane as short as a lane can be: one item, one delivery; landed is what the carrier has kept of the answer. */
function createLetters(carrier: string, call: (intent: Intent) => Call, clock: Clock): Lane {
  const answers = (items: readonly Intent[], reads: Reads) =>
    Promise.all(
      items.map(({ id }) =>
        reads.read<DeliveryAnswer | undefined>({ contract: carrier, fn: 'answerTo', args: [id] }, 'finalized'),
      ),
    );
  return {
    name: 'letters',
    carrier,
    rank: 90,
    policy: { batchMax: 1, longestWaitMs: 0 },
    groupOf: (intent) => intent.id,
    preflight: async (items, reads) =>
      (await answers(items, reads)).map((answer) => {
        if (answer?.outcome === 'refused') return { verdict: 'never', reason: 'refused_there' };
        if (answer && clock.nowMs() < answer.untilMs) return { verdict: 'not-yet', reason: 'put_off' };
        return { verdict: 'ready' };
      }),
    prepare: ([intent]) => call(intent!),
    landed: async (items, reads) => (await answers(items, reads)).map((answer) => answer?.outcome === 'taken'),
    settled() {},
    voided() {},
  };
}

/** A real store, a real dispatcher, one carrier, and a clock that the test moves. */
export async function createPostRoom({ carrier: build, call }: PostRoomOptions) {
  let nowMs = Date.UTC(2026, 5, 1);
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const temp = await createTempStore(clock);
  const logged: string[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  let carrier = build(temp.store, clock);
  let dispatcher = createRounds();
  let serial = 0;

  function createRounds() {
    return createDispatcher({
      store: temp.store,
      lanes: [createLetters(carrier.name, call, clock)],
      carriers: [carrier],
      events: temp.events,
      clock,
      log: createLog('debug', lines),
      pollMs: 60_000,
      isClockTrusted: () => true,
    });
  }

  const find = (id: string): Intent => temp.store.read((reader) => outbox.find(reader, id))!;

  return {
    store: temp.store,
    carrier: () => carrier,
    state: (id: string) => find(id).state,
    reason: (id: string) => find(id).reason,
    nowMs: () => nowMs,
    pass(ms: number) {
      nowMs += ms;
    },
    round: () => dispatcher.round(),
    /** The process died and began again: only the store is left. */
    restart() {
      carrier = build(temp.store, clock);
      dispatcher = createRounds();
    },
    post: (text: string, validForMs = 3 * dayMs): Promise<string> =>
      temp.store.act({ name: 'letters.test', actor: system('test') }, (tx) => {
        const id = outbox.add(tx, {
          lane: 'letters',
          subject: `0x${(++serial).toString(16).padStart(64, '0')}` as Hex,
          message: { type: 'Letter', fields: { text } },
          authorisations: [],
          validUntilMs: nowMs + validForMs,
        });
        outbox.queue(tx, id);
        return id;
      }),
    /** Rounds, half an hour apart, until nothing waits; throws when that takes more than `most` rounds. */
    async settle(most = 200): Promise<void> {
      for (let round = 0; round < most; round++) {
        await dispatcher.round();
        if (temp.store.read((reader) => outbox.waiting(reader)).length === 0) return;
        nowMs += dayMs / 48;
      }
      throw new Error(`something still waits after ${most} rounds`);
    },
    attempts: () =>
      temp.store
        .read((reader) => reader.prepare('SELECT state FROM attempts ORDER BY id').all<{ state: string }>())
        .map(({ state }) => state),
    logged: () => logged.join(''),
    dispose: temp.dispose,
  };
}

export type PostRoom = Awaited<ReturnType<typeof createPostRoom>>;

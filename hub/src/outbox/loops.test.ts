import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import type { Carrier, Hex, Lane } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../store/testing/temp-store.ts';
import type { CatchUp } from './catch-up.ts';
import { createDispatcher, outbox } from './index.ts';
import { createLoop } from './loop.ts';

/** An outside that keeps what it is given. */
function createOutside(name: string, more: Partial<Carrier> = {}): { carrier: Carrier; taken: Set<string> } {
  const taken = new Set<string>();
  const carrier: Carrier = {
    name,
    prepare: async (call) => ({ payload: '0x', locator: String(call.args[0]), senderNonce: 0, costWei: 0n }),
    perform: async ({ locator }) => void taken.add(locator),
    probe: async ({ locator }) => ({ outcome: taken.has(locator) ? 'final' : 'unknown' }),
    reads: {
      isOnline: () => true,
      read: async <T>({ args }: { args: readonly unknown[] }) => taken.has(String(args[0])) as T,
    },
    unavailable: async () => undefined,
    ...more,
  };
  return { carrier, taken };
}

const laneOn = (carrier: string): Lane => ({
  name: `to-${carrier}`,
  carrier,
  rank: 1,
  policy: { batchMax: 1, longestWaitMs: 0 },
  groupOf: (intent) => intent.id,
  preflight: async (items) => items.map(() => ({ verdict: 'ready' })),
  prepare: ([intent]) => ({ contract: carrier, fn: 'give', args: [intent!.id] }),
  landed: (items, reads, at) =>
    Promise.all(items.map(({ id }) => reads.read<boolean>({ contract: carrier, fn: 'has', args: [id] }, at))),
  settled() {},
  voided() {},
});

describe('the outbox with several outsides', () => {
  let temp: TempStore;
  before(async () => {
    temp = await createTempStore();
  });
  after(() => temp.dispose());

  let serial = 0;
  const send = (carrier: string) =>
    temp.store.act({ name: 'loops.test', actor: system('test') }, (tx) => {
      const id = outbox.add(tx, {
        lane: `to-${carrier}`,
        subject: `0x${(++serial).toString(16).padStart(64, '0')}` as Hex,
        message: { type: 'Test', fields: {} },
        authorisations: [],
        validUntilMs: Date.now() + 3_600_000,
      });
      outbox.queue(tx, id);
      return id;
    });
  const run = (carriers: readonly Carrier[], catchUp?: CatchUp) =>
    createDispatcher({
      store: temp.store,
      lanes: carriers.map(({ name }) => laneOn(name)),
      carriers,
      events: temp.events,
      clock: systemClock,
      log: silentLog,
      pollMs: 20,
      isClockTrusted: () => true,
      catchUp,
    });
  const final = (id: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (temp.store.read((reader) => outbox.find(reader, id))!.state !== 'final') return;
        unlisten();
        resolve();
      };
      const unlisten = temp.events.onChanges(look);
      look();
    });

  it('lets one that does not answer keep no other waiting', async () => {
    const answer = Promise.withResolvers<void>();
    const slow = createOutside('slow', { unavailable: () => answer.promise.then(() => undefined) });
    const quick = createOutside('quick');
    const dispatcher = run([slow.carrier, quick.carrier]);
    const [waits, goes] = [await send('slow'), await send('quick')];
    await dispatcher.start(new AbortController().signal);
    await final(goes);
    assert.equal(temp.store.read((reader) => outbox.find(reader, waits))!.state, 'queued');
    answer.resolve();
    await final(waits);
    await dispatcher.stop();
    assert.deepEqual([...slow.taken], [waits]);
  });

  it('sends through one that a restored store was compared with, while another cannot be asked', async () => {
    let isThere = false;
    const away = createOutside('away');
    const reads = { ...away.carrier.reads, isOnline: () => isThere };
    const there = createOutside('there');
    let isDue = true;
    const catchUp: CatchUp = {
      isDue: () => isDue,
      isHolding: () => isDue,
      state: () => (isDue ? { restoredAtMs: 0, isHolding: true } : undefined),
      canRead: () => true,
      release() {},
      done() {
        isDue = false;
      },
    };
    const dispatcher = run([{ ...away.carrier, reads }, there.carrier], catchUp);
    const [waits, goes] = [await send('away'), await send('there')];
    await dispatcher.start(new AbortController().signal);
    await final(goes);
    assert.equal(isDue, true);
    assert.equal(away.taken.size, 0);
    isThere = true;
    await final(waits);
    await dispatcher.stop();
    assert.equal(isDue, false);
  });
});

describe('a loop', () => {
  it('never runs twice at once, and once more for everybody who woke it meanwhile', async () => {
    const runs: PromiseWithResolvers<boolean>[] = [];
    const began: (() => void)[] = [];
    const loop = createLoop(() => {
      runs.push(Promise.withResolvers<boolean>());
      began.shift()?.();
      return runs.at(-1)!.promise;
    }, 60_000);
    const next = () => new Promise<void>((resolve) => void began.push(resolve));
    loop.start();
    loop.wake();
    loop.wake();
    assert.equal(runs.length, 1);
    const second = next();
    runs[0]!.resolve(false);
    await second;
    const third = next();
    runs[1]!.resolve(true);
    await third;
    const stopped = loop.stop();
    loop.wake();
    runs[2]!.resolve(true);
    await stopped;
    assert.equal(runs.length, 3);
  });
});

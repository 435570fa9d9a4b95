import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../platform/clock.ts';
import { fail, isStoopError } from '../platform/errors.ts';
import { silentLog } from '../platform/log.ts';
import type { Attempt, Call, Carrier, Hex, Intent, Lane, Reads, Tx } from '../platform/ports/index.ts';
import { system } from '../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../store/testing/temp-store.ts';
import { createDispatcher, type Dispatcher, outbox } from './index.ts';

/** What may go wrong with one sending: nothing, lost before or after it arrived, refused, or arrived but slow to be final. */
type Weather = 'fine' | 'lost' | 'unheard' | 'fails' | 'slow';

/** An outside that keeps what arrived, once per subject, as a chain with nullifiers does. */
function createOutside() {
  const known = new Map<string, { call: Call; outcome: 'mined' | 'final' | 'failed' }>();
  const done = new Set<string>();
  const finalized = new Set<string>();
  let doneTwice = 0;
  let nonce = 0;
  let weather: Weather[] = [];
  let isAway = false;

  const apply = (call: Call) => {
    for (const subject of call.args[0] as string[]) {
      if (done.has(subject)) doneTwice++;
      done.add(subject);
    }
  };
  const reads: Reads = {
    isOnline: () => !isAway,
    read: async <T>(call: Call, at: 'latest' | 'finalized') =>
      (at === 'finalized' ? finalized : done).has(String(call.args[0])) as T,
  };
  const carrier: Carrier = {
    name: 'outside',
    reads,
    unavailable: async () => (isAway ? 'away' : undefined),
    async prepare(call) {
      const senderNonce = nonce++;
      return {
        payload: `0x${Buffer.from(JSON.stringify(call)).toString('hex')}`,
        locator: `n${senderNonce}`,
        senderNonce,
        costWei: 1n,
      };
    },
    async perform(attempt) {
      const now = weather.shift() ?? 'fine';
      if (now === 'lost') throw new Error('no answer');
      if (!known.has(attempt.locator)) {
        const call = JSON.parse(Buffer.from(attempt.payload.slice(2), 'hex').toString()) as Call;
        known.set(attempt.locator, { call, outcome: now === 'fails' ? 'failed' : 'mined' });
        if (now !== 'fails') apply(call);
      }
      if (now === 'unheard') throw new Error('no answer');
      if (now !== 'slow' && now !== 'fails') settle();
    },
    async probe(attempt: Attempt) {
      const found = known.get(attempt.locator);
      return { outcome: found?.outcome ?? 'unknown' };
    },
  };
  function settle() {
    for (const item of known.values()) if (item.outcome === 'mined') item.outcome = 'final';
    for (const subject of done) finalized.add(subject);
  }
  return {
    carrier,
    settle,
    done,
    twice: () => doneTwice,
    forecast: (next: Weather[]) => {
      weather = [...next];
    },
    away: (value: boolean) => {
      isAway = value;
    },
  };
}

describe('outbox', () => {
  let temp: TempStore;
  let nowMs = 1_000_000;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const settled: string[] = [];
  const voided: string[] = [];
  let verdicts = new Map<string, 'not-yet' | 'never'>();

  const lane: Lane = {
    name: 'test',
    carrier: 'outside',
    rank: 60,
    policy: { batchMax: 4, longestWaitMs: 0 },
    groupOf: (intent) => String(intent.message.fields.group),
    preflight: async (items) =>
      items.map((item) => {
        const verdict = verdicts.get(item.id);
        return verdict ? { verdict, reason: 'said so' } : { verdict: 'ready' };
      }),
    prepare: (items) => ({ contract: 'Test', fn: 'go', args: [items.map((item) => item.subject)] }),
    landed: (items, reads, at) =>
      Promise.all(
        items.map((item) => reads.read<boolean>({ contract: 'Test', fn: 'isDone', args: [item.subject] }, at)),
      ),
    settled: (_tx, intent) => void settled.push(intent.id),
    voided: (_tx, intent) => void voided.push(intent.id),
  };

  before(async () => {
    temp = await createTempStore(clock);
  });
  after(() => temp.dispose());

  const act = <T>(work: (tx: Tx) => T) => temp.store.act({ name: 'outbox.test', actor: system('test') }, work);
  const stateOf = (id: string): Intent => temp.store.read((reader) => outbox.find(reader, id))!;
  let serial = 0;
  const add = (
    more: { lane?: string; after?: string[]; group?: string; validForMs?: number; notBeforeMs?: number } = {},
  ) =>
    act((tx) =>
      outbox.add(tx, {
        lane: more.lane ?? 'test',
        subject: `0x${(++serial).toString(16).padStart(64, '0')}` as Hex,
        message: { type: 'Test', fields: { group: more.group ?? String(serial) } },
        authorisations: [],
        validUntilMs: nowMs + (more.validForMs ?? 1_000_000),
        notBeforeMs: more.notBeforeMs,
        after: more.after,
      }),
    );
  const queue = (id: string) => act((tx) => outbox.queue(tx, id));
  const dispatcher = (
    outside: ReturnType<typeof createOutside>,
    isClockTrusted = () => true,
    lanes: readonly Lane[] = [lane],
  ): Dispatcher =>
    createDispatcher({
      store: temp.store,
      lanes,
      carriers: [outside.carrier],
      events: temp.events,
      clock,
      log: silentLog,
      pollMs: 60_000,
      isClockTrusted,
    });
  const rounds = async (runner: Dispatcher, count: number) => {
    for (let round = 0; round < count; round++) await runner.round();
  };

  it('brings every intent to its end exactly once, whatever the line does', async () => {
    const weathers = fc.array(fc.constantFrom<Weather>('fine', 'lost', 'unheard', 'fails', 'slow'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(weathers, fc.integer({ min: 1, max: 9 }), async (weather, count) => {
        const outside = createOutside();
        settled.length = 0;
        const ids: string[] = [];
        for (let index = 0; index < count; index++) ids.push(await add({ group: `g${index % 3}` }));
        for (const id of ids) await queue(id);
        outside.forecast(weather);
        // Each life of the hub makes one or two rounds; then another hub goes on from the store alone.
        for (let life = 0; life < weather.length + 8; life++) {
          await rounds(dispatcher(outside), 1 + (life % 2));
          if (life % 3 === 2) outside.settle();
        }
        assert.deepEqual(
          ids.map((id) => stateOf(id).state),
          ids.map(() => 'final'),
        );
        assert.equal(outside.twice(), 0);
        assert.deepEqual([...settled].sort(), [...ids].sort());
      }),
      { numRuns: 40 },
    );
  });

  it('keeps an intent behind what must be final first, and voids it with what went void', async () => {
    const outside = createOutside();
    const first = await add();
    const second = await add({ after: [first] });
    await queue(second);
    await rounds(dispatcher(outside), 2);
    assert.equal(stateOf(second).state, 'queued');
    await queue(first);
    await rounds(dispatcher(outside), 4);
    assert.equal(stateOf(second).state, 'final');

    const third = await add();
    const fourth = await add({ after: [third] });
    await queue(fourth);
    await act((tx) => outbox.withdraw(tx, third, 'changed my mind'));
    await rounds(dispatcher(outside), 1);
    assert.deepEqual([stateOf(fourth).state, stateOf(fourth).reason], ['void', 'depends_on_void']);
  });

  it('waits while preflight says not yet, says why, and voids what can never go', async () => {
    const outside = createOutside();
    const waiting = await add();
    const hopeless = await add();
    await queue(waiting);
    await queue(hopeless);
    verdicts = new Map([
      [waiting, 'not-yet'],
      [hopeless, 'never'],
    ]);
    voided.length = 0;
    await rounds(dispatcher(outside), 2);
    assert.deepEqual([stateOf(waiting).state, stateOf(waiting).reason], ['queued', 'said so']);
    assert.deepEqual([stateOf(hopeless).state, stateOf(hopeless).reason], ['void', 'said so']);
    assert.deepEqual(voided, [hopeless]);
    verdicts.clear();
    await rounds(dispatcher(outside), 3);
    assert.equal(stateOf(waiting).state, 'final');
  });

  it('lets nothing expire while the clock is not trusted, nor what has left already', async () => {
    const outside = createOutside();
    outside.forecast(['slow']);
    const sent = await add({ validForMs: 10 });
    await queue(sent);
    await rounds(dispatcher(outside), 1);
    const unsent = await add({ validForMs: 10 });
    nowMs += 1_000;
    await rounds(
      dispatcher(outside, () => false),
      2,
    );
    assert.equal(stateOf(unsent).state, 'signed');
    await rounds(dispatcher(outside), 1);
    assert.deepEqual([stateOf(unsent).state, stateOf(unsent).reason], ['void', 'expired']);
    assert.equal(stateOf(sent).state, 'landed');
    outside.settle();
    await rounds(dispatcher(outside), 1);
    assert.equal(stateOf(sent).state, 'final');
  });

  it('sends nothing before its time, nor while the line is away', async () => {
    const outside = createOutside();
    const later = await add({ notBeforeMs: nowMs + 5_000 });
    await queue(later);
    await rounds(dispatcher(outside), 2);
    assert.equal(stateOf(later).state, 'queued');
    nowMs += 6_000;
    outside.away(true);
    await rounds(dispatcher(outside), 2);
    assert.equal(stateOf(later).state, 'queued');
    outside.away(false);
    await rounds(dispatcher(outside), 3);
    assert.equal(stateOf(later).state, 'final');
  });

  it('counts the nonces of each sender for itself: a restored hub has another key', async () => {
    const outside = createOutside();
    const asked: number[] = [];
    let sender = 'former';
    const carrier: Carrier = {
      ...outside.carrier,
      name: 'keyed',
      sender: async () => sender,
      async prepare(call, used) {
        asked.push(used.highestNonce);
        return { ...(await outside.carrier.prepare(call, used)), senderNonce: used.highestNonce + 1 };
      },
    };
    const hub = createDispatcher({
      store: temp.store,
      lanes: [{ ...lane, name: 'keyed', carrier: 'keyed' }],
      carriers: [carrier],
      events: temp.events,
      clock,
      log: silentLog,
      pollMs: 1000,
      isClockTrusted: () => true,
    });
    const send = async () => {
      await queue(await add({ lane: 'keyed' }));
      await hub.round();
      await hub.round();
    };
    await send();
    await send();
    sender = 'new';
    await send();
    await send();
    sender = 'former';
    await send();
    assert.deepEqual(asked, [-1, 0, -1, 0, 1]);
  });

  it('lets a lane that is refused wait, and no other one with it', async () => {
    const outside = createOutside();
    let isRefused = true;
    const carrier: Carrier = {
      ...outside.carrier,
      name: 'picky',
      async prepare(call, used) {
        if (call.fn === 'refused' && isRefused) throw fail('chain_refused', { what: 'it', reason: 'TooEarly' });
        return { ...(await outside.carrier.prepare(call, used)), locator: `picky ${call.fn}` };
      },
    };
    const picky = (name: string, rank: number): Lane => ({
      ...lane,
      name,
      rank,
      carrier: 'picky',
      prepare: (items) => ({ contract: 'Test', fn: name, args: [items.map((item) => item.subject)] }),
    });
    const hub = createDispatcher({
      store: temp.store,
      lanes: [picky('refused', 1), picky('taken', 2)],
      carriers: [carrier],
      events: temp.events,
      clock,
      log: silentLog,
      pollMs: 1000,
      isClockTrusted: () => true,
    });
    const [first, second] = [await add({ lane: 'refused' }), await add({ lane: 'taken' })];
    await queue(first);
    await queue(second);
    for (let round = 0; round < 2; round++) await hub.round();
    assert.deepEqual([stateOf(first).state, stateOf(second).state], ['queued', 'final']);
    isRefused = false;
    for (let round = 0; round < 2; round++) await hub.round();
    assert.equal(stateOf(first).state, 'final');
  });

  it('never splits a group over two attempts', async () => {
    const outside = createOutside();
    const ids: string[] = [];
    for (let index = 0; index < 3; index++) ids.push(await add({ group: 'a' }));
    for (let index = 0; index < 3; index++) ids.push(await add({ group: 'b' }));
    for (const id of ids) await queue(id);
    await dispatcher(outside).round();
    assert.equal(outside.done.size, 3);
    await rounds(dispatcher(outside), 4);
    assert.deepEqual(
      ids.map((id) => stateOf(id).state),
      ids.map(() => 'final'),
    );
  });

  it('gives every lane its turn, however busy the ones before it are', async () => {
    const outside = createOutside();
    const busy = ['busy', 'busier'].map((name, index): Lane => ({ ...lane, name, rank: 20 + index }));
    const runner = dispatcher(outside, () => true, [lane, ...busy]);
    const waiting = await add();
    await queue(waiting);
    for (let round = 0; round < 6; round++) {
      for (const { name } of busy) await queue(await add({ lane: name }));
      await runner.round();
    }
    assert.equal(stateOf(waiting).state, 'final');
    await rounds(runner, 6);
  });

  it('refuses to take back what has left', async () => {
    const outside = createOutside();
    outside.forecast(['slow']);
    const id = await add();
    await queue(id);
    await rounds(dispatcher(outside), 1);
    for (const attempt of [() => act((tx) => outbox.withdraw(tx, id, 'late')), () => queue(id)]) {
      await assert.rejects(attempt(), (error) => isStoopError(error, 'conflict'));
    }
    await assert.rejects(queue('00000000-0000-7000-8000-000000000000'), (error) => isStoopError(error, 'not_found'));
  });
});

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { type Carrier, type Hex, type Lane, system } from '../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../store/testing/temp-store.ts';
import { createCatchUp, createDispatcher, outbox } from './index.ts';

const dayMs = 86_400_000;

describe('an outbox that catches up', () => {
  let temp: TempStore;
  let mark: string;
  let sent: string[];
  let landed: Set<Hex>;
  /** Carried, and not yet in a finalized block. */
  let landing: Set<Hex>;
  let settled: string[];
  let canRead: boolean;
  let isAway: boolean;
  let voided: string[];
  let caughtUps: string[];
  /** How much was heard of the outside. */
  let news = 0;

  const carrier: Carrier = {
    name: 'outside',
    reads: { isOnline: () => !isAway, read: async () => undefined as never },
    unavailable: async () => (isAway ? 'away' : undefined),
    prepare: async () => ({ payload: '0x00', locator: `n${sent.length}`, senderNonce: sent.length, costWei: 1n }),
    perform: async ({ locator }) => void sent.push(locator),
    probe: async () => ({ outcome: 'unknown' }),
  };
  const lane: Lane = {
    name: 'test',
    carrier: 'outside',
    rank: 60,
    policy: { batchMax: 500, longestWaitMs: 0 },
    groupOf: ({ id }) => id,
    preflight: async (items) => items.map(() => ({ verdict: 'ready' })),
    prepare: () => ({ contract: 'Test', fn: 'go', args: [] }),
    landed: async (items, _, at) =>
      items.map(({ subject }) => landed.has(subject) || (at === 'latest' && landing.has(subject))),
    settled: (_, { id }) => void settled.push(id),
    voided: (_, { id }) => void voided.push(id),
    caughtUp: () => void caughtUps.push('test'),
  };

  /** A hub's next life on the same store. */
  const dispatcher = () => {
    const catchUp = createCatchUp(
      mark,
      () => canRead,
      () => {},
    );
    const { store, events } = temp;
    const isClockTrusted = () => true;
    const options = {
      store,
      events,
      clock: systemClock,
      log: silentLog,
      pollMs: 60_000,
      isClockTrusted,
      catchUp,
      newsSeen: () => news,
    };
    return createDispatcher({ ...options, lanes: [lane], carriers: [carrier] });
  };
  const add = (serial: number, validForMs = dayMs, isQueued = true) =>
    temp.store.act({ name: 'test.add', actor: system('test') }, (tx) => {
      const subject: Hex = `0x${serial.toString(16).padStart(64, '0')}`;
      const message = { type: 'Test', fields: {} };
      const validUntilMs = Date.now() + validForMs;
      const id = outbox.add(tx, { lane: 'test', subject, message, authorisations: [], validUntilMs });
      if (isQueued) outbox.queue(tx, id);
      return { id, subject };
    });
  const stateOf = (id: string) => temp.store.read((reader) => outbox.find(reader, id)!.state);

  beforeEach(async () => {
    temp = await createTempStore();
    mark = join(temp.dir, 'catching-up');
    writeFileSync(mark, '{}');
    [sent, voided, settled, landed, landing, canRead, isAway] = [[], [], [], new Set(), new Set(), false, false];
    caughtUps = [];
  });
  afterEach(() => temp.dispose());

  it('sends nothing and voids nothing until the outside could be read, over restarts too', async () => {
    const waiting = await add(1);
    const late = await add(2, -dayMs);
    await dispatcher().round();
    canRead = true;
    isAway = true;
    await dispatcher().round();
    assert.deepEqual([sent, voided], [[], []]);
    assert.equal(existsSync(mark), true);

    isAway = false;
    await dispatcher().round();
    assert.equal(existsSync(mark), false);
    assert.equal(sent.length, 1);
    assert.deepEqual(voided, [late.id]);
    assert.equal(stateOf(waiting.id), 'sent');
  });

  it('takes for final what has landed, however much waits, even past its time', async () => {
    const many = [];
    for (let serial = 1; serial <= 450; serial++) many.push(await add(serial, serial % 2 === 0 ? dayMs : -dayMs));
    const done = many.slice(210);
    landed = new Set(done.map(({ subject }) => subject));
    canRead = true;
    const runner = dispatcher();
    await runner.round();
    assert.ok(done.every(({ id }) => stateOf(id) === 'final'));
    assert.ok(done.every(({ id }) => !voided.includes(id)));
  });

  it('takes for final what is merely signed here, or was given up since, and has landed all the same', async () => {
    const open = await add(1, dayMs, false);
    const untouched = await add(2, dayMs, false);
    const givenUp = await add(3);
    await temp.store.act({ name: 'test.withdraw', actor: system('test') }, (tx) =>
      outbox.withdraw(tx, givenUp.id, 'left'),
    );
    landed = new Set([open.subject, givenUp.subject]);
    canRead = true;
    await dispatcher().round();
    assert.deepEqual(settled.sort(), [open.id, givenUp.id].sort());
    assert.equal(stateOf(untouched.id), 'signed');
    assert.deepEqual(sent, []);
  });

  it('waits for what has landed and may still be taken back', async () => {
    const { id, subject } = await add(1, dayMs, false);
    landing = new Set([subject]);
    canRead = true;
    const runner = dispatcher();
    await runner.round();
    assert.equal(existsSync(mark), true);
    landed = landing;
    await runner.round();
    assert.deepEqual([existsSync(mark), settled], [false, [id]]);
  });

  it('takes for final what its former life’s bytes bring there only after the comparison, over a restart too', async () => {
    const [open, untouched] = [await add(1, dayMs, false), await add(2, dayMs, false)];
    const [givenUp, stillGivenUp] = [await add(3), await add(4)];
    await temp.store.act({ name: 'test.withdraw', actor: system('test') }, (tx) => {
      for (const { id } of [givenUp, stillGivenUp]) outbox.withdraw(tx, id, 'left');
    });
    canRead = true;
    const runner = dispatcher();
    await runner.round();
    assert.deepEqual([existsSync(mark), settled], [false, []]);
    const younger = await add(5, dayMs, false);

    landing = new Set([open.subject, givenUp.subject]);
    news++;
    await runner.round();
    assert.deepEqual(settled, [], 'it may still be taken back');
    landed = new Set([open.subject]);
    await runner.round();
    assert.deepEqual(settled, [], 'nothing was heard of the outside since');
    news++;
    await runner.round();
    assert.deepEqual(settled, [open.id]);

    landed = new Set([givenUp.subject, younger.subject]);
    await dispatcher().round();
    assert.deepEqual(settled, [open.id, givenUp.id]);
    assert.deepEqual(
      [untouched, stillGivenUp, younger].map(({ id }) => stateOf(id)),
      ['signed', 'void', 'signed'],
    );
    assert.deepEqual(caughtUps, ['test', 'test', 'test']);
  });

  it('is released by a person for people’s actions, never for sending, and a restart remembers it', async () => {
    const { id } = await add(1);
    const open = () =>
      createCatchUp(
        mark,
        () => false,
        () => {},
      );
    assert.deepEqual([open().isHolding(), open().isDue()], [true, true]);
    open().release(1_790_000_000_000);
    assert.deepEqual([open().isHolding(), open().isDue()], [false, true]);
    assert.equal(open().state()?.releasedAtMs, 1_790_000_000_000);
    await dispatcher().round();
    assert.deepEqual([sent, stateOf(id)], [[], 'queued']);
  });
});

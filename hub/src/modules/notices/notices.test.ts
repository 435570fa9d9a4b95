import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { createFaults, type Faults } from '../../platform/faults.ts';
import type { DeliveryAnswer, Intent, Reads } from '../../platform/ports/index.ts';
import { system } from '../../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';
import { createNoticesRoom, type LetterReader, type NoticesRoomDeps } from './index.ts';
import { noticeFields } from './notices.lanes.ts';

const minuteMs = 60_000;
const ana: LetterReader = { address: 'ana@building.test', office: 'treasurer', language: 'es' };
const max: LetterReader = { address: 'max@building.test', office: 'maintainer', language: 'en' };

describe('notices', () => {
  let temp: TempStore;
  let nowMs = Date.UTC(2026, 5, 1, 12);
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  let faults: Faults;
  const settledOrders = new Set<string>();

  before(async () => {
    temp = await createTempStore(clock);
  });
  after(() => temp.dispose());
  beforeEach(async () => {
    faults = createFaults(clock);
    nowMs += 60 * minuteMs;
    await temp.store.act({ name: 'notices.test', actor: system('test') }, (tx) => {
      for (const table of ['notice_readers', 'notices', 'notice_cursor', 'intent_states', 'intent_after', 'intents'])
        tx.prepare(`DELETE FROM ${table}`).run();
    });
  });

  const roomOf = (more: Partial<NoticesRoomDeps> = {}) =>
    createNoticesRoom({
      store: temp.store,
      clock,
      faults,
      whyNot: async (lane) => `${lane}: connect ECONNREFUSED; tried again in 40 s.`,
      readers: [ana, max],
      hooks: ['books'],
      settledOrder: (_reader, id) =>
        settledOrders.has(id) ? { id, totalMicros: 12_500_000, lineCount: 3 } : undefined,
      building: () => 'Concourse House',
      waitingLanes: [],
      ...more,
    });
  const look = (room: ReturnType<typeof roomOf>) => room.jobs![0]!.run(new AbortController().signal);
  const intents = (lane: string): Intent[] =>
    temp.store
      .read((reader) =>
        reader
          .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane ORDER BY id')
          .all<{ id: string }>({ lane }),
      )
      .map(({ id }) => temp.store.read((reader) => outbox.find(reader, id))!);
  const told = (lane: string) =>
    intents(lane).map((intent) => [noticeFields(intent).reader, noticeFields(intent).kind]);
  const change = (noun: string, id: string) =>
    temp.store.act({ name: 'notices.test', actor: system('test') }, (tx) => tx.changed(noun, id, 1));

  it('tells the treasurer of money at once, once, and the webhook', async () => {
    const room = roomOf();
    faults.raise('spent_too_much', 'money', 'The hub has spent 12.50 today; the cap is 10.');
    await look(room);
    await look(room);
    await look(roomOf());
    assert.deepEqual(told('mail'), [[ana.address, 'fault.raised']]);
    assert.deepEqual(told('webhook:books'), [['books', 'fault.raised']]);
    assert.deepEqual(JSON.parse(noticeFields(intents('webhook:books')[0]!).data), {
      code: 'spent_too_much',
      class: 'money',
      message: 'The hub has spent 12.50 today; the cap is 10.',
    });
  });

  it('waits five minutes before it calls the maintainer, and forgets what passed by itself', async () => {
    const room = roomOf();
    faults.raise('broker_down', 'state', 'broker: the port is taken');
    await look(room);
    nowMs += 4 * minuteMs;
    await look(room);
    assert.deepEqual(told('mail'), []);
    faults.clear('broker_down');
    await look(room);
    faults.raise('broker_down', 'state', 'broker: the port is taken');
    await look(room);
    nowMs += 4 * minuteMs;
    await look(room);
    assert.deepEqual(told('mail'), []);
    nowMs += minuteMs;
    await look(room);
    assert.deepEqual(told('mail'), [[max.address, 'fault.raised']]);
  });

  it('tells both of the chain', async () => {
    const room = roomOf();
    faults.raise('chain_mismatch', 'chain', 'The chain is another one.');
    await look(room);
    nowMs += 5 * minuteMs;
    await look(room);
    assert.deepEqual(
      told('mail').map(([reader]) => reader),
      [ana.address, max.address],
    );
  });

  it('says when it is over, behind the first news, and only after ten quiet minutes', async () => {
    const room = roomOf();
    faults.raise('drift', 'money', 'The journal and the chain differ.');
    await look(room);
    faults.clear('drift');
    await look(room);
    nowMs += 9 * minuteMs;
    // It comes back in between: nobody is told twice.
    faults.raise('drift', 'money', 'The journal and the chain differ.');
    await look(room);
    faults.clear('drift');
    await look(room);
    nowMs += 9 * minuteMs;
    await look(room);
    assert.deepEqual(told('mail'), [[ana.address, 'fault.raised']]);
    nowMs += minuteMs;
    await look(room);
    const [raised, cleared] = intents('mail');
    assert.equal(noticeFields(cleared!).kind, 'fault.cleared');
    assert.deepEqual(cleared!.after, [raised!.id]);
    faults.raise('drift', 'money', 'Again.');
    await look(room);
    assert.equal(intents('mail').length, 3);
  });

  it('says that it is over even when the hub was restarted in between', async () => {
    faults.raise('drift', 'money', 'The journal and the chain differ.');
    await look(roomOf());
    faults = createFaults(clock);
    const next = roomOf();
    await look(next);
    nowMs += 10 * minuteMs;
    await look(next);
    assert.deepEqual(
      told('webhook:books').map(([, kind]) => kind),
      ['fault.raised', 'fault.cleared'],
    );
  });

  it('posts every order that settles, once, and none from before anybody asked', async () => {
    settledOrders.add('order-0');
    await change('order', 'order-0');
    const room = roomOf();
    await look(room);
    assert.deepEqual(told('webhook:books'), []);
    await change('order', 'order-1');
    await look(room);
    assert.deepEqual(told('webhook:books'), []);
    settledOrders.add('order-1');
    await change('order', 'order-1');
    await change('member', 'order-0');
    await look(room);
    await change('order', 'order-1');
    await look(room);
    await look(roomOf());
    assert.deepEqual(told('webhook:books'), [['books', 'order.settled']]);
    assert.deepEqual(JSON.parse(noticeFields(intents('webhook:books')[0]!).data), {
      id: 'order-1',
      totalMicros: 12_500_000,
      lineCount: 3,
    });
    assert.deepEqual(told('mail'), []);
  });

  it('misses no order that settled while the hub was off', async () => {
    await look(roomOf());
    settledOrders.add('order-2');
    await change('order', 'order-2');
    await look(roomOf());
    assert.deepEqual(told('webhook:books'), [['books', 'order.settled']]);
  });

  it('makes a fault of what nobody takes for an hour, and tells it by every other way', async () => {
    const room = roomOf();
    faults.raise('drift', 'money', 'The journal and the chain differ.');
    await look(room);
    nowMs += 61 * minuteMs;
    await temp.store.act({ name: 'notices.test', actor: system('test') }, (tx) =>
      tx.prepare("UPDATE intents SET state = 'final' WHERE lane = 'webhook:books'").run(),
    );
    await look(room);
    const [waits] = faults.list().filter(({ code }) => code.endsWith('_waits'));
    assert.deepEqual(
      [waits!.code, waits!.message],
      ['mail_waits', 'mail: connect ECONNREFUSED; tried again in 40 s. Waiting: 1.'],
    );
    nowMs += 5 * minuteMs;
    await look(room);
    assert.deepEqual(told('mail'), [[ana.address, 'fault.raised']]);
    assert.equal(JSON.parse(noticeFields(intents('webhook:books').at(-1)!).data).code, 'mail_waits');
    await temp.store.act({ name: 'notices.test', actor: system('test') }, (tx) =>
      tx.prepare("UPDATE intents SET state = 'final'").run(),
    );
    await look(room);
    assert.deepEqual(
      faults.list().map(({ code }) => code),
      ['drift'],
    );
  });

  it('writes in the reader’s language, with the building’s name and no more than is known', async () => {
    const room = roomOf();
    faults.raise('drift', 'money', 'The journal and the chain differ.');
    await look(room);
    const lane = room.lanes.find(({ name }) => name === 'mail')!;
    const [intent] = intents('mail');
    const call = temp.store.read((reader) => lane.prepare([intent!], reader));
    const letter = call.args[0] as { key: string; to: string; subject: string; text: string };
    assert.deepEqual([letter.key, letter.to], [intent!.id, ana.address]);
    assert.equal(letter.subject, 'Concourse House: algo necesita de usted');
    assert.match(letter.text, /En palabras del hub \(en inglés\): The journal and the chain differ\./);
    assert.match(letter.text, /Desde: \d+ de junio de 2026/);
    assert.match(letter.text, /Su nombre en el registro: drift/);
  });

  it('lets each reader wait, be refused or leave alone', async () => {
    const room = roomOf();
    faults.raise('chain_mismatch', 'chain', 'The chain is another one.');
    await look(room);
    nowMs += 5 * minuteMs;
    await look(room);
    const items = intents('mail');
    const answer = (outcome: DeliveryAnswer['outcome'], untilMs = 0) => ({
      outcome,
      words: '',
      tries: 1,
      untilMs,
      atMs: 0,
    });
    const verdicts = (answers: (DeliveryAnswer | undefined)[], of = room) => {
      const reads: Reads = {
        isOnline: () => true,
        read: async <T>({ args }: { args: readonly unknown[] }) =>
          answers[items.findIndex(({ id }) => id === args[0])] as T,
      };
      const lane = of.lanes.find(({ name }) => name === 'mail')!;
      return Promise.all([lane.preflight(items, reads), lane.landed(items, reads, 'finalized')]);
    };
    assert.deepEqual(await verdicts([answer('taken'), answer('refused')]), [
      [{ verdict: 'ready' }, { verdict: 'never', reason: 'refused_there' }],
      [true, false],
    ]);
    assert.deepEqual(await verdicts([answer('deferred', nowMs + 1), answer('deferred', nowMs)]), [
      [{ verdict: 'not-yet', reason: 'put_off_there' }, { verdict: 'ready' }],
      [false, false],
    ]);
    assert.deepEqual((await verdicts([undefined, undefined], roomOf({ readers: [max] })))[0], [
      { verdict: 'never', reason: 'not_in_settings' },
      { verdict: 'ready' },
    ]);
  });

  it('does nothing without settings, but for what still waits', () => {
    const silent = roomOf({ readers: [], hooks: [] });
    assert.deepEqual([silent.lanes, silent.jobs], [[], []]);
    const left = roomOf({
      readers: [],
      hooks: ['books'],
      waitingLanes: ['orders', 'mail', 'webhook:gone', 'webhook:books'],
    });
    assert.deepEqual(
      left.lanes.map(({ name, carrier }) => [name, carrier]),
      [
        ['mail', 'mail'],
        ['webhook:books', 'webhook:books'],
        ['webhook:gone', 'webhook:gone'],
      ],
    );
  });
});

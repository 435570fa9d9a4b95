import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { createProviderCarrier } from '../src/carriers/index.ts';
import { createDispatcher, type Dispatcher, outbox } from '../src/outbox/index.ts';
import type { Clock } from '../src/platform/clock.ts';
import { createEventBus } from '../src/platform/events.ts';
import { silentLog } from '../src/platform/log.ts';
import type { Carrier, Hex } from '../src/platform/ports/index.ts';
import { system } from '../src/platform/ports/index.ts';
import { migrations } from '../src/store/migrations/index.ts';
import { type OpenStore, openStore } from '../src/store/open.ts';
import { migration } from './second-carrier/0901-certificates.ts';
import { certificatesLane, certify } from './second-carrier/certificates.ts';
import { createProviderServer, type ProviderServer, type ProviderWeather } from './support/provider-server.ts';

const token = 'a-token-of-sixteen-or-more';

describe('a lane on a carrier that is no chain', () => {
  let nowMs = Date.UTC(2026, 5, 1);
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  let folder: string;
  let provider: ProviderServer;
  let store: OpenStore;
  let carrier: Carrier;
  let dispatcher: Dispatcher;
  let serial = 0;
  /** Short only where somebody keeps silent: a busy machine answers late as well. */
  let timeoutMs = 10_000;

  /** A life of the hub: what it knows is what the store holds. */
  async function live() {
    const events = createEventBus((error) => {
      throw error;
    });
    store = await openStore({
      path: join(folder, 'stoop.db'),
      clock,
      events,
      migrations: [...migrations, migration],
      windowMs: 0,
    });
    const settings = { name: 'registry', baseUrl: provider.baseUrl, tokenFile: join(folder, 'token') };
    carrier = createProviderCarrier({ settings, store, clock, timeoutMs });
    dispatcher = createDispatcher({
      store,
      lanes: [certificatesLane],
      carriers: [carrier],
      events,
      clock,
      log: silentLog,
      pollMs: 60_000,
      isClockTrusted: () => true,
    });
  }

  async function open(patienceMs = 10_000) {
    timeoutMs = patienceMs;
    folder = mkdtempSync(join(tmpdir(), 'stoop-second-'));
    writeFileSync(join(folder, 'token'), token);
    provider = await createProviderServer(token);
    provider.knowLots(['basil-1', 'kale-2']);
    await live();
  }
  async function close() {
    store.close();
    await provider.close();
    rmSync(folder, { recursive: true });
  }
  beforeEach(() => open());
  afterEach(close);

  async function beSilentSoon(isNeeded: boolean) {
    if (!isNeeded) return;
    await close();
    await open(1_000);
  }

  const weigh = (lot: string, grams: number) =>
    store.act({ name: 'certificates.test', actor: system('test') }, (tx) =>
      certify(tx, `0x${(++serial).toString(16).padStart(64, '0')}` as Hex, lot, grams, nowMs),
    );
  const states = () =>
    store.read((reader) =>
      reader
        .prepare('SELECT state FROM certificates ORDER BY id')
        .all<{ state: string }>()
        .map(({ state }) => state),
    );
  const attempts = () =>
    store.read((reader) => reader.prepare('SELECT state FROM attempts ORDER BY id').all<{ state: string }>());

  async function settle() {
    for (let round = 0; round < 60; round++) {
      await provider.comeBack();
      await dispatcher.round();
      if (store.read((reader) => outbox.waiting(reader)).length === 0) return;
      provider.workOff();
      nowMs += 3_600_000;
    }
    throw new Error('something still waits');
  }

  it('carries many items in one request, which nobody repeats when all is well', async () => {
    for (let grams = 100; grams <= 500; grams += 100) await weigh('basil-1', grams);
    await settle();
    assert.deepEqual(states(), Array(5).fill('registered'));
    assert.deepEqual(
      provider.ledger.map(({ grams }) => grams),
      [100, 200, 300, 400, 500],
    );
    assert.equal(provider.puts(), 1);
    assert.deepEqual(provider.unsafe, []);
  });

  const cases: readonly [ProviderWeather, number][] = [
    ['lost', 2],
    ['busy', 2],
    ['unheard', 1],
    ['silent', 1],
    ['error', 1],
    ['dies', 1],
    ['late', 1],
  ];
  for (const [weather, puts] of cases) {
    it(`registers once when the answer is ${weather}, with ${puts} request${puts > 1 ? 's' : ''}`, async () => {
      await beSilentSoon(weather === 'silent' || weather === 'late');
      provider.forecast([weather]);
      await weigh('kale-2', 250);
      await settle();
      provider.workOff();
      assert.deepEqual(states(), ['registered']);
      assert.equal(provider.ledger.length, 1);
      assert.equal(provider.puts(), puts);
      await dispatcher.round();
      assert.deepEqual(attempts(), [{ state: 'final' }]);
    });
  }

  it('registers once when a request is taken long after it was given up and made again', async () => {
    await beSilentSoon(true);
    provider.forecast(['late']);
    await weigh('kale-2', 250);
    await dispatcher.round();
    nowMs += 3_600_000;
    // One more for the next batch: if the first item were packed anew, its batch would be another one.
    await weigh('basil-1', 10);
    for (let round = 0; round < 4; round++) await dispatcher.round();
    provider.workOff();
    assert.deepEqual(
      provider.ledger.map(({ grams }) => grams),
      [250, 10],
    );
    assert.equal(provider.puts(), 3);
    assert.deepEqual(states(), ['registered', 'registered']);
  });

  it('asks before it repeats anything: while the provider is away nothing leaves', async () => {
    provider.forecast(['unheard']);
    await weigh('basil-1', 10);
    await dispatcher.round();
    await provider.goAway();
    for (let round = 0; round < 4; round++) {
      nowMs += 3_600_000;
      await dispatcher.round();
      assert.match((await carrier.unavailable())!, /^registry: .+; tried again in \d+ s\.$/);
    }
    assert.equal(provider.puts(), 1);
    await settle();
    assert.equal(provider.puts(), 1);
    assert.deepEqual(states(), ['registered']);
  });

  it('keeps what is not ready behind a reason, and sends it when it is', async () => {
    const id = await weigh('mint-3', 40);
    await dispatcher.round();
    const intent = () => store.read((reader) => outbox.find(reader, id))!;
    assert.deepEqual([intent().state, intent().reason], ['queued', 'lot_not_known_there']);
    provider.knowLots(['mint-3']);
    await settle();
    assert.equal(intent().state, 'final');
  });

  it('registers everything exactly once, whatever the line, the provider and the hub do', async () => {
    const puts = fc.array(
      fc.constantFrom<ProviderWeather>('fine', 'lost', 'unheard', 'silent', 'late', 'error', 'busy', 'dies'),
      { maxLength: 8 },
    );
    const looks = fc.array(fc.constantFrom('fine', 'fine', 'fine', 'cut', 'busy'), { maxLength: 12 });
    const lives = fc.array(fc.constantFrom('round', 'restart', 'wait', 'work-off', 'back', 'weigh'), { maxLength: 15 });
    await close();
    await fc.assert(
      fc.asyncProperty(puts, looks, lives, fc.integer({ min: 1, max: 12 }), async (weather, look, life, count) => {
        await open(200);
        let expected = 0;
        let items = 0;
        const weighOne = async () => {
          items += 1;
          expected += items * 7;
          await weigh(items % 2 ? 'basil-1' : 'kale-2', items * 7);
        };
        for (let item = 1; item <= count; item++) await weighOne();
        provider.forecast(weather, look as ('fine' | 'cut' | 'busy')[]);
        for (const step of life) {
          if (step === 'round') await dispatcher.round();
          else if (step === 'wait') nowMs += 3_600_000;
          // Another item for the next batch: whoever packs an item twice has it in two batches then.
          else if (step === 'weigh') await weighOne();
          else if (step === 'work-off') provider.workOff();
          else if (step === 'back') await provider.comeBack();
          else {
            store.close();
            await live();
          }
        }
        await settle();
        provider.workOff();
        assert.deepEqual(states(), Array(items).fill('registered'));
        assert.equal(provider.ledger.length, items);
        assert.equal(
          provider.ledger.reduce((sum, { grams }) => sum + grams, 0),
          expected,
        );
        await close();
      }),
      { numRuns: 25 },
    );
    await open();
  });

  it('voids nothing because the provider does not know the hub: it waits, and says so', async () => {
    writeFileSync(join(folder, 'token'), 'another-token-of-sixteen');
    const id = await weigh('basil-1', 5);
    await dispatcher.round();
    assert.match((await carrier.unavailable())!, /HTTP 401/);
    assert.equal(store.read((reader) => outbox.find(reader, id))!.state, 'queued');
    writeFileSync(join(folder, 'token'), token);
    await settle();
    assert.deepEqual(states(), ['registered']);
  });

  it('tells a refusal, and another content at its address, from a request that did not arrive', async () => {
    const put = (path: string, lot: string) =>
      carrier.prepare(
        { contract: 'registry', fn: 'put', args: [{ path, body: { entries: [{ id: path, lot, grams: 1 }] } }] },
        { highestNonce: 4 },
      );
    const attempt = async (path: string, lot: string) => ({
      ...(await put(path, lot)),
      id: path,
      lane: 'certificates',
      carrier: 'registry',
      intentIds: [],
      state: 'prepared' as const,
      createdAtMs: nowMs,
    });
    const refused = await attempt('batches/refused', 'unknown-lot');
    assert.equal(refused.senderNonce, 5);
    assert.deepEqual(await carrier.probe(refused), { outcome: 'unknown' });
    await carrier.perform(refused);
    assert.deepEqual(await carrier.probe(refused), { outcome: 'failed' });
    const call = { contract: 'registry', fn: 'answerTo', args: ['batches/refused'] };
    assert.equal((await carrier.reads.read<{ words: string }>(call, 'latest')).words, 'HTTP 422');
    provider.keep('batches/other', '{"entries":[]}');
    const other = await attempt('batches/other', 'basil-1');
    await carrier.perform(other);
    assert.deepEqual(await carrier.probe(other), { outcome: 'failed' });
    const unsafe = [{ path: '../../admin', body: {} }];
    await assert.rejects(
      carrier.prepare({ contract: 'registry', fn: 'put', args: unsafe }, { highestNonce: 0 }),
      /path: only URL-safe segments/,
    );
  });
});

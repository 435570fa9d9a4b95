import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outbox } from '../../outbox/index.ts';
import type { Call, Intent, Reads } from '../../platform/ports/index.ts';
import { certifier, createGardenHouse, type GardenHouse } from './testing/garden-house.ts';

const zero = `0x${'00'.repeat(20)}`;
const retired = 3n << 160n;
const frozen = 1n << 168n;

describe('produce on its way to the chain', () => {
  let house: GardenHouse;
  let lotId: string;
  const intents = (lane: string): Intent[] =>
    house.read((reader) =>
      reader
        .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane ORDER BY id')
        .all<{ id: string }>({ lane })
        .map(({ id }) => outbox.find(reader, id)!),
    );

  before(async () => {
    house = await createGardenHouse();
    lotId = await house.certified(1000);
    const shares = [1, 2, 3].map((seat) => ({ seat, grams: 100 * seat }));
    await house.room.produce.hand(certifier, { lotId, shares });
    await house.room.produce.consume({ seat: 1, roles: [] }, { lotId, grams: 40, why: 'eaten' });
    await house.room.produce.consume({ seat: 1, roles: [] }, { lotId, grams: 10, why: 'spoiled' });
  });
  after(() => house.dispose());

  /** What the contracts answer unless a test says otherwise; the batch functions answer `mask`. */
  function readsOf(mask: bigint, said: Record<string, unknown> = {}) {
    const asked: Call[] = [];
    const word = (seat: number) => BigInt(house.keyOf(seat)!);
    const lot = { certifier: house.officer('certifier'), certified: 1000n, minted: 0n, isRecalled: false };
    const answers: Record<string, unknown> = {
      lotOf: lot,
      isCertifier: true,
      isSteward: true,
      formerSeatOf: 0n,
      isHarvestUsed: false,
      isShiftUsed: false,
      isConsumeUsed: false,
      isTransferUsed: false,
      ...said,
    };
    const reads: Reads = {
      isOnline: () => true,
      async read<T>(call: Call) {
        asked.push(call);
        if (call.fn.endsWith('Batch')) return mask as T;
        const [first] = call.args as [number[]];
        const answer = call.fn === 'wordsOf' && said.wordsOf === undefined ? [word(first[0]!)] : answers[call.fn];
        return answer as T;
      },
    };
    return { reads, asked };
  }
  const verdicts = async (lane: string, mask: bigint, said?: Record<string, unknown>) => {
    const { reads } = readsOf(mask, said);
    const found = await house.lane(lane).preflight(intents(lane), reads);
    return found.map((one) => (one.verdict === 'ready' ? 'ready' : `${one.verdict} ${one.reason}`));
  };
  const lot = (more: object) => ({
    lotOf: { certifier: house.officer('certifier'), certified: 1000n, minted: 0n, isRecalled: false, ...more },
  });

  it('asks the token which of them it would take, all in one call', async () => {
    const { reads, asked } = readsOf(0b111n);
    const found = await house.lane('harvests').preflight(intents('harvests'), reads);
    assert.deepEqual(
      found.map(({ verdict }) => verdict),
      ['ready', 'ready', 'ready'],
    );
    assert.deepEqual(
      asked.map(({ fn, args }) => [fn, (args[0] as unknown[]).length]),
      [['harvestBatch', 3]],
    );
    assert.deepEqual(await verdicts('harvests', 0b101n), ['ready', 'not-yet grams_of_today_used', 'ready']);
  });

  it('says why a share waits, or never arrives', async () => {
    const first = async (said: Record<string, unknown>) => (await verdicts('harvests', 0b110n, said))[0];
    assert.equal(await first(lot({ certifier: zero })), 'not-yet lot_not_recorded');
    assert.equal(await first(lot({ isRecalled: true })), 'not-yet lot_recalled');
    assert.equal(await first(lot({ minted: 901n })), 'never above_certified');
    assert.equal(await first(lot({ minted: 900n })), 'not-yet grams_of_today_used');
    assert.equal(await first(lot({ certifier: `0x${'12'.repeat(20)}` })), 'never no_certifier');
    assert.equal(await first({ isCertifier: false }), 'never no_certifier');
    assert.equal(await first({ wordsOf: [0n] }), 'not-yet seat_not_recorded');
    assert.equal(await first({ wordsOf: [BigInt(house.keyOf(1)!) | retired] }), 'never seat_retired');
    // A frozen seat is still given what is its own.
    assert.equal(await first({ wordsOf: [BigInt(house.keyOf(1)!) | frozen] }), 'not-yet grams_of_today_used');
  });

  it('gives nothing up on the word of a block that is not final, nor what has landed', async () => {
    const { reads } = readsOf(0b110n, lot({ minted: 901n }));
    const final = readsOf(0b110n, lot({ minted: 500n })).reads;
    const changing: Reads = { ...reads, read: (call, at) => (at === 'latest' ? reads : final).read(call, at) };
    const [first] = await house.lane('harvests').preflight(intents('harvests'), changing);
    assert.deepEqual(first, { verdict: 'not-yet', reason: 'not_final_yet' });
    // The share that filled the lot finds it full.
    const full = await verdicts('harvests', 0b110n, { ...lot({ minted: 1000n }), isHarvestUsed: true });
    assert.equal(full[0], 'not-yet landing');
  });

  it('gives nothing to a key that its neighbour has no longer, though the token would', async () => {
    await house.room.gifts.give({ seat: 2, roles: [] }, { lotId, toSeat: 3, grams: 5 });
    assert.deepEqual(await verdicts('gro-transfers', 1n), ['ready']);
    assert.deepEqual(await verdicts('gro-transfers', 1n, { formerSeatOf: 3n }), ['never payee_key_changed']);
    assert.deepEqual(await verdicts('gro-transfers', 0n), ['not-yet harvest_not_recorded']);
    assert.deepEqual(await verdicts('gro-transfers', 0n, lot({ isRecalled: true })), ['not-yet lot_recalled']);
  });

  it('says why eating is not recorded yet, recalled or not', async () => {
    const first = async (said: Record<string, unknown>) => (await verdicts('consumptions', 0b10n, said))[0];
    assert.deepEqual(await verdicts('consumptions', 0b11n, lot({ isRecalled: true })), ['ready', 'ready']);
    assert.equal(await first({}), 'not-yet harvest_not_recorded');
    assert.equal(await first(lot({ certifier: zero })), 'not-yet lot_not_recorded');
    assert.equal(await first({ wordsOf: [0n] }), 'not-yet seat_not_recorded');
    assert.equal(await first({ wordsOf: [BigInt(`0x${'34'.repeat(20)}`)] }), 'never key_changed');
    assert.equal(await first({ wordsOf: [BigInt(house.keyOf(1)!) | frozen] }), 'not-yet seat_frozen');
    assert.equal(await first({ wordsOf: [BigInt(house.keyOf(1)!) | retired] }), 'never seat_retired');
  });

  it('says why a certificate or a shift does not count', async () => {
    assert.deepEqual(await verdicts('lots', 0n, { ...lot({ certifier: zero }), isCertifier: false }), [
      'never no_certifier',
    ]);
    assert.deepEqual(await verdicts('lots', 0n, lot({ certifier: zero })), ['not-yet not_taken_now']);
    const today = new Date().toISOString().slice(0, 10);
    const id = await house.room.shifts.report({ seat: 2, roles: [] }, { work: 'Watered', shifts: 1, doneOn: today });
    await house.room.shifts.confirm({ seat: 7, roles: ['coordinator'] }, id);
    assert.deepEqual(await verdicts('shifts', 0n, { isSteward: false }), ['never no_steward']);
    assert.deepEqual(await verdicts('shifts', 0n, { wordsOf: [0n] }), ['not-yet seat_not_recorded']);
    assert.deepEqual(await verdicts('shifts', 1n), ['ready']);
  });

  it('carries no more than fifty at once, each with its own signature', () => {
    const items = intents('consumptions');
    const { fn, args } = house.read((reader) => house.lane('consumptions').prepare(items, reader));
    assert.equal(fn, 'consumeBatch');
    const [list] = args as [{ seat: number; grams: number; nonce: number; reasonHash: string; signature: string }[]];
    assert.deepEqual(
      list.map(({ seat, grams }) => [seat, grams]),
      [
        [1, 40],
        [1, 10],
      ],
    );
    assert.equal(new Set(list.map(({ nonce }) => nonce)).size, 2);
    assert.equal(new Set(list.map(({ reasonHash }) => reasonHash)).size, 2);
    for (const item of list) assert.match(item.signature, /^0x[0-9a-f]{130}$/);
    for (const name of ['lots', 'harvests', 'shifts', 'consumptions'])
      assert.equal(house.lane(name).policy.batchMax, 50);
  });

  it('is handed out behind its certificate, and falls with it', () => {
    const [certificate] = intents('lots');
    for (const harvest of intents('harvests')) assert.deepEqual(harvest.after, [certificate!.id]);
  });
});

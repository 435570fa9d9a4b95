import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { outbox } from './index.ts';
import { createOutboxHouse, hourMs, minuteMs, type OutboxHouse } from './testing/outbox-house.ts';
import { createPoolOutside } from './testing/pool-outside.ts';

describe('what waits', () => {
  let house: OutboxHouse;
  let outside: ReturnType<typeof createPoolOutside>;
  let isCheap: boolean;
  beforeEach(async () => {
    house = await createOutboxHouse();
    outside = createPoolOutside();
    isCheap = false;
    outside.carrier.isCheap = () => isCheap;
  });
  afterEach(() => house.dispose());

  const patient = { batchMax: 4, longestWaitMs: 6 * hourMs };
  const sentCount = () => outside.mined().length + outside.pool().length;
  const states = (ids: readonly string[]) => ids.map((id) => house.stateOf(id));

  it('leaves when the batch is full', async () => {
    const hub = house.hub(outside.carrier, [house.lane({ policy: patient })]);
    for (let index = 0; index < 3; index++) await house.queue();
    await hub.round();
    assert.equal(sentCount(), 0);
    await house.queue();
    await hub.round();
    assert.equal(sentCount(), 1);
  });

  it('leaves in the first cheap hour of the second half of its wait, and in any hour at its end', async () => {
    const hub = house.hub(outside.carrier, [house.lane({ policy: patient })]);
    const first = await house.queue();
    isCheap = true;
    house.pass(3 * hourMs - 1);
    await hub.round();
    assert.equal(house.stateOf(first), 'queued');
    house.pass(1);
    await hub.round();
    assert.equal(house.stateOf(first), 'sent');
    outside.mine();
    await hub.round();
    isCheap = false;
    const second = await house.queue();
    house.pass(6 * hourMs - 1);
    await hub.round();
    assert.equal(house.stateOf(second), 'queued');
    house.pass(1);
    await hub.round();
    assert.equal(house.stateOf(second), 'sent');
  });

  it('counts its wait from when it was queued, not from when it was signed, and over restarts', async () => {
    const id = await house.queue({ isSigned: true });
    house.pass(24 * hourMs);
    await house.act((tx) => outbox.queue(tx, id));
    const lanes = [house.lane({ policy: patient })];
    await house.hub(outside.carrier, lanes).round();
    assert.equal(house.stateOf(id), 'queued');
    house.pass(6 * hourMs);
    await house.hub(outside.carrier, lanes).round();
    assert.equal(house.stateOf(id), 'sent');
  });

  it('leaves before its own deadline, and before its message runs out', async () => {
    const hub = house.hub(outside.carrier, [house.lane({ policy: patient })]);
    const now = house.clock.nowMs();
    const urgent = await house.queue({ urgentAtMs: now + hourMs });
    const ending = await house.queue({ validUntilMs: now + 3.5 * hourMs });
    house.pass(hourMs);
    await hub.round();
    assert.deepEqual(states([urgent, ending]), ['sent', 'sent']);
    outside.mine();
    await hub.round();
    const alone = await house.queue({ validUntilMs: now + 4 * hourMs });
    house.pass(hourMs - 1);
    await hub.round();
    assert.equal(house.stateOf(alone), 'queued');
    house.pass(1);
    await hub.round();
    assert.equal(house.stateOf(alone), 'sent');
  });

  it('never keeps anything past its longest wait or short of its validity, whatever arrives when', async () => {
    const arrivals = fc.array(
      fc.record({ inHalves: fc.integer({ min: 0, max: 8 }), validForHours: fc.integer({ min: 3, max: 40 }) }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(arrivals, async (list) => {
        const hub = house.hub(outside.carrier, [house.lane({ policy: patient })]);
        const ids: string[] = [];
        const check = async () => {
          await hub.round();
          outside.mine();
          for (const intent of ids.map((id) => house.find(id)).filter(({ state }) => state === 'queued')) {
            assert.ok(house.clock.nowMs() - intent.queuedAtMs! < 6 * hourMs, 'waits too long');
            assert.ok(intent.validUntilMs - house.clock.nowMs() > 2 * hourMs, 'comes too near its end');
          }
        };
        for (const { inHalves, validForHours } of list) {
          for (let half = 0; half < inHalves; half++) {
            house.pass(30 * minuteMs);
            await check();
          }
          ids.push(await house.queue({ validUntilMs: house.clock.nowMs() + validForHours * hourMs }));
          await check();
        }
        for (let half = 0; half < 14; half++) {
          house.pass(30 * minuteMs);
          await check();
        }
        await hub.round();
        assert.deepEqual(
          ids.map((id) => house.stateOf(id)),
          ids.map(() => 'final'),
        );
      }),
      { numRuns: 5 },
    );
  });

  it('does not wait where nobody is patient, nor by a clock that is not trusted', async () => {
    const lanes = [house.lane({ policy: patient })];
    const first = await house.queue();
    await house.hub(outside.carrier, lanes, { patience: 0 }).round();
    assert.equal(house.stateOf(first), 'sent');
    outside.mine();
    const second = await house.queue();
    await house.hub(outside.carrier, lanes).round();
    assert.equal(house.stateOf(second), 'queued');
    await house.hub(outside.carrier, lanes, { isClockTrusted: () => false }).round();
    assert.equal(house.stateOf(second), 'sent');
  });

  it('leaves at once when the treasurer pressed, also in the hub’s next life; what comes later waits again', async () => {
    const lanes = [house.lane({ policy: patient })];
    const first = await house.queue();
    await house.act((tx) => outbox.settleNow(tx, ['outside']));
    house.pass(1);
    const later = await house.queue();
    await house.hub(outside.carrier, lanes).round();
    assert.deepEqual(states([first, later]), ['sent', 'sent'], 'one more in the batch costs little');
    outside.mine();
    const alone = await house.queue();
    await house.hub(outside.carrier, lanes).round();
    assert.equal(house.stateOf(alone), 'queued');
  });

  it('keeps a batch back that is dearer per item than its lane may pay, until its wait is over', async () => {
    const policy = { ...patient, batchMax: 1, costCeilingWei: 20n };
    const hub = house.hub(outside.carrier, [house.lane({ policy })]);
    outside.baseFee(11);
    const id = await house.queue();
    await hub.round();
    assert.deepEqual([house.stateOf(id), house.find(id).reason], ['queued', 'too_dear']);
    outside.baseFee(10);
    await hub.round();
    assert.equal(house.stateOf(id), 'sent');
    outside.mine();
    await hub.round();
    outside.baseFee(1000);
    const second = await house.queue();
    await hub.round();
    assert.equal(house.stateOf(second), 'queued');
    house.pass(6 * hourMs);
    await hub.round();
    assert.equal(house.stateOf(second), 'sent');
  });

  it('spends no more than the day’s cap but for what the treasurer pressed, says so, and goes on the next day', async () => {
    const told: boolean[] = [];
    const carrier = { ...outside.carrier, dailyCapWei: 50n };
    const lanes = [house.lane({ policy: { batchMax: 1, longestWaitMs: 0 } })];
    const hub = house.hub(carrier, lanes, { onCapped: (_, isCapped) => void told.push(isCapped) });
    const ids: string[] = [];
    for (let index = 0; index < 4; index++) ids.push(await house.queue());
    const settle = async () => {
      for (let round = 0; round < 4; round++) {
        await hub.round();
        outside.mine();
      }
    };
    await settle();
    // 20 each: two of them make 40, a third would make 60.
    assert.deepEqual(states(ids), ['final', 'final', 'queued', 'queued']);
    assert.deepEqual([house.find(ids[2]!).reason, told], ['spending_cap', [true]]);
    await house.act((tx) => outbox.settleNow(tx, ['outside']));
    house.pass(1);
    ids.push(await house.queue());
    await settle();
    assert.deepEqual(states(ids), ['final', 'final', 'final', 'final', 'queued']);
    house.pass(24 * hourMs);
    await settle();
    assert.deepEqual([house.stateOf(ids[4]!), told], ['final', [true, false]]);
  });
});

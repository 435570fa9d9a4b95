import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createOutboxHouse, hourMs, minuteMs, type OutboxHouse } from './testing/outbox-house.ts';
import { createPoolOutside } from './testing/pool-outside.ts';

describe('what the outside takes and skips', () => {
  let house: OutboxHouse;
  let outside: ReturnType<typeof createPoolOutside>;
  let isTaken: boolean;
  beforeEach(async () => {
    house = await createOutboxHouse();
    outside = createPoolOutside();
    isTaken = false;
  });
  afterEach(() => house.dispose());

  const lane = () =>
    house.lane({ policy: { batchMax: 4, longestWaitMs: 0 }, landed: async (items) => items.map(() => isTaken) });
  /** As often as somebody may look in that time. */
  async function look(times: number): Promise<void> {
    for (let turn = 0; turn < times; turn++) {
      await house.hub(outside.carrier, [lane()]).round();
      outside.mine();
    }
  }
  const carried = () => house.attempts().length;

  it('is tried once more at once, and then more and more seldom, until it lands', async () => {
    const id = await house.queue();
    await look(20);
    assert.equal(carried(), 2, 'not at every look');
    assert.deepEqual([house.find(id).state, house.find(id).reason], ['queued', 'skipped']);
    house.pass(10 * minuteMs - 1);
    await look(5);
    assert.equal(carried(), 2);
    house.pass(1);
    await look(5);
    assert.equal(carried(), 3);
    house.pass(10 * minuteMs);
    await look(5);
    assert.equal(carried(), 3, 'twice as long');
    house.pass(10 * minuteMs);
    await look(5);
    assert.equal(carried(), 4);
    for (let day = 0; day < 10; day++) {
      house.pass(24 * hourMs);
      await look(5);
    }
    assert.equal(carried(), 14, 'never longer than six hours');
    house.pass(6 * hourMs);
    isTaken = true;
    await look(5);
    assert.equal(house.stateOf(id), 'final');
  });

  it('keeps nobody else waiting', async () => {
    const id = await house.queue();
    await look(5);
    const other = await house.queue();
    isTaken = true;
    await look(3);
    assert.deepEqual([house.stateOf(id), house.stateOf(other)], ['queued', 'final']);
  });
});

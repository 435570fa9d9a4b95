import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Hex, type Lane, system } from '../platform/ports/index.ts';
import { outbox, quoteNow } from './index.ts';
import { createOutboxHouse, dayMs, hourMs, type OutboxHouse } from './testing/outbox-house.ts';
import { createPoolOutside } from './testing/pool-outside.ts';

const count = 10_000;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The longest that the thread was busy without a break while `work` ran, in CPU milliseconds: other processes do not count. */
async function longestSlice(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let isOver = false;
  let since = process.threadCpuUsage();
  const look = () => {
    const used = process.threadCpuUsage(since);
    longestMs = Math.max(longestMs, (used.user + used.system) / 1000);
    since = process.threadCpuUsage();
    if (!isOver) setImmediate(look);
  };
  look();
  await work();
  isOver = true;
  await new Promise(setImmediate);
  return longestMs;
}

const heapMb = () => {
  collect();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

describe('ten thousand that wait', () => {
  let house: OutboxHouse;
  let outside: ReturnType<typeof createPoolOutside>;
  let lanes: Lane[];

  before(async () => {
    house = await createOutboxHouse();
    outside = createPoolOutside();
    const policy = { batchMax: 50, longestWaitMs: 6 * hourMs };
    lanes = ['mint', 'transfer', 'spend'].map((name, index) => house.lane({ name, rank: 20 + index, policy }));
    const nowMs = house.clock.nowMs();
    let last: string | undefined;
    for (let from = 0; from < count; from += 100) {
      await house.store.act({ name: 'test.many', actor: system('test') }, (tx) => {
        for (let serial = from; serial < from + 100; serial++) {
          const subject: Hex = `0x${serial.toString(16).padStart(64, '0')}`;
          // A spend's size, and chains of five.
          const message = { type: 'Test', fields: { group: `g${serial % 700}`, filling: 'x'.repeat(900) } };
          const after = serial % 5 > 0 && last ? [last] : [];
          const lane = lanes[serial % 3]!.name;
          const request = { lane, subject, seat: 1 + (serial % 24), message, authorisations: [], after };
          last = outbox.add(tx, { ...request, validUntilMs: nowMs + 45 * dayMs });
          outbox.queue(tx, last);
        }
      });
    }
  });
  after(() => house.dispose());

  it('cost little memory and no long work, away, patient, and when all of them have to leave', async (t) => {
    const hub = house.hub(outside.carrier, lanes);
    const emptyMb = heapMb();
    const slices: Record<string, number> = {};
    outside.away(true);
    slices.away = await longestSlice(() => hub.round());
    outside.away(false);
    slices.full = await longestSlice(() => hub.round());
    house.pass(7 * hourMs);
    slices.pressing = await longestSlice(async () => {
      for (let round = 0; round < 5; round++) {
        await hub.round();
        outside.mine();
      }
    });
    const deps = { store: house.store, lanes, carriers: [outside.carrier], nowMs: house.clock.nowMs };
    slices.quote = await longestSlice(() => quoteNow(deps));
    const heldMb = heapMb() - emptyMb;
    const told = JSON.stringify({ heldMb, ...slices });
    for (const ms of Object.values(slices)) assert.ok(ms <= 50, told);
    assert.ok(heldMb <= 20, told);
    t.diagnostic(told);
    assert.ok(outside.mined().length >= 5);
  });
});

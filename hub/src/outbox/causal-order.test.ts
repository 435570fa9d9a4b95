import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Lane } from '../platform/ports/index.ts';
import { createOutboxHouse, hourMs, type OutboxHouse } from './testing/outbox-house.ts';
import { createPoolOutside } from './testing/pool-outside.ts';

const ranks = { registry: 10, mint: 20, transfer: 30, lock: 40, spend: 60, ballot: 70 };
const names = Object.keys(ranks) as (keyof typeof ranks)[];

describe('causal order', () => {
  let house: OutboxHouse;
  let outside: ReturnType<typeof createPoolOutside>;
  beforeEach(async () => {
    house = await createOutboxHouse();
    outside = createPoolOutside();
  });
  afterEach(() => house.dispose());

  const lanesWith = (longestWaitMs: number, more: Partial<Lane> = {}): Lane[] =>
    names.map((name) =>
      house.lane({ name, rank: ranks[name], policy: { batchMax: 4, longestWaitMs, isParallel: true }, ...more }),
    );
  const subjects = () => outside.mined().flatMap(({ call }) => (call?.args[0] ?? []) as string[]);
  const placeOf = (id: string) => subjects().indexOf(house.find(id).subject);

  async function drain(lanes: readonly Lane[], rounds = 40): Promise<void> {
    const hub = house.hub(outside.carrier, lanes);
    for (let round = 0; round < rounds; round++) {
      await hub.round();
      outside.mine(round % 3);
    }
    outside.mine();
    await hub.round();
  }

  it('drains chains of five over the lanes, queued in any order, each behind what it waits for', async () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], { minLength: 15 });
    await fc.assert(
      fc.asyncProperty(order, async (shuffled) => {
        const chains: string[][] = [];
        const signed: string[] = [];
        for (let chain = 0; chain < 3; chain++) {
          const ids: string[] = [];
          for (let link = 0; link < 5; link++) {
            const after = ids.length > 0 ? [ids.at(-1)!] : [];
            ids.push(await house.queue({ lane: names[link]!, seat: chain + 1, after, isSigned: true }));
          }
          chains.push(ids);
          signed.push(...ids);
        }
        for (const index of shuffled) await house.queueSigned(signed[index]!);
        await drain(lanesWith(0));
        for (const ids of chains) {
          const places = ids.map(placeOf);
          assert.deepEqual(
            ids.map((id) => house.stateOf(id)),
            ids.map(() => 'final'),
          );
          assert.deepEqual(
            places,
            [...places].sort((a, b) => a - b),
          );
        }
        assert.equal(outside.doubled(), 0);
      }),
      { numRuns: 6 },
    );
  });

  it('lets nothing of a seat overtake its earlier item in a lane before, also while that lane is patient', async () => {
    const [mint, spend] = [lanesWith(6 * hourMs)[1]!, lanesWith(0)[4]!];
    const first = await house.queue({ lane: 'mint', seat: 7 });
    const second = await house.queue({ lane: 'spend', seat: 7 });
    const other = await house.queue({ lane: 'spend', seat: 8 });
    await drain([spend, mint], 6);
    assert.ok(placeOf(first) >= 0 && placeOf(first) < placeOf(second), 'the mint was made to leave, and left first');
    assert.equal(house.stateOf(other), 'final');
  });

  it('does not wait for an earlier item that is not ready', async () => {
    const first = await house.queue({ lane: 'mint', seat: 7 });
    house.notReady.add(first);
    const second = await house.queue({ lane: 'spend', seat: 7 });
    await drain(lanesWith(0), 6);
    assert.deepEqual([house.stateOf(first), house.stateOf(second)], ['queued', 'final']);
  });

  it('does not wait for a later item of the seat, nor for one that the outside refuses', async () => {
    const spend = await house.queue({ lane: 'spend', seat: 7 });
    const mint = await house.queue({ lane: 'mint', seat: 7 });
    const third = await house.queue({ lane: 'spend', seat: 7 });
    const refused = house.find(mint).subject;
    outside.refuse((subject) => subject === refused);
    await drain(lanesWith(0), 6);
    assert.deepEqual(
      [spend, mint, third].map((id) => house.stateOf(id)),
      ['final', 'queued', 'final'],
    );
    assert.equal(house.find(mint).reason, 'refused');
  });

  it('makes what an urgent item waits for leave too, through lanes that would wait', async () => {
    const [registry, mint, , , spend] = lanesWith(24 * hourMs);
    const first = await house.queue({ lane: 'registry' });
    const second = await house.queue({ lane: 'mint', after: [first] });
    const urgent = await house.queue({ lane: 'spend', after: [second], urgentAtMs: house.clock.nowMs() });
    await drain([registry!, mint!, spend!], 9);
    assert.deepEqual(
      [first, second, urgent].map((id) => house.stateOf(id)),
      ['final', 'final', 'final'],
    );
  });

  it('has several lanes under way at once, four in all, and never two of one seat', async () => {
    const hub = house.hub(outside.carrier, lanesWith(0, { policy: { batchMax: 1, longestWaitMs: 0 } }));
    for (const [index, lane] of names.entries()) await house.queue({ lane, seat: index === 1 ? 1 : index + 1 });
    await hub.round();
    assert.equal(outside.pool().length, 4);
    const sameSeat = [await house.queue({ lane: 'registry', seat: 1 }), await house.queue({ lane: 'mint', seat: 1 })];
    outside.mine();
    await hub.round();
    assert.deepEqual(
      sameSeat.map((id) => house.stateOf(id)),
      ['sent', 'queued'],
    );
  });

  it('makes a batch of one asking only, since what is ready may depend on what is ready besides', async () => {
    const asked: string[][] = [];
    const lane = house.lane({
      policy: { batchMax: 50, longestWaitMs: 0 },
      async preflight(items) {
        asked.push(items.map(({ id }) => id));
        // Only what is of one group at a time, as a lane does whose call names one proposal.
        const first = items[0]!.message.fields.group;
        return items.map(({ message }) =>
          message.fields.group === first ? { verdict: 'ready' } : { verdict: 'not-yet', reason: 'others_first' },
        );
      },
      groupOf: ({ id }) => id,
    });
    const ids: string[] = [];
    for (let index = 0; index < 130; index++) ids.push(await house.queue({ group: index < 20 ? 'a' : 'b' }));
    await drain([lane], 12);
    assert.deepEqual(
      ids.map((id) => house.stateOf(id)),
      ids.map(() => 'final'),
    );
    const groupOf = new Map(ids.map((id, index) => [house.find(id).subject as string, index < 20]));
    for (const { call } of outside.mined()) {
      const subjects = (call?.args[0] ?? []) as string[];
      assert.equal(new Set(subjects.map((subject) => groupOf.get(subject))).size, 1);
    }
    assert.ok(asked.every((items) => items.length <= 100));
  });

  it('tries by halves what is refused as a whole, so that one item keeps nobody else from leaving', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 8; index++) ids.push(await house.queue({ lane: 'mint' }));
    const bad = house.find(ids[2]!).subject;
    outside.refuse((subject) => subject === bad);
    await drain(lanesWith(0), 6);
    assert.deepEqual(
      ids.map((id) => house.stateOf(id)),
      ids.map((_, index) => (index === 2 ? 'queued' : 'final')),
    );
    outside.refuse(() => false);
    await drain(lanesWith(0), 3);
    assert.equal(house.stateOf(ids[2]!), 'final');
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { createOutboxHouse, hourMs, minuteMs, type OutboxHouse } from './testing/outbox-house.ts';
import { createPoolOutside } from './testing/pool-outside.ts';

const stuckAfterMs = 3 * minuteMs;

describe('what is under way and does not land', () => {
  let house: OutboxHouse;
  let outside: ReturnType<typeof createPoolOutside>;
  beforeEach(async () => {
    house = await createOutboxHouse();
    outside = createPoolOutside();
  });
  afterEach(() => house.dispose());

  const lanes = () =>
    ['one', 'two', 'three'].map((name) => house.lane({ name, policy: { batchMax: 2, longestWaitMs: 0 } }));
  const hub = () => house.hub(outside.carrier, lanes(), { stuckAfterMs });
  const nonces = () => outside.offered.map(({ nonce }) => nonce);
  const fees = () => [...new Set(outside.offered.map(({ fee }) => fee))];

  it('is sent again as the same bytes when the pool has forgotten it', async () => {
    const id = await house.queue({ lane: 'one' });
    await hub().round();
    outside.forget();
    await hub().round();
    outside.mine();
    await hub().round();
    assert.equal(house.stateOf(id), 'final');
    assert.deepEqual([new Set(nonces()), fees()], [new Set([0]), [20]]);
  });

  it('gets better fees under the same nonce when they have become too low, and lands once', async () => {
    const id = await house.queue({ lane: 'one' });
    await hub().round();
    outside.baseFee(50);
    outside.mine();
    house.pass(stuckAfterMs - 1);
    await hub().round();
    assert.deepEqual(fees(), [20], 'not stuck for long enough');
    house.pass(1);
    await hub().round();
    assert.deepEqual([new Set(nonces()), fees()], [new Set([0]), [20, 100]]);
    outside.mine();
    await hub().round();
    assert.deepEqual([house.stateOf(id), outside.mined().length], ['final', 1]);
  });

  it('gets better fees at once when the outside does not even take the bytes', async () => {
    const id = await house.queue({ lane: 'one' });
    outside.deaf(true);
    await hub().round();
    outside.deaf(false);
    outside.baseFee(50);
    await hub().round();
    outside.mine();
    await hub().round();
    assert.deepEqual([house.stateOf(id), fees()], ['final', [20, 100]]);
  });

  it('is found landed whichever of its versions landed', async () => {
    const id = await house.queue({ lane: 'one' });
    await hub().round();
    outside.baseFee(50);
    house.pass(stuckAfterMs);
    // The better bytes are stored and do not arrive: the first ones land when the hour is cheap again.
    outside.deaf(true);
    await hub().round();
    outside.deaf(false);
    outside.baseFee(5);
    outside.mine();
    await hub().round();
    assert.deepEqual([house.stateOf(id), outside.mined().map(({ fee }) => fee)], ['final', [20]]);
  });

  it('is not made dearer beyond the day’s cap', async () => {
    const carrier = { ...outside.carrier, dailyCapWei: 60n };
    await house.queue({ lane: 'one' });
    const told: boolean[] = [];
    const capped = () =>
      house.hub(carrier, lanes(), { stuckAfterMs, onCapped: (_, isCapped) => void told.push(isCapped) });
    await capped().round();
    outside.baseFee(50);
    house.pass(stuckAfterMs);
    await capped().round();
    assert.deepEqual([fees(), told], [[20], [true]]);
  });

  it('gives up its place when it became worthless: nothing is carried there, and the item goes void', async () => {
    const id = await house.queue({ lane: 'one', validUntilMs: house.clock.nowMs() + hourMs });
    const next = await house.queue({ lane: 'two' });
    await hub().round();
    outside.baseFee(50);
    house.pass(2 * hourMs);
    await hub().round();
    outside.mine();
    for (let round = 0; round < 4; round++) {
      house.pass(stuckAfterMs);
      await hub().round();
      outside.mine();
    }
    await hub().round();
    assert.deepEqual([house.stateOf(id), house.find(id).reason], ['void', 'expired']);
    assert.equal(house.stateOf(next), 'final');
    const [first] = outside.mined();
    assert.deepEqual([first!.nonce, first!.call], [0, undefined]);
  });

  it('is cancelled when another hand has settled all of it', async () => {
    const id = await house.queue({ lane: 'one' });
    await hub().round();
    outside.baseFee(50);
    outside.landByOther(house.find(id).subject);
    house.pass(stuckAfterMs);
    await hub().round();
    await hub().round();
    house.pass(stuckAfterMs);
    outside.mine();
    await hub().round();
    assert.deepEqual([house.stateOf(id), house.settled], ['final', [id]]);
    assert.equal(outside.mined()[0]!.call, undefined);
    assert.equal(outside.doubled(), 0);
  });

  it('fills an empty place that a forgotten transaction of another life has left before it', async () => {
    outside.occupy(0);
    const id = await house.queue({ lane: 'one' });
    await hub().round();
    assert.deepEqual(nonces(), [1], 'behind what the pool held');
    outside.forget();
    await hub().round();
    outside.mine();
    assert.equal(outside.mined().length, 0);
    house.pass(stuckAfterMs);
    await hub().round();
    outside.mine();
    await hub().round();
    assert.equal(house.stateOf(id), 'final');
    assert.deepEqual(
      outside.mined().map(({ nonce, call }) => [nonce, call !== undefined]),
      [
        [0, false],
        [1, true],
      ],
    );
  });

  it('of a former key keeps nothing waiting but itself: not its lane, its seat, nor its place', async () => {
    let sender = 'former';
    const keyed = { ...outside.carrier, sender: async () => sender };
    const alone = [house.lane({ name: 'one', policy: { batchMax: 1, longestWaitMs: 0 } })];
    const old = await house.queue({ lane: 'one', seat: 7 });
    outside.deaf(true);
    await house.hub(keyed, alone, { stuckAfterMs }).round();
    sender = 'new';
    const fresh = await house.queue({ lane: 'one', seat: 7 });
    await house.hub(keyed, alone, { stuckAfterMs }).round();
    assert.deepEqual([house.stateOf(old), house.stateOf(fresh)], ['sent', 'sent']);
    assert.deepEqual(
      house.attempts().map(({ senderNonce }) => senderNonce),
      [0, 0],
    );
  });

  it('never has one open intent under two nonces, and lands each once, whatever the outside and the hub go through', async () => {
    const event = fc.oneof(
      fc.constantFrom('mine', 'mine-late', 'forget', 'deaf', 'hear', 'wait', 'restart', 'round', 'round', 'queue'),
      fc.record({ baseFee: fc.integer({ min: 1, max: 400 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 10, maxLength: 50 }), async (events) => {
        const own = await createOutboxHouse();
        const there = createPoolOutside();
        const ownLanes = ['one', 'two', 'three'].map((name) =>
          own.lane({ name, policy: { batchMax: 2, longestWaitMs: 0, isParallel: name === 'two' } }),
        );
        const next = () => own.hub(there.carrier, ownLanes, { stuckAfterMs });
        let runner = next();
        const ids: string[] = [];
        const places = new Map<string, number>();
        const check = () => {
          assert.deepEqual(there.secondNonces, []);
          assert.equal(there.doubled(), 0);
          for (const { id, senderNonce } of own.attempts()) {
            assert.equal(places.get(id) ?? senderNonce, senderNonce, 'a place is kept');
            places.set(id, senderNonce);
          }
        };
        for (const happening of events) {
          if (typeof happening === 'object') there.baseFee(happening.baseFee);
          else if (happening === 'mine') there.mine();
          else if (happening === 'mine-late') there.mine(2);
          else if (happening === 'forget') there.forget();
          else if (happening === 'deaf') there.deaf(true);
          else if (happening === 'hear') there.deaf(false);
          else if (happening === 'wait') own.pass(stuckAfterMs);
          else if (happening === 'restart') runner = next();
          else if (happening === 'round') await runner.round();
          else {
            for (const lane of ['one', 'two', 'three']) {
              const seat = lane === 'two' ? undefined : 1 + (ids.length % 5);
              ids.push(await own.queue({ lane, seat }));
            }
          }
          check();
        }
        there.deaf(false);
        there.baseFee(10);
        for (let round = 0; round < 2 * ids.length + 8; round++) {
          own.pass(stuckAfterMs);
          await runner.round();
          there.mine();
          check();
        }
        await runner.round();
        assert.deepEqual(
          ids.map((id) => own.stateOf(id)),
          ids.map(() => 'final'),
        );
        assert.deepEqual([...own.settled].sort(), [...ids].sort());
        own.dispose();
      }),
      { numRuns: 12 },
    );
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outbox } from '../../outbox/index.ts';
import { fail, isStoopError, type StoopError } from '../../platform/errors.ts';
import type { Call, Hex, OnChain, Reads, SeenEvent } from '../../platform/ports/index.ts';
import { system } from '../../platform/ports/index.ts';
import { addressOf, createPrivateKey, digest, foodUsdDomain, signDigest } from '../../signing/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';
import { createLimitsRoom, type LimitsRoom } from './index.ts';

const hourMs = 3_600_000;
const token: Hex = `0x${'f0'.repeat(20)}`;
const clearing: Hex = `0x${'c0'.repeat(20)}`;
const place: OnChain = {
  chainId: 31999,
  hubId: `0x${'11'.repeat(32)}`,
  foodUsd: token,
  groupBuying: token,
  seatRegistry: token,
  contracts: {},
  clearing,
};
const coop = 0xff_ff_ff;
const member = { seat: 7, roles: ['resident'] as const };

describe('daily limits as the hub knows them', () => {
  const key = createPrivateKey();
  const account = addressOf(key);
  let nowMs = Date.UTC(2026, 10, 21, 12);
  let temp: TempStore;
  let room: LimitsRoom;
  /** What the token answers to reads. */
  const said: { isOnline: boolean; asked: number; refusal?: Error } = { isOnline: true, asked: 0 };

  before(async () => {
    temp = await createTempStore({ nowMs: () => nowMs, monotonicMs: () => nowMs });
    const reads: Reads = {
      isOnline: () => said.isOnline,
      read: async <T>({ fn }: Call) => {
        said.asked++;
        if (said.refusal) throw said.refusal;
        const change = { raisedTo: 0n, effectiveAt: 0n, revision: 0n };
        return { defaultDailyLimit: 1000n, dailyLimitOf: 1000n, limitChangeOf: change }[fn] as T;
      },
    };
    room = createLimitsRoom({
      store: temp.store,
      clock: { nowMs: () => nowMs, monotonicMs: () => nowMs },
      officers: { addressesOf: () => [], sign: () => [] },
      members: {
        sign: async (_, domain, message) => signDigest(digest(domain, message), key),
        addressOf: (_, seat) => (seat === member.seat ? account : undefined),
      },
      onChain: () => place,
      reads: () => reads,
      isClockTrusted: () => true,
      seatOf: (_, address) => (address === account ? member.seat : undefined),
      accounts: () => [account],
    });
  });
  after(() => temp.dispose());

  const job = (name: string) => room.jobs!.find((one) => one.name === name)!.run(new AbortController().signal);
  const view = (seat = member.seat) => temp.store.read((reader) => room.limits.view(reader, seat));
  const refusal = (amount: number): StoopError | undefined => {
    try {
      temp.store.read((reader) => room.limits.assertWithin(reader, member.seat, amount, 'amountMicros'));
    } catch (error) {
      if (isStoopError(error, 'above_daily_limit')) return error;
      throw error;
    }
    return undefined;
  };
  const hear = (name: string, args: SeenEvent['args'], txHash: Hex = '0x01') =>
    temp.store.act({ name: 'test.event', actor: system('test') }, (tx) =>
      room.onChainEvent!(tx, { contract: 'FoodUSD', name, args, txHash, logIndex: 0, blockNumber: 1, atMs: nowMs }),
    );
  const intents = (lane: string) =>
    temp.store.read((reader) =>
      reader
        .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane ORDER BY id')
        .all<{ id: string }>({ lane })
        .map(({ id }) => outbox.find(reader, id)!),
    );
  const set = (limitMicros: number) => room.limits.set({ actor: member }, limitMicros);

  it('refuse nothing before the token was heard, and ask it when there is a line', async () => {
    said.isOnline = false;
    await job('limits.read');
    assert.equal(refusal(10 ** 12), undefined);
    assert.deepEqual(view(), { limitMicros: undefined, defaultMicros: undefined, raise: undefined, wish: undefined });
    said.isOnline = true;
    said.refusal = fail('chain_offline');
    await job('limits.read');
    assert.equal(view().limitMicros, undefined);
    said.refusal = undefined;
    await job('limits.read');
    assert.equal(view().limitMicros, 1000);
    assert.equal(view(coop).limitMicros, 1000);
    const asked = said.asked;
    await job('limits.read');
    assert.equal(said.asked, asked);
  });

  it('refuse one amount above the whole day’s, naming field, rule and limit', () => {
    assert.equal(refusal(1000), undefined);
    assert.deepEqual(refusal(1001)!.details, {
      field: 'amountMicros',
      rule: 'must be at most the daily limit',
      limitMicros: 1000,
    });
  });

  it('are signed for by the member’s key, each word above the one before, and only one waits', async () => {
    await set(2000);
    await set(3000);
    const [first, second] = intents('daily-limits');
    assert.deepEqual([first!.state, first!.reason], ['void', 'replaced']);
    assert.equal(second!.state, 'queued');
    assert.equal(Number(second!.message.fields.revision), Number(first!.message.fields.revision) + 1);
    const { signature } = second!.authorisations[0]!;
    assert.equal(signature, signDigest(digest(foodUsdDomain(31999, token), second!.message), key));
    assert.deepEqual(view().wish, { limitMicros: 3000, state: 'here', reason: undefined });
    assert.equal(refusal(1001)?.code, 'above_daily_limit');
  });

  it('stay as they are when a wish that has not left is taken back, without a signature', async () => {
    await set(1000);
    assert.deepEqual(
      intents('daily-limits').map(({ state }) => state),
      ['void', 'void'],
    );
    assert.equal(view().wish, undefined);
    await assert.rejects(set(1000), (error: unknown) => isStoopError(error, 'bad_request'));
  });

  it('count when the chain says so: a raise two days after it was announced', async () => {
    await set(5000);
    const effectiveAtMs = nowMs + 48 * hourMs;
    const announced = { account, oldLimit: 1000n, newLimit: 5000n, effectiveAt: BigInt(effectiveAtMs / 1000) };
    await hear('DailyLimitRaiseAnnounced', announced);
    assert.deepEqual(view().raise, { limitMicros: 5000, effectiveAtMs });
    assert.equal(refusal(1001)?.code, 'above_daily_limit');
    await job('limits.apply');
    assert.equal(intents('limit-raises').length, 0);
    nowMs = effectiveAtMs + 61_000;
    await job('limits.apply');
    await job('limits.apply');
    const [apply, ...more] = intents('limit-raises');
    assert.equal(more.length, 0);
    assert.deepEqual([apply!.state, apply!.seat, apply!.message.fields.account], ['queued', 7, account]);
    await hear('DailyLimitSet', { account, oldLimit: 1000n, newLimit: 5000n });
    assert.equal(view().raise, undefined);
    assert.equal(refusal(5000), undefined);
    assert.equal(refusal(5001)?.details.limitMicros, 5000);
  });

  it('come along with the money of a former key, and leave a raise that waits alone', async () => {
    const announced = { account, oldLimit: 5000n, newLimit: 9000n, effectiveAt: BigInt(nowMs / 1000 + 172_800) };
    await hear('DailyLimitRaiseAnnounced', announced);
    await hear('Carried', { seat: 7n, oldKey: token, newKey: account, amount: 1n }, '0x02');
    await hear('DailyLimitSet', { account, oldLimit: 5000n, newLimit: 400n }, '0x02');
    assert.equal(view().limitMicros, 400);
    assert.equal(view().raise?.limitMicros, 9000);
    await hear('DailyLimitSet', { account, oldLimit: 400n, newLimit: 300n }, '0x03');
    assert.equal(view().raise, undefined);
  });

  it('of the co-op wait for the key of its account', async () => {
    await room.limits.setForCoop({ actor: member }, 8000);
    assert.deepEqual(view(coop).wish, { limitMicros: 8000, state: 'signing', reason: undefined });
    const [waiting] = temp.store.read((reader) => room.officerMessages!.unsigned(reader));
    assert.equal(waiting!.office, 'clearing');
    assert.equal((waiting!.typedData as { primaryType: string }).primaryType, 'DailyLimit');
    await hear('DailyLimitSet', { account: clearing, oldLimit: 1000n, newLimit: 8000n });
    assert.equal(view(coop).limitMicros, 8000);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { message } from '../../signing/index.ts';
import { createLimitLanes, limitsLane, raiseMessage, raisesLane } from './limits.lanes.ts';

const key: Hex = `0x${'0b'.repeat(20)}`;
const nowS = 2_000_000;
const common = {
  subject: `0x${'cd'.repeat(32)}`,
  seat: 7,
  notBeforeMs: 0,
  validUntilMs: 1,
  after: [],
  state: 'queued',
  createdAtMs: 0,
  updatedAtMs: 0,
} as const;
const word: Intent = {
  ...common,
  id: 'word',
  lane: limitsLane,
  message: message('DailyLimit', { seat: 7, limit: 50, revision: 100, validUntil: 1 }),
  authorisations: [{ by: 'member', seat: 7, address: key, signature: '0x5e' }],
};
const raise: Intent = {
  ...common,
  id: 'raise',
  lane: raisesLane,
  message: raiseMessage({ seat: 7, account: key, raisedTo: 50, effectiveAt: nowS }),
  authorisations: [],
};

interface Said {
  readonly key?: bigint;
  readonly limit?: bigint;
  readonly effectiveAt?: number;
  readonly revision?: number;
}

/** The token and the registry in the newest block, and in the last that is final. */
const readsOf = (latest: Said, finalized: Said = latest): Reads => ({
  isOnline: () => true,
  read: async <T>({ fn }: Call, at: 'latest' | 'finalized') => {
    const {
      key: holder = BigInt(key),
      limit = 10n,
      effectiveAt = 0,
      revision = 0,
    } = at === 'latest' ? latest : finalized;
    const answers: Record<string, unknown> = {
      wordsOf: [holder === 0n ? 0n : holder + 2n ** 160n],
      limitChangeOf: { raisedTo: 50n, effectiveAt: BigInt(effectiveAt), revision: BigInt(revision) },
      dailyLimitOf: limit,
    };
    return answers[fn] as T;
  },
});

const lanesAt = (atS: number) => createLimitLanes({ nowMs: () => atS * 1000, tell() {} });
const laneOf = ({ lane }: Intent, atS = nowS) => lanesAt(atS).find(({ name }) => name === lane)!;

async function verdict(intent: Intent, reads: Reads, atS?: number): Promise<string> {
  const [found] = await laneOf(intent, atS).preflight([intent], reads);
  return found!.verdict === 'ready' ? 'ready' : `${found!.verdict} ${found!.reason}`;
}
const landed = async (intent: Intent, said: Said) =>
  (await laneOf(intent).landed([intent], readsOf(said), 'finalized'))[0];

describe('a daily limit on its way to the token', () => {
  it('goes once the registry knows the seat, as long as the key that signed it is the seat’s', async () => {
    assert.equal(await verdict(word, readsOf({})), 'ready');
    assert.equal(await verdict(word, readsOf({ key: 0n })), 'not-yet seat_not_recorded');
    assert.equal(await verdict(word, readsOf({ key: 1n })), 'never key_changed');
    assert.equal(await verdict(word, readsOf({ key: 1n }, {})), 'not-yet not_final_yet');
  });

  it('has landed when the token has heard this word or a later one', async () => {
    assert.equal(await landed(word, { revision: 99 }), false);
    assert.equal(await landed(word, { revision: 100 }), true);
    assert.equal(await landed(word, { revision: 101 }), true);
  });

  it('is called with the fields that were signed', () => {
    const call = laneOf(word).prepare([word], undefined as never);
    assert.deepEqual(call, { contract: 'FoodUSD', fn: 'setDailyLimit', args: [7, 50, 100, 1, '0x5e'] });
  });
});

describe('an announced raise', () => {
  it('waits for its hour, and is given up once it is finally taken back', async () => {
    const waiting = readsOf({ effectiveAt: nowS });
    assert.equal(await verdict(raise, waiting, nowS - 1), 'not-yet delay_not_over');
    assert.equal(await verdict(raise, waiting), 'ready');
    assert.equal(await verdict(raise, readsOf({})), 'never taken_back');
    assert.equal(await verdict(raise, readsOf({ effectiveAt: nowS + 9 })), 'never taken_back');
    assert.equal(await verdict(raise, readsOf({}, { effectiveAt: nowS })), 'not-yet not_final_yet');
  });

  it('has landed when it waits no more and so much is allowed', async () => {
    assert.equal(await landed(raise, { effectiveAt: nowS }), false);
    assert.equal(await landed(raise, { limit: 10n }), false);
    assert.equal(await landed(raise, { limit: 50n }), true);
    assert.equal(await landed(raise, { limit: 50n, effectiveAt: nowS + 9 }), true);
  });
});

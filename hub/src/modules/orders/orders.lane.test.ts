import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJournal } from '../../journal/index.ts';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { fieldsOf, message, spendMode } from '../../signing/index.ts';
import { createOrdersLane } from './orders.lane.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const key: Hex = `0x${'0b'.repeat(20)}`;
const hash: Hex = `0x${'cd'.repeat(32)}`;
const lane = createOrdersLane(
  createJournal('FUSD', () => []),
  () => ({ leastMicros: 10, amountOf: ({ message: kept }) => fieldsOf(kept, 'Spend').maxAmount }),
  () => nowMs,
);

const spend: Intent = {
  id: '1',
  lane: 'orders',
  subject: hash,
  seat: 7,
  message: message('Spend', {
    book: key,
    subject: hash,
    termsHash: hash,
    seat: 7,
    maxAmount: 10,
    revision: 1,
    validUntil: 1,
    mode: spendMode.exact,
  }),
  authorisations: [{ by: 'member', seat: 7, address: key, signature: '0x' }],
  notBeforeMs: 0,
  validUntilMs: 1,
  after: [],
  state: 'queued',
  createdAtMs: 0,
  updatedAtMs: 0,
};

/** As the registry packs it: key | class << 160 | frozen << 168 | issued << 176. */
const wordOf = (holder: bigint, seatClass: bigint, frozen: bigint) =>
  holder + seatClass * 2n ** 160n + frozen * 2n ** 168n + 1_700_000_000n * 2n ** 176n;

interface Said {
  readonly word?: bigint;
  readonly balance?: bigint;
  readonly left?: bigint;
  readonly limit?: bigint;
  readonly pausedUntil?: bigint;
}

const noLimit = 2n ** 256n - 1n;

async function verdictsOf(spends: readonly Intent[], said: Said): Promise<string[]> {
  const answers: Record<string, unknown> = {
    wordsOf: [said.word ?? wordOf(BigInt(key), 1n, 0n)],
    balanceOf: said.balance ?? 10n,
    leftToday: said.left ?? 1000n,
    dailyLimitOf: noLimit,
    defaultDailyLimit: said.limit ?? 1000n,
    pausedUntil: said.pausedUntil ?? 0n,
  };
  const reads: Reads = { isOnline: () => true, read: async <T>({ fn }: Call) => answers[fn] as T };
  const found = await lane.preflight(spends, reads);
  return found.map((one) => (one.verdict === 'ready' ? 'ready' : `${one.verdict} ${one.reason}`));
}

const verdict = async (said: Said): Promise<string> => (await verdictsOf([spend], said))[0]!;

/** The same member's spend of an order of its own. */
const another = (subject: Hex, maxAmount: number): Intent => ({
  ...spend,
  id: subject,
  subject,
  message: message('Spend', { ...fieldsOf(spend.message, 'Spend'), subject, maxAmount }),
});

describe('spends on their way to the chain', () => {
  it('go when the seat’s key signed them and the money is there', async () => {
    assert.equal(await verdict({}), 'ready');
    assert.equal(await verdict({ balance: 9n }), 'not-yet not_funded_yet');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 2n, 0n) }), 'ready');
  });

  it('never go when the seat has another key by now, or has retired', async () => {
    assert.equal(await verdict({ word: wordOf(BigInt(key) + 1n, 1n, 0n) }), 'never key_changed');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 3n, 0n) }), 'never seat_retired');
  });

  it('wait when orders before them in the batch take what the member has, or the rest of the day’s limit', async () => {
    const three = [another('0x01', 10), another('0x02', 11), another('0x03', 12)];
    assert.deepEqual(await verdictsOf(three, { balance: 33n }), ['ready', 'ready', 'ready']);
    assert.deepEqual(await verdictsOf(three, { balance: 32n }), ['ready', 'ready', 'not-yet not_funded_yet']);
    assert.deepEqual(await verdictsOf(three, { balance: 99n, left: 22n }), ['ready', 'ready', 'not-yet daily_limit']);
    assert.equal(await verdict({ balance: 99n, limit: 9n, left: 9n }), 'never above_daily_limit');
  });

  it('take nothing from those behind them while their order is not full', async () => {
    const [first, second] = [another('0x01', 9), another('0x02', 12)];
    assert.deepEqual(await verdictsOf([first, second], { balance: 12n }), ['not-yet others_not_ready', 'ready']);
  });

  it('wait for the registry to know the seat, for its release, and for the token’s brake', async () => {
    assert.equal(await verdict({ word: 0n }), 'not-yet seat_not_recorded');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 1n, 1n) }), 'not-yet seat_frozen');
    assert.equal(await verdict({ pausedUntil: BigInt(nowMs / 1000) + 1n }), 'not-yet money_paused');
    assert.equal(await verdict({ pausedUntil: BigInt(nowMs / 1000) }), 'ready');
  });
});

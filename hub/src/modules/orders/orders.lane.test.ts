import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJournal } from '../../journal/index.ts';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { message, spendMode } from '../../signing/index.ts';
import { createOrdersLane } from './orders.lane.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const key: Hex = `0x${'0b'.repeat(20)}`;
const hash: Hex = `0x${'cd'.repeat(32)}`;
const lane = createOrdersLane(
  createJournal('FUSD', () => []),
  () => 10,
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

async function verdict(said: { word?: bigint; balance?: bigint; pausedUntil?: bigint }): Promise<string> {
  const answers: Record<string, unknown> = {
    wordsOf: [said.word ?? wordOf(BigInt(key), 1n, 0n)],
    balanceOf: said.balance ?? 10n,
    pausedUntil: said.pausedUntil ?? 0n,
  };
  const reads: Reads = { isOnline: () => true, read: async <T>({ fn }: Call) => answers[fn] as T };
  const [found] = await lane.preflight([spend], reads);
  return found!.verdict === 'ready' ? 'ready' : `${found!.verdict} ${found!.reason}`;
}

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

  it('wait for the registry to know the seat, for its release, and for the token’s brake', async () => {
    assert.equal(await verdict({ word: 0n }), 'not-yet seat_not_recorded');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 1n, 1n) }), 'not-yet seat_frozen');
    assert.equal(await verdict({ pausedUntil: BigInt(nowMs / 1000) + 1n }), 'not-yet money_paused');
    assert.equal(await verdict({ pausedUntil: BigInt(nowMs / 1000) }), 'ready');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJournal } from '../../journal/index.ts';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { message } from '../../signing/index.ts';
import { createRedemptionLanes } from './redemptions.lanes.ts';

const redemptionRef: Hex = `0x${'c3'.repeat(32)}`;
const unused = () => assert.fail('is not asked for');
const [, payouts, restores] = createRedemptionLanes({
  journal: createJournal('FUSD', () => []),
  booking: { requested: unused, paid: unused, returned: unused, voided: unused } as never,
  read: unused,
  nowMs: () => 0,
});

const word: Intent = {
  id: 'word',
  lane: 'payouts',
  subject: redemptionRef,
  message: message('Payout', { redemptionRef, documentHash: redemptionRef, validUntil: 1 }),
  authorisations: [{ by: 'officer', address: `0x${'a1'.repeat(20)}`, signature: '0x' }],
  notBeforeMs: 0,
  validUntilMs: 1,
  after: [],
  state: 'queued',
  createdAtMs: 0,
  updatedAtMs: 0,
};

/** As FoodUSD counts them. */
const [none, pending, paid, restored] = [0, 1, 2, 3] as const;

/** The redemption's state in the newest block and in the last final one. */
const readsOf = (latest: number, finalized: number): Reads => ({
  isOnline: () => true,
  read: async <T>({ fn }: Call, at: 'latest' | 'finalized') =>
    (fn === 'isMinter' ? true : { state: BigInt(at === 'latest' ? latest : finalized) }) as T,
});

const verdict = async (lane: typeof payouts, latest: number, finalized: number): Promise<string> => {
  const [found] = await lane!.preflight([word], readsOf(latest, finalized));
  return found!.verdict === 'ready' ? 'ready' : `${found!.verdict} ${found!.reason}`;
};

describe('the treasurer’s word on a redemption', () => {
  it('leaves while the chain has the money set aside, and waits until it has', async () => {
    assert.equal(await verdict(payouts, pending, none), 'ready');
    assert.equal(await verdict(payouts, none, none), 'not-yet not_requested_yet');
  });

  it('is given up only when the other word is final', async () => {
    assert.equal(await verdict(payouts, restored, restored), 'never ended_otherwise');
    assert.equal(await verdict(restores, paid, paid), 'never ended_otherwise');
    assert.equal(await verdict(payouts, restored, pending), 'not-yet ended_otherwise');
    assert.equal(await verdict(payouts, restored, none), 'not-yet ended_otherwise');
  });

  it('waits for itself when it has landed: brought by a former life of the hub, or not final yet', async () => {
    assert.equal(await verdict(payouts, paid, pending), 'not-yet ended_otherwise');
    assert.equal(await verdict(payouts, paid, paid), 'not-yet ended_otherwise');
    assert.equal(await verdict(restores, restored, restored), 'not-yet ended_otherwise');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJournal } from '../../journal/index.ts';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { message } from '../../signing/index.ts';
import { createDepositsLane, reservesLane } from './index.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const today = BigInt(Math.floor(nowMs / 86_400_000));
const minter: Hex = `0x${'a1'.repeat(20)}`;
const lane = createDepositsLane(
  createJournal('FUSD', () => []),
  () => nowMs,
);

function depositOf(seat: number, amount: number): Intent {
  const depositRef: Hex = `0x${String(seat).padStart(64, '0')}`;
  return {
    id: String(seat),
    lane: 'deposits',
    subject: depositRef,
    seat,
    message: message('Mint', { seat, amount, depositRef, validUntil: 1 }),
    authorisations: [{ by: 'officer', address: minter, signature: '0x' }],
    notBeforeMs: 0,
    validUntilMs: 1,
    after: [],
    state: 'queued',
    createdAtMs: 0,
    updatedAtMs: 0,
  };
}

/** What the contracts answer unless a test says otherwise. */
function readsOf(said: Record<string, unknown>): Reads {
  const answers: Record<string, unknown> = {
    attestedReserve: 1000n,
    totalSupply: 0n,
    pausedUntil: 0n,
    keyOf: `0x${'b2'.repeat(20)}`,
    minterOf: { dailyAllowance: 1000n, minted: 0n, day: 0n },
    ...said,
  };
  return { isOnline: () => true, read: async <T>({ fn }: Call) => answers[fn] as T };
}

const reasons = async (said: Record<string, unknown>, ...amounts: number[]) => {
  const items = amounts.map((amount, index) => depositOf(index + 1, amount));
  const verdicts = await lane.preflight(items, readsOf(said));
  return verdicts.map((verdict) => (verdict.verdict === 'ready' ? 'ready' : `${verdict.verdict} ${verdict.reason}`));
};

describe('deposits on their way to the chain', () => {
  it('go as far as the attested reserve and the minter’s allowance of the day reach', async () => {
    assert.deepEqual(await reasons({}, 400, 600), ['ready', 'ready']);
    assert.deepEqual(await reasons({}, 400, 601, 600), ['ready', 'not-yet reserve_not_attested', 'ready']);
    const minterOf = { dailyAllowance: 500n, minted: 200n, day: today };
    assert.deepEqual(await reasons({ minterOf }, 200, 101, 100), ['ready', 'not-yet minted_enough', 'ready']);
  });

  it('may be as many again on the next day, and none for who mints no more', async () => {
    const yesterday = { dailyAllowance: 500n, minted: 500n, day: today - 1n };
    assert.deepEqual(await reasons({ minterOf: yesterday }, 500, 1), ['ready', 'not-yet minted_enough']);
    const removed = { dailyAllowance: 0n, minted: 500n, day: today - 1n };
    assert.deepEqual(await reasons({ minterOf: removed }, 1), ['not-yet minted_enough']);
  });

  it('wait while the token is stopped, to the second', async () => {
    const until = BigInt(nowMs / 1000);
    assert.deepEqual(await reasons({ pausedUntil: until + 1n }, 1, 2), Array(2).fill('not-yet money_paused'));
    assert.deepEqual(await reasons({ pausedUntil: until }, 1), ['ready']);
  });

  it('wait for a seat that the registry does not know', async () => {
    assert.deepEqual(await reasons({ keyOf: `0x${'00'.repeat(20)}` }, 1), ['not-yet seat_not_recorded']);
  });
});

describe('the attestor’s words on their way to the chain', () => {
  const wordOf = (sequence: number): Intent => ({
    ...depositOf(1, 1),
    id: `word ${sequence}`,
    lane: 'reserves',
    message: message('Attestation', { reserve: sequence * 100, documentHash: '0x', sequence, takenAt: sequence }),
    authorisations: [{ by: 'officer', address: minter, signature: `0x${sequence}${sequence}` }],
  });

  it('leave together, as the newest of them, and have landed with it', async () => {
    const words = [2, 4, 3].map(wordOf);
    assert.equal(new Set(words.map(reservesLane.groupOf)).size, 1);
    const reader = { prepare: () => assert.fail('asks for nothing') };
    assert.deepEqual(reservesLane.prepare(words, reader).args, [400, '0x', 4, 4, '0x44']);
    const reads = readsOf({ attestationSequence: 3n });
    assert.deepEqual(await reservesLane.landed(words, reads, 'finalized'), [true, false, true]);
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isStoopError } from '../platform/errors.ts';
import { addressOf, createPrivateKey, recoverAddress } from './keys.ts';
import { sealKeys } from './keystore.ts';
import { createSealedOfficers } from './sealed-officers.ts';

const minuteMs = 60_000;
const digest = new Uint8Array(32).fill(7);
const refusal = (code: 'wrong_passphrase' | 'too_many_requests' | 'busy' | 'config_invalid') => (error: unknown) =>
  isStoopError(error, code);

async function createHouse() {
  const [minter, one, two] = [createPrivateKey(), createPrivateKey(), createPrivateKey()];
  const [first, ...others] = await sealKeys([minter, one, two], 'open sesame', { n: 16, r: 8, p: 1 });
  const path = join(mkdtempSync(join(tmpdir(), 'stoop-officers-')), 'keystore.json');
  writeFileSync(path, JSON.stringify({ minter: [first], board: others }));
  let now = 0;
  let changes = 0;
  const clock = { nowMs: () => now, monotonicMs: () => now };
  const officers = createSealedOfficers({ path, clock, unlockMs: 15 * minuteMs, onChange: () => changes++ });
  return {
    officers,
    minter: addressOf(minter),
    board: [addressOf(one), addressOf(two)].sort(),
    pass: (ms: number) => {
      now += ms;
    },
    changes: () => changes,
  };
}

describe('sealed officers', () => {
  it('are locked at start: known by address, and sign nothing', async () => {
    const { officers, minter, board } = await createHouse();
    assert.deepEqual(officers.state(), { isOpen: false });
    assert.deepEqual([officers.addressesOf('minter'), officers.addressesOf('steward')], [[minter], []]);
    assert.deepEqual(officers.addressesOf('board'), board);
    assert.deepEqual(officers.sign('minter', digest), []);
  });

  it('sign for a bounded time after the passphrase, each for their own office, and then no more', async () => {
    const { officers, minter, board, pass, changes } = await createHouse();
    await officers.unlock('open sesame');
    assert.deepEqual(officers.state(), { isOpen: true, remainingMs: 15 * minuteMs });
    const signed = officers.sign('board', digest);
    assert.deepEqual(
      signed.map(({ signature }) => recoverAddress(digest, signature)),
      board,
    );
    pass(15 * minuteMs - 1);
    assert.deepEqual(
      officers.sign('minter', digest).map(({ address }) => address),
      [minter],
    );
    pass(1);
    assert.deepEqual(officers.sign('minter', digest), []);
    assert.deepEqual(officers.state(), { isOpen: false });
    assert.equal(changes(), 1);
    officers.lock();
  });

  it('are not kept open longer by signing, but by the passphrase again', async () => {
    const { officers, pass } = await createHouse();
    await officers.unlock('open sesame');
    pass(10 * minuteMs);
    officers.sign('minter', digest);
    await officers.unlock('open sesame');
    pass(10 * minuteMs);
    assert.deepEqual(officers.state(), { isOpen: true, remainingMs: 5 * minuteMs });
    officers.lock();
    assert.deepEqual(officers.sign('minter', digest), []);
  });

  it('stay locked for wrong words, which may be tried five times in five minutes, also at the same time', async () => {
    const { officers, pass } = await createHouse();
    const together = await Promise.allSettled(['a', 'b', 'c'].map((words) => officers.unlock(words)));
    assert.deepEqual(
      together.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code),
      ['wrong_passphrase', 'busy', 'busy'],
    );
    for (let left = 3; left >= 0; left--) {
      const error = await officers.unlock('wrong').catch((thrown: unknown) => thrown);
      assert.ok(isStoopError(error, 'wrong_passphrase'));
      assert.equal(error.details.triesLeft, left);
    }
    await assert.rejects(officers.unlock('open sesame'), refusal('too_many_requests'));
    pass(5 * minuteMs - 1);
    await assert.rejects(officers.unlock('open sesame'), refusal('too_many_requests'));
    pass(1);
    await officers.unlock('open sesame');
    assert.equal(officers.state().isOpen, true);
    officers.lock();
  });

  it('are kept open by a drill until it ends', async () => {
    const { officers, pass } = await createHouse();
    await officers.keepOpen('open sesame');
    pass(365 * 24 * 60 * minuteMs);
    assert.equal(officers.sign('minter', digest).length, 1);
    officers.lock();
  });

  it('are a mistake in the settings when their file is none', () => {
    const clock = { nowMs: () => 0, monotonicMs: () => 0 };
    const options = { path: '/nowhere/keystore.json', clock, unlockMs: minuteMs, onChange: () => undefined };
    assert.throws(() => createSealedOfficers(options), refusal('config_invalid'));
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isStoopError } from '../platform/errors.ts';
import { createArgonGate, defaultArgonCost } from './argon-gate.ts';
import { createFileSecret } from './hub-secret.ts';
import { createKeyWraps } from './key-wrap.ts';
import { addressOf, createPrivateKey } from './keys.ts';

const cheap = { memoryKib: 64, passes: 1, lanes: 1 };
const secretPath = () => join(mkdtempSync(join(tmpdir(), 'stoop-wrap-')), 'hub-secret');
const wrapsOf = (path: string) => createKeyWraps(createArgonGate(), createFileSecret(path));
const words = (text: string) => new TextEncoder().encode(text);
const owner = { seat: 7, address: '0x00000000000000000000000000000000000000a7' } as const;

describe('key wrap', () => {
  it('gives back the same secret for the same words, seat and address, and only for these', async () => {
    const wraps = wrapsOf(secretPath());
    const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const how = fc.record({ cost: fc.constantFrom(cheap, undefined), isHubBound: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(secrets, fc.string(), fc.string(), how, async (secret, pin, otherPin, kind) => {
        const wrap = await wraps.seal(secret, words(pin), owner, kind);
        assert.deepEqual(await wraps.open(wrap, words(pin), owner), secret);
        if (otherPin !== pin) assert.equal(await wraps.open(wrap, words(otherPin), owner), undefined);
        assert.equal(await wraps.open(wrap, words(pin), { ...owner, seat: 8 }), undefined);
        const elsewhere = '0x00000000000000000000000000000000000000a8';
        assert.equal(await wraps.open(wrap, words(pin), { ...owner, address: elsewhere }), undefined);
      }),
      { numRuns: 60 },
    );
  });

  it('opens on another hub only what is not bound to the hub', async () => {
    const here = wrapsOf(secretPath());
    const there = wrapsOf(secretPath());
    const key = createPrivateKey();
    const bound = await here.seal(key, words('1'), owner, { cost: cheap, isHubBound: true });
    const free = await here.seal(key, words('1'), owner, { isHubBound: false });
    assert.equal(await there.open(bound, words('1'), owner), undefined);
    assert.equal(addressOf((await there.open(free, words('1'), owner))!), addressOf(key));
  });

  it('sees every flipped bit of what is stored', async () => {
    const wraps = wrapsOf(secretPath());
    const wrap = await wraps.seal(createPrivateKey(), words('1'), owner, { isHubBound: true });
    for (const field of ['salt', 'nonce', 'sealed'] as const) {
      for (let at = 0; at < wrap[field].length; at++) {
        const broken = Uint8Array.from(wrap[field]);
        broken[at]! ^= 1;
        assert.equal(await wraps.open({ ...wrap, [field]: broken }, words('1'), owner), undefined);
      }
    }
  });

  it('works at the real cost', async () => {
    const wraps = wrapsOf(secretPath());
    const key = createPrivateKey();
    const wrap = await wraps.seal(key, words('482913'), owner, { cost: defaultArgonCost, isHubBound: true });
    assert.deepEqual(await wraps.open(wrap, words('482913'), owner), key);
  });
});

describe('hub secret in a file', () => {
  it('is made once, for its owner alone, and stays the same', async () => {
    const path = secretPath();
    const first = await createFileSecret(path).derive('a', words('x'));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(readFileSync(path).length, 32);
    assert.deepEqual(await createFileSecret(path).derive('a', words('x')), first);
    assert.notDeepEqual(await createFileSecret(path).derive('b', words('x')), first);
  });

  it('refuses a file of another length instead of making a weak key', async () => {
    const path = secretPath();
    writeFileSync(path, 'short');
    await assert.rejects(createFileSecret(path).derive('a', words('x')), (error) =>
      isStoopError(error, 'config_invalid'),
    );
  });
});

describe('argon gate', () => {
  it('runs two at once, lets some wait and says busy to the rest', async () => {
    const gate = createArgonGate({ maxAtOnce: 2, maxWaiting: 3 });
    const salt = new Uint8Array(16);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => gate.derive(words(`${i}`), salt, cheap)),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    assert.equal(refused.length, 3);
    assert.ok(refused.every((outcome) => isStoopError(outcome.reason, 'busy')));
    // Places are free again afterwards.
    assert.equal((await gate.derive(words('9'), salt, cheap)).length, 32);
  });

  it('agrees with the reference implementation of Argon2id', async () => {
    // From the reference implementation's own tests (src/test.c): t = 2, m = 2^16 KiB, p = 1.
    const key = await createArgonGate().derive(words('password'), words('somesalt'), {
      memoryKib: 65_536,
      passes: 2,
      lanes: 1,
    });
    assert.equal(Buffer.from(key).toString('hex'), '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
  });
});

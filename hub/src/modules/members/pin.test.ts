import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import {
  type Browser,
  createMembersFixture,
  dayMs,
  type MembersFixture,
  minuteMs,
  signInAt,
} from './members.fixture.ts';
import { assertGoodPin, createPin } from './pin.ts';

const right = '482913';
const wrong = '937250';

describe('a good PIN', () => {
  it('is refused when it is short, long, no digits or trivial', () => {
    const bad = [
      '',
      '123',
      '123456789',
      '12a456',
      '１２３４５６',
      '0000',
      '111111',
      '123456',
      '987654',
      '890123',
      '1212',
      '123123',
    ];
    for (const pin of [...bad, '13579', '97531', '454545', '12341234']) {
      assert.throws(
        () => assertGoodPin(pin),
        (error) => isStoopError(error, 'bad_request') && error.details.field === 'pin',
        pin,
      );
    }
    for (const pin of ['4829', '482913', '102938', '20251121', '110000']) assertGoodPin(pin);
  });
});

describe('a PIN that the hub makes', () => {
  it('is always six digits and good', () => {
    const pins = Array.from({ length: 5000 }, createPin);
    for (const pin of pins) {
      assert.match(pin, /^\d{6}$/);
      assertGoodPin(pin);
    }
    assert.ok(new Set(pins).size > 4900);
  });
});

describe('the PIN pad', () => {
  let hub: MembersFixture;
  let kiosk: Browser;
  beforeEach(async () => {
    hub = await createMembersFixture();
    await hub.enrol('Ana', { pin: right });
    await hub.enrol('Ben', { pin: right });
    kiosk = await hub.kiosk();
  });
  afterEach(() => hub.close());

  async function refusal(work: Promise<unknown>): Promise<{ code: string; details: Record<string, unknown> }> {
    const error = await work.then(
      () => assert.fail('was let in'),
      (reason: unknown) => reason,
    );
    assert.ok(isStoopError(error), String(error));
    return { code: error.code, details: { ...error.details } };
  }

  it('gives three tries, then rests 5 s, 30 s, 2 min, 5 min and from then on 15 min', async () => {
    const answers = [];
    for (let i = 0; i < 2; i++) answers.push(await refusal(signInAt(kiosk, 'Ana', wrong)));
    assert.deepEqual(answers, [
      { code: 'wrong_pin', details: { triesLeft: 2, seconds: 0 } },
      { code: 'wrong_pin', details: { triesLeft: 1, seconds: 0 } },
    ]);
    for (const seconds of [5, 30, 120, 300, 900, 900]) {
      assert.deepEqual(await refusal(signInAt(kiosk, 'Ana', wrong)), {
        code: 'wrong_pin',
        details: { triesLeft: 0, seconds },
      });
      // Even the right one must wait, to the second.
      assert.deepEqual(await refusal(signInAt(kiosk, 'Ana', right)), { code: 'locked_out', details: { seconds } });
      hub.pass(seconds * 1000 - 1);
      assert.deepEqual(await refusal(signInAt(kiosk, 'Ana', right)), { code: 'locked_out', details: { seconds: 1 } });
      hub.pass(1);
    }
    await signInAt(kiosk, 'Ana', right);
    assert.deepEqual((await refusal(signInAt(kiosk, 'Ana', wrong))).details, { triesLeft: 2, seconds: 0 });
  });

  it('keeps the count over a restart', async () => {
    for (let i = 0; i < 3; i++) await refusal(signInAt(kiosk, 'Ana', wrong));
    await hub.close();
    hub = await createMembersFixture({ folder: hub.folder, nowMs: hub.nowMs() });
    const again = hub.browser(kiosk.tokens);
    assert.equal((await refusal(signInAt(again, 'Ana', right))).code, 'locked_out');
  });

  it('counts guesses that come at the same time one after the other', async () => {
    const codes = await Promise.all(
      Array.from({ length: 8 }, async () => (await refusal(signInAt(kiosk, 'Ana', wrong))).code),
    );
    assert.deepEqual(codes, [...Array(3).fill('wrong_pin'), ...Array(5).fill('locked_out')]);
  });

  it('is one per seat and device: not the neighbour’s, not another kiosk’s, not the own phone’s', async () => {
    await signInAt(kiosk, 'Ana', right);
    const { code } = await kiosk.ask<{ code: string }>('POST /api/phone-codes');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    await kiosk.ask('DELETE /api/sessions/current');
    for (let i = 0; i < 3; i++) await refusal(signInAt(kiosk, 'Ana', wrong));

    await signInAt(kiosk, 'Ben', right);
    await signInAt(await hub.kiosk(), 'Ana', right);
    const { canSignUntilMs } = await phone.ask<{ canSignUntilMs: number }>('POST /api/grants', {
      body: { pin: right },
    });
    assert.equal(canSignUntilMs, hub.nowMs() + 5 * minuteMs);
    assert.equal((await refusal(signInAt(kiosk, 'Ana', right))).code, 'locked_out');
  });

  it('is unlocked by somebody with an office who stands there, and only there', async () => {
    const cleo = await hub.enrol('Cleo', { roles: ['gardener'], pin: right });
    const [ana] = hub.store.read((reader) =>
      reader.prepare('SELECT seat FROM members WHERE name = @n').all<{ seat: number }>({ n: 'Ana' }),
    );
    for (let i = 0; i < 3; i++) await refusal(signInAt(kiosk, 'Ana', wrong));
    const unlock = (browser: Browser, seat: number) =>
      browser.ask('POST /api/neighbours/:seat/unlock', { params: { seat } });

    await signInAt(kiosk, 'Cleo', right);
    const { code } = await kiosk.ask<{ code: string }>('POST /api/phone-codes');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    assert.equal((await refusal(unlock(phone, ana!.seat))).code, 'device_not_approved');
    assert.equal((await refusal(unlock(kiosk, 999))).code, 'not_found');
    const locked = (browser: Browser) =>
      browser.ask<{ items: { seat: number; label: string; untilMs: number }[] }>('GET /api/neighbours/locked');
    assert.equal((await refusal(locked(phone))).code, 'device_not_approved');
    assert.deepEqual((await locked(kiosk)).items, [{ seat: ana!.seat, label: 'Ana', untilMs: hub.nowMs() + 5_000 }]);
    await unlock(kiosk, ana!.seat);
    assert.deepEqual((await locked(kiosk)).items, []);
    await signInAt(kiosk, 'Ana', right);
    assert.deepEqual(
      hub.audit('pin.unlock').map(({ seat, detail }) => [seat, JSON.parse(detail)]),
      [[cleo.seat, { seat: ana!.seat }]],
    );
  });

  it('does not tell by its answers or its time whether a seat exists', async () => {
    await hub.close();
    hub = await createMembersFixture({ argonCost: { memoryKib: 16_384, passes: 2, lanes: 1 } });
    await hub.enrol('Ana', { pin: right });
    kiosk = await hub.kiosk();
    const stranger = '018f3a00-0000-7000-8000-000000000001';
    const timed = async (work: () => Promise<unknown>) => {
      const startedMs = performance.now();
      const { code, details } = await refusal(work());
      return { code, details, tookMs: performance.now() - startedMs };
    };
    const tries = { known: [] as number[], unknown: [] as number[] };
    for (let i = 0; i < 3; i++) {
      const known = await timed(() => signInAt(kiosk, 'Ana', wrong));
      const unknown = await timed(() => kiosk.ask('POST /api/sessions', { body: { tileId: stranger, pin: wrong } }));
      assert.deepEqual([unknown.code, unknown.details], [known.code, known.details]);
      tries.known.push(known.tookMs);
      tries.unknown.push(unknown.tookMs);
    }
    const locked = await refusal(kiosk.ask('POST /api/sessions', { body: { tileId: stranger, pin: wrong } }));
    assert.equal(locked.code, 'locked_out');
    // Without the key derivation the answer would come in a twentieth of the time.
    const best = (times: number[]) => Math.min(...times);
    assert.ok(best(tries.unknown) > best(tries.known) / 3, `${best(tries.unknown)} ms beside ${best(tries.known)} ms`);
  });

  it('locks nobody out for years when the clock is set back, and forgets after a day', async () => {
    for (let i = 0; i < 3; i++) await refusal(signInAt(kiosk, 'Ana', wrong));
    hub.pass(-365 * dayMs);
    assert.deepEqual((await refusal(signInAt(kiosk, 'Ana', wrong))).details, { triesLeft: 0, seconds: 30 });
    assert.equal((await refusal(signInAt(kiosk, 'Ana', right))).code, 'locked_out');
    hub.pass(dayMs + 1);
    await hub.job('members.expire');
    assert.deepEqual((await refusal(signInAt(kiosk, 'Ana', wrong))).details, { triesLeft: 2, seconds: 0 });
  });

  it('writes every wrong PIN into the audit, without the PIN', async () => {
    await refusal(signInAt(kiosk, 'Ana', wrong));
    const [row] = hub.audit('pin.refuse');
    assert.deepEqual(JSON.parse(row!.detail), { seat: 1, failures: 1 });
    assert.equal(row!.deviceId, kiosk.actor().deviceId);
  });

  it('changes the PIN only for who knows the old one, and counts wrong old ones', async () => {
    await signInAt(kiosk, 'Ana', right);
    const change = (oldPin: string, newPin: string) => kiosk.ask('PUT /api/me/pin', { body: { oldPin, newPin } });
    assert.equal((await refusal(change(wrong, '605182'))).code, 'wrong_pin');
    assert.equal((await refusal(change(right, '123456'))).code, 'bad_request');
    await change(right, '605182');
    assert.equal((await refusal(signInAt(kiosk, 'Ana', right))).code, 'wrong_pin');
    await signInAt(kiosk, 'Ana', '605182');
  });

  it('changes the PIN once when the answer was lost and asked for again', async () => {
    await signInAt(kiosk, 'Ana', right);
    const key = '0190a000-0000-7000-8000-00000000000a';
    const body = { oldPin: right, newPin: '605182' };
    await kiosk.ask('PUT /api/me/pin', { body, key });
    await kiosk.ask('PUT /api/me/pin', { body, key });
    assert.equal(hub.audit('pin.change').length, 1);
    const other = kiosk.ask('PUT /api/me/pin', { body: { ...body, newPin: '770241' }, key });
    assert.deepEqual(await refusal(other), { code: 'wrong_pin', details: { triesLeft: 2, seconds: 0 } });
    await signInAt(kiosk, 'Ana', '605182');
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import { digest, recoverAddress } from '../../signing/index.ts';
import { type Enrolled, outgoingWaitsUntilMs } from './index.ts';
import { type Browser, createMembersFixture, dayMs, type MembersFixture, signInAt, word } from './members.fixture.ts';

const pin = '482913';
const newPin = '605182';
const wrongCode = (isMistyped: boolean) => (error: unknown) =>
  isStoopError(error, 'wrong_recovery_code') && error.details.isMistyped === isMistyped;

describe('recovery', () => {
  let hub: MembersFixture;
  let kiosk: Browser;
  let ana: Enrolled;
  let ben: Enrolled;
  beforeEach(async () => {
    hub = await createMembersFixture();
    ana = await hub.enrol('Ana', { pin });
    ben = await hub.enrol('Ben', { pin });
    kiosk = await hub.kiosk();
  });
  afterEach(() => hub.close());

  async function phoneOf(name: string): Promise<Browser> {
    await signInAt(kiosk, name, pin);
    const { code } = await kiosk.ask<{ code: string }>('POST /api/phone-codes');
    await kiosk.ask('DELETE /api/sessions/current');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    return phone;
  }
  const recover = (browser: Browser, body: object, key?: string) => browser.ask('POST /api/recovery', { body, key });

  it('gives the same key a new PIN, signed in at once; the old PIN is dead', async () => {
    await recover(kiosk, { recoveryCode: ana.recoveryCode, newPin });
    assert.equal(kiosk.actor().seat, ana.seat);
    assert.equal(recoverAddress(digest(...word), await hub.members.sign(kiosk.actor(), ...word)), ana.address);
    await kiosk.ask('DELETE /api/sessions/current');
    await assert.rejects(signInAt(kiosk, 'Ana', pin), (e) => isStoopError(e, 'wrong_pin'));
    await signInAt(kiosk, 'Ana', newPin);
    assert.equal(recoverAddress(digest(...word), await hub.members.sign(kiosk.actor(), ...word)), ana.address);
  });

  it('clears the PIN pad’s rest', async () => {
    for (let i = 0; i < 3; i++) await assert.rejects(signInAt(kiosk, 'Ana', '937250'));
    await recover(kiosk, { recoveryCode: ana.recoveryCode, newPin });
    await signInAt(kiosk, 'Ana', newPin);
  });

  it('ends every other session of the seat and nobody else’s', async () => {
    const anas = await phoneOf('Ana');
    const bens = await phoneOf('Ben');
    await anas.ask('POST /api/grants', { body: { pin } });
    const actor = anas.actor();
    await recover(kiosk, { recoveryCode: ana.recoveryCode, newPin });
    assert.equal(anas.isExpired(), true);
    await assert.rejects(hub.members.sign(actor, ...word), (e) => isStoopError(e, 'grant_needed'));
    assert.equal(bens.actor().seat, ben.seat);
    // Approved it stays: with the new PIN it is back.
    await anas.ask('POST /api/phones/session', { body: { pin: newPin } });
    assert.equal(anas.actor().seat, ana.seat);
  });

  it('makes a browser that is nothing yet the member’s phone', async () => {
    const phone = hub.browser();
    await recover(phone, { recoveryCode: ana.recoveryCode.toLowerCase().replaceAll('-', ' '), newPin });
    assert.deepEqual([phone.actor().seat, phone.actor().deviceKind], [ana.seat, 'phone']);
    await hub.members.sign(phone.actor(), ...word);
  });

  it('lets outgoing money wait 48 h and says so on every device and at the kiosk', async () => {
    const phone = await phoneOf('Ana');
    const untilMs = hub.nowMs() + 2 * dayMs;
    await recover(kiosk, { recoveryCode: ana.recoveryCode, newPin });
    await phone.ask('POST /api/phones/session', { body: { pin: newPin } });
    for (const browser of [kiosk, phone]) {
      const { member } = await browser.ask<{ member: object }>('GET /api/me');
      assert.equal((member as { outgoingWaitsUntilMs?: number }).outgoingWaitsUntilMs, untilMs);
    }
    const waits = (seat: number) => hub.store.read((reader) => outgoingWaitsUntilMs(reader, seat, hub.nowMs()));
    assert.equal(waits(ana.seat), untilMs);
    assert.equal(waits(ben.seat), undefined);
    hub.pass(2 * dayMs - 1);
    assert.equal(waits(ana.seat), untilMs);
    hub.pass(1);
    assert.equal(waits(ana.seat), undefined);
  });

  it('tells a mistyped code from a wrong one, and takes nobody else’s', async () => {
    const { recoveryCode } = ana;
    const sign = recoveryCode.endsWith('A') ? 'B' : 'A';
    const mistyped = recoveryCode.slice(0, -1) + sign;
    await assert.rejects(recover(kiosk, { recoveryCode: mistyped, newPin }), wrongCode(true));
    await assert.rejects(
      recover(kiosk, { recoveryCode: '0000-0000-0000-0000-0000-0000-0000', newPin }),
      wrongCode(false),
    );
    await assert.rejects(recover(kiosk, { seat: ben.seat, recoveryCode, newPin }), wrongCode(false));
    await assert.rejects(recover(kiosk, { recoveryCode, newPin: '111111' }), (e) => isStoopError(e, 'bad_request'));
    assert.equal(kiosk.actor().seat, undefined);
    await signInAt(kiosk, 'Ana', pin);
    assert.deepEqual(hub.audit('member.recover'), []);
  });

  it('works without the hub’s secret: on a new machine, from a backup', async () => {
    await hub.close();
    rmSync(join(hub.folder, 'hub-secret'));
    hub = await createMembersFixture({ folder: hub.folder, nowMs: hub.nowMs() });
    kiosk = hub.browser(kiosk.tokens);
    await assert.rejects(signInAt(kiosk, 'Ana', pin), (e) => isStoopError(e, 'wrong_pin'));
    await recover(kiosk, { recoveryCode: ana.recoveryCode, newPin });
    assert.equal(recoverAddress(digest(...word), await hub.members.sign(kiosk.actor(), ...word)), ana.address);
  });

  it('is done once when the answer was lost and asked for again', async () => {
    const key = randomUUID();
    const phone = hub.browser();
    const body = { recoveryCode: ana.recoveryCode, newPin };
    await phone.askRaw('POST /api/recovery', { body, key });
    const untilMs = hub.store.read((reader) => outgoingWaitsUntilMs(reader, ana.seat, hub.nowMs()));
    hub.pass(1000);
    await recover(phone, body, key);
    assert.equal(phone.actor().seat, ana.seat);
    assert.equal((await phone.ask<{ items: object[] }>('GET /api/devices/mine')).items.length, 1);
    assert.equal(
      hub.store.read((reader) => outgoingWaitsUntilMs(reader, ana.seat, hub.nowMs())),
      untilMs,
    );
    assert.equal(hub.audit('member.recover').length, 1);
  });

  it('asks for the printed code once more a week later, until it was found', async () => {
    await signInAt(kiosk, 'Ana', pin);
    const due = async () => {
      await signInAt(kiosk, 'Ana', pin);
      return (await kiosk.ask<{ member: { recoveryConfirmDue: boolean } }>('GET /api/me')).member.recoveryConfirmDue;
    };
    assert.equal(await due(), false);
    hub.pass(7 * dayMs);
    assert.equal(await due(), true);
    const confirm = (recoveryCode: string) => kiosk.ask('POST /api/recovery/confirm', { body: { recoveryCode } });
    await assert.rejects(confirm(ben.recoveryCode), wrongCode(false));
    assert.equal(await due(), true);
    await confirm(ana.recoveryCode);
    assert.equal(await due(), false);
  });
});

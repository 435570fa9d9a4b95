import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import { system } from '../../platform/ports/index.ts';
import {
  type Browser,
  createMembersFixture,
  everythingStored,
  type MembersFixture,
  minuteMs,
  signInAt,
} from './members.fixture.ts';

const pin = '482913';
const expired = (error: unknown) => isStoopError(error, 'code_expired');

interface PhoneCode {
  code: string;
  url: string;
  qrSvg: string;
  expiresAtMs: number;
}

describe('approving browsers', () => {
  let hub: MembersFixture;
  let kiosk: Browser;
  beforeEach(async () => {
    hub = await createMembersFixture();
    await hub.enrol('Ana', { pin });
    await hub.enrol('Ben', { pin });
    kiosk = await hub.kiosk();
  });
  afterEach(() => hub.close());

  async function codeFor(name: string): Promise<PhoneCode> {
    await signInAt(kiosk, name, pin);
    return kiosk.ask<PhoneCode>('POST /api/phone-codes');
  }

  it('approves a phone by six digits, once, and signs it in', async () => {
    const made = await codeFor('Ana');
    assert.match(made.code, /^\d{6}$/);
    assert.equal(made.expiresAtMs, hub.nowMs() + 5 * minuteMs);
    assert.match(made.qrSvg, /^<svg/);
    const phone = hub.browser();
    const { member } = await phone.ask<{ member: { seat: number } }>('POST /api/phones', {
      body: { code: `${made.code.slice(0, 3)} ${made.code.slice(3)}`, name: 'Ana’s phone' },
    });
    assert.equal(member.seat, 1);
    assert.deepEqual([phone.actor().seat, phone.actor().deviceKind], [1, 'phone']);
    await assert.rejects(hub.browser().ask('POST /api/phones', { body: { code: made.code } }), expired);
    const { items } = await phone.ask<{ items: object[] }>('GET /api/devices/mine');
    const id = phone.actor().deviceId;
    assert.deepEqual(items, [{ id, kind: 'phone', name: 'Ana’s phone', lastSeenAtMs: hub.nowMs(), isThis: true }]);
  });

  it('approves a phone by the link of the QR code, after which the digits are used too', async () => {
    const made = await codeFor('Ben');
    const url = new URL(made.url);
    assert.equal(url.origin + url.pathname, 'https://stoop.local:8443/phone');
    const code = url.searchParams.get('code')!;
    assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    assert.equal(phone.actor().seat, 2);
    await assert.rejects(hub.browser().ask('POST /api/phones', { body: { code: made.code } }), expired);
  });

  it('lets codes run out after five minutes, and a newer one takes the place of the older', async () => {
    const first = await codeFor('Ana');
    const second = await codeFor('Ana');
    await assert.rejects(hub.browser().ask('POST /api/phones', { body: { code: first.code } }), expired);
    hub.pass(5 * minuteMs);
    await assert.rejects(hub.browser().ask('POST /api/phones', { body: { code: second.code } }), expired);
  });

  it('gives phone codes only to who is signed in at a kiosk', async () => {
    const { code } = await codeFor('Ana');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    await assert.rejects(phone.ask('POST /api/phone-codes'), (e) => isStoopError(e, 'device_not_approved'));
    await kiosk.ask('DELETE /api/sessions/current');
    await assert.rejects(kiosk.ask('POST /api/phone-codes'), (e) => isStoopError(e, 'not_signed_in'));
  });

  it('answers a lost approval again: same browser in the end, the lost tokens are dead', async () => {
    const { code } = await codeFor('Ana');
    const key = randomUUID();
    const phone = hub.browser();
    const lost = await phone.askRaw('POST /api/phones', { body: { code }, key });
    await phone.ask('POST /api/phones', { body: { code }, key });
    assert.equal(phone.actor().seat, 1);
    assert.equal((await phone.ask<{ items: object[] }>('GET /api/devices/mine')).items.length, 1);
    const dead = { deviceToken: lost.deviceToken!, sessionToken: lost.sessionToken! };
    assert.deepEqual(hub.members.authenticate(dead), { actor: { roles: [] }, expired: true });
    // Not for ever, not with another body, not under another key.
    const again = (body: object, other = key) => hub.browser().ask('POST /api/phones', { body, key: other });
    await assert.rejects(again({ code: '000000' }), (e) => isStoopError(e, 'idempotency_key_reused'));
    await assert.rejects(again({ code }, randomUUID()), expired);
    hub.pass(5 * minuteMs + 1);
    await assert.rejects(again({ code }), expired);
    assert.equal(phone.actor().seat, 1);
  });

  it('never keeps a token or a code as it is, not in replies, audit or anywhere else', async () => {
    const made = await codeFor('Ana');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code: made.code } });
    const { recoveryCode } = await hub.enrol('Cleo', { pin: '605182' });
    const stored = everythingStored(hub.store);
    const secrets = [
      phone.tokens.deviceToken!,
      phone.tokens.sessionToken!,
      kiosk.tokens.deviceToken!,
      new URL(made.url).searchParams.get('code')!.replaceAll('-', ''),
      recoveryCode,
      recoveryCode.replaceAll('-', ''),
      '605182',
    ];
    for (const secret of secrets) {
      assert.equal(stored.includes(secret), false, secret);
      assert.equal(stored.includes(Buffer.from(secret).toString('hex')), false, secret);
    }
    assert.ok(stored.includes('"Lobby"'), 'the search looks at what is stored');
  });

  it('keeps a kiosk a kiosk, and lets a phone change hands only as a new phone', async () => {
    const { code } = await codeFor('Ana');
    await assert.rejects(kiosk.ask('POST /api/phones', { body: { code } }), (e) => isStoopError(e, 'not_allowed'));
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    const anas = phone.tokens;
    await phone.ask('POST /api/phones', { body: { code: (await codeFor('Ben')).code } });
    assert.equal(phone.actor().seat, 2);
    assert.deepEqual(hub.members.authenticate(anas), { actor: { roles: [] }, expired: true });
  });

  it('forgets an own phone on request, and never a neighbour’s', async () => {
    const ana = hub.browser();
    await ana.ask('POST /api/phones', { body: { code: (await codeFor('Ana')).code } });
    const ben = hub.browser();
    await ben.ask('POST /api/phones', { body: { code: (await codeFor('Ben')).code } });
    const params = { id: ana.actor().deviceId };
    const notFound = (error: unknown) => isStoopError(error, 'not_found');
    await assert.rejects(ben.ask('DELETE /api/devices/mine/:id', { params }), notFound);
    await assert.rejects(ana.ask('DELETE /api/devices/mine/:id', { params: { id: kiosk.actor().deviceId } }), notFound);
    assert.equal(ana.actor().seat, 1);
    await ana.ask('DELETE /api/devices/mine/:id', { params });
    assert.deepEqual(ana.tokens, { deviceToken: undefined, sessionToken: undefined });
    await assert.rejects(ana.ask('DELETE /api/devices/mine/:id', { params }), notFound);
    assert.equal(ben.actor().seat, 2);
  });

  it('approves a kiosk by a code of a maintainer, once, for a quarter of an hour', async () => {
    await hub.enrol('Mo', { pin, roles: ['maintainer'] });
    await signInAt(kiosk, 'Mo', pin);
    const { code, expiresAtMs } = await kiosk.ask<{ code: string; expiresAtMs: number }>('POST /api/kiosk-codes');
    assert.equal(expiresAtMs, hub.nowMs() + 15 * minuteMs);
    const second = hub.browser();
    await second.ask('POST /api/kiosks/claim', {
      body: { code: code.toLowerCase().replace('-', ' '), name: 'Garage' },
    });
    assert.deepEqual(second.actor(), { roles: [], deviceId: second.actor().deviceId, deviceKind: 'kiosk' });
    await assert.rejects(hub.browser().ask('POST /api/kiosks/claim', { body: { code } }), expired);

    const { items } = await kiosk.ask<{ items: { id: string; name: string; isThis: boolean }[] }>('GET /api/kiosks');
    assert.deepEqual(
      items.map(({ name, isThis }) => [name, isThis]),
      [
        ['Lobby', true],
        ['Garage', false],
      ],
    );
    await signInAt(second, 'Ana', pin);
    await kiosk.ask('DELETE /api/kiosks/:id', { params: { id: items[1]!.id } });
    assert.deepEqual(second.actor(), { roles: [] });

    const late = await hub.members.kioskCode(system('cli'));
    hub.pass(15 * minuteMs);
    await assert.rejects(hub.browser().ask('POST /api/kiosks/claim', { body: { code: late.code } }), expired);
  });

  it('does not take a phone code for a kiosk code', async () => {
    const { code } = await codeFor('Ana');
    await assert.rejects(hub.browser().ask('POST /api/kiosks/claim', { body: { code } }), expired);
  });

  it('stops guessing of short codes from many addresses, while links still work', async () => {
    const made = await codeFor('Ana');
    const wrong = String((Number(made.code) + 1) % 1_000_000).padStart(6, '0');
    for (let i = 0; i < 30; i++)
      await assert.rejects(hub.browser().ask('POST /api/phones', { body: { code: wrong } }), expired);
    const tooMany = (error: unknown) => isStoopError(error, 'too_many_requests') && error.details.seconds === 300;
    await assert.rejects(hub.browser().ask('POST /api/phones', { body: { code: made.code } }), tooMany);
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code: new URL(made.url).searchParams.get('code')! } });
    assert.equal(phone.actor().seat, 1);
    hub.pass(5 * minuteMs);
    await hub.browser().ask('POST /api/phones', { body: { code: (await codeFor('Ben')).code } });
  });
});

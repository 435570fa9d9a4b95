import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import { digest, recoverAddress } from '../../signing/index.ts';
import { addressOf } from './index.ts';
import {
  type Browser,
  createMembersFixture,
  dayMs,
  type MembersFixture,
  minuteMs,
  signInAt,
  word,
} from './members.fixture.ts';

const pin = '482913';

describe('sessions and signing grants', () => {
  let hub: MembersFixture;
  let kiosk: Browser;
  beforeEach(async () => {
    hub = await createMembersFixture();
    await hub.enrol('Ana', { pin });
    await hub.enrol('Ben', { pin });
    kiosk = await hub.kiosk();
  });
  afterEach(() => hub.close());

  /** A phone of that member, approved at the kiosk. */
  async function phoneOf(name: string): Promise<Browser> {
    await signInAt(kiosk, name, pin);
    const { code } = await kiosk.ask<{ code: string }>('POST /api/phone-codes');
    await kiosk.ask('DELETE /api/sessions/current');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code } });
    return phone;
  }
  const grantNeeded = (error: unknown) => isStoopError(error, 'grant_needed');

  it('knows nobody by wrong, missing or mixed-up credentials', async () => {
    const ana = await phoneOf('Ana');
    const ben = await phoneOf('Ben');
    const { authenticate } = hub.members;
    const nobody = { actor: { roles: [] }, expired: false };
    assert.deepEqual(authenticate({}), nobody);
    assert.deepEqual(authenticate({ deviceToken: '' }), nobody);
    assert.deepEqual(authenticate({ deviceToken: 'x'.repeat(5000), sessionToken: '\u0000' }), {
      ...nobody,
      expired: true,
    });
    assert.deepEqual(authenticate({ sessionToken: ana.tokens.sessionToken }), { ...nobody, expired: true });
    // A stolen session cookie is worth nothing on another device.
    const mixed = authenticate({ deviceToken: ben.tokens.deviceToken, sessionToken: ana.tokens.sessionToken });
    assert.equal(mixed.actor.seat, undefined);
    assert.equal(mixed.actor.deviceId, ben.actor().deviceId);
    assert.equal(mixed.expired, true);
  });

  it('ends a kiosk session 80 s after the last request, and an hour after it was opened', async () => {
    await signInAt(kiosk, 'Ana', pin);
    for (let i = 0; i < 5; i++) {
      hub.pass(79_999);
      assert.equal(kiosk.actor().seat, 1);
    }
    hub.pass(80_000);
    assert.equal(kiosk.isExpired(), true);
    assert.equal(kiosk.actor().seat, undefined);
    assert.equal(kiosk.actor().deviceKind, 'kiosk');

    await signInAt(kiosk, 'Ana', pin);
    for (let i = 0; i < 59; i++) {
      hub.pass(minuteMs);
      assert.equal(kiosk.actor().seat, 1);
      await hub.job('members.expire');
    }
    hub.pass(minuteMs);
    assert.equal(kiosk.isExpired(), true);
  });

  it('takes a look by an open live stream for no activity', async () => {
    await signInAt(kiosk, 'Ana', pin);
    hub.pass(50_000);
    assert.equal(hub.members.authenticate({ ...kiosk.tokens, isPassive: true }).actor.seat, 1);
    hub.pass(30_000);
    assert.equal(hub.members.authenticate({ ...kiosk.tokens, isPassive: true }).expired, true);
    assert.equal(kiosk.isExpired(), true);
  });

  it('clears ended kiosk sessions away and tells the other rooms', async () => {
    await signInAt(kiosk, 'Ana', pin);
    const { sessionId } = kiosk.actor();
    hub.pass(40_000);
    await hub.job('members.expire');
    assert.equal(hub.ended.length, 0);
    hub.pass(80_000);
    await hub.job('members.expire');
    assert.deepEqual(hub.ended, [{ type: 'session.ended', sessionIds: [sessionId], seats: [1] }]);
  });

  it('lets a phone’s session slide for 30 days, over restarts', async () => {
    let phone = await phoneOf('Ana');
    hub.pass(20 * dayMs);
    assert.equal(phone.actor().seat, 1);
    await hub.job('members.expire');
    await hub.close();
    hub = await createMembersFixture({ folder: hub.folder, nowMs: hub.nowMs() });
    phone = hub.browser(phone.tokens);
    hub.pass(30 * dayMs - 1);
    assert.equal(phone.actor().seat, 1);
    await hub.job('members.expire');
    hub.pass(30 * dayMs);
    assert.equal(phone.isExpired(), true);
    // The phone stays approved: its owner's PIN opens a new session, nobody else's does.
    await assert.rejects(phone.ask('POST /api/phones/session', { body: { pin: '937250' } }), (e) =>
      isStoopError(e, 'wrong_pin'),
    );
    await phone.ask('POST /api/phones/session', { body: { pin } });
    assert.equal(phone.actor().seat, 1);
  });

  it('costs no commit per request, and at most one a minute', async () => {
    const phone = await phoneOf('Ana');
    await hub.job('members.expire');
    const before = hub.store.commits;
    for (let i = 0; i < 200; i++) phone.actor();
    assert.equal(hub.store.commits, before);
    await hub.job('members.expire');
    assert.equal(hub.store.commits, before + 1);
    await hub.job('members.expire');
    assert.equal(hub.store.commits, before + 1);
  });

  it('opens nothing but its owner’s seat on a phone, whatever tile is asked for', async () => {
    const phone = await phoneOf('Ana');
    const { items } = await kiosk.ask<{ items: { tileId: string; label: string }[] }>('GET /api/tiles');
    const bens = items.find(({ label }) => label === 'Ben')!;
    await phone.ask('POST /api/sessions', { body: { tileId: bens.tileId, pin } });
    assert.equal(phone.actor().seat, 1);
  });

  it('has one person at a kiosk: the next one’s sign-in ends the session before', async () => {
    await signInAt(kiosk, 'Ana', pin);
    const ana = { tokens: kiosk.tokens, actor: kiosk.actor() };
    await signInAt(kiosk, 'Ben', pin);
    assert.equal(kiosk.actor().seat, 2);
    assert.equal(hub.members.authenticate(ana.tokens).expired, true);
    await assert.rejects(hub.members.sign(ana.actor, ...word), grantNeeded);
  });

  it('signs out everywhere: every device and grant of the seat, and no one else’s', async () => {
    const anas = [await phoneOf('Ana'), await phoneOf('Ana')];
    const ben = await phoneOf('Ben');
    for (const phone of [...anas, ben]) await phone.ask('POST /api/grants', { body: { pin } });
    await signInAt(kiosk, 'Ana', pin);
    const actors = [...anas, kiosk].map((browser) => browser.actor());
    await kiosk.ask('DELETE /api/sessions');
    for (const browser of [...anas, kiosk]) assert.equal(browser.actor().seat, undefined);
    for (const phone of anas) assert.equal(phone.isExpired(), true);
    for (const actor of actors) await assert.rejects(hub.members.sign(actor, ...word), grantNeeded);
    assert.equal(ben.actor().seat, 2);
    assert.match(await hub.members.sign(ben.actor(), ...word), /^0x[0-9a-f]{130}$/);
  });

  it('lets a phone sign for five minutes after the PIN, with its own seat’s key', async () => {
    const phone = await phoneOf('Ana');
    await assert.rejects(hub.members.sign(phone.actor(), ...word), grantNeeded);
    const { canSignUntilMs } = await phone.ask<{ canSignUntilMs: number }>('POST /api/grants', { body: { pin } });
    assert.equal(canSignUntilMs, hub.nowMs() + 5 * minuteMs);
    const me = await phone.ask<{ member: { canSignUntilMs: number } }>('GET /api/me');
    assert.equal(me.member.canSignUntilMs, canSignUntilMs);
    hub.pass(5 * minuteMs - 1);
    const address = hub.store.read((reader) => addressOf(reader, 1));
    assert.equal(recoverAddress(digest(...word), await hub.members.sign(phone.actor(), ...word)), address);
    hub.pass(1);
    await assert.rejects(hub.members.sign(phone.actor(), ...word), grantNeeded);
    assert.equal(
      (await phone.ask<{ member: { canSignUntilMs?: number } }>('GET /api/me')).member.canSignUntilMs,
      undefined,
    );
  });

  it('never signs for another seat with somebody’s grant', async () => {
    const phone = await phoneOf('Ana');
    await phone.ask('POST /api/grants', { body: { pin } });
    await assert.rejects(hub.members.sign({ ...phone.actor(), seat: 2 }, ...word), grantNeeded);
    await assert.rejects(hub.members.sign({ roles: [], system: 'job' }, ...word), grantNeeded);
  });

  it('keeps grants in memory only: after a restart the PIN is asked for again', async () => {
    const phone = await phoneOf('Ana');
    await phone.ask('POST /api/grants', { body: { pin } });
    await hub.close();
    hub = await createMembersFixture({ folder: hub.folder, nowMs: hub.nowMs() });
    const again = hub.browser(phone.tokens);
    assert.equal(again.actor().seat, 1);
    await assert.rejects(hub.members.sign(again.actor(), ...word), grantNeeded);
    await again.ask('POST /api/grants', { body: { pin } });
    await hub.members.sign(again.actor(), ...word);
  });

  it('gives roles as they are now, not as they were at sign-in', async () => {
    const board = await hub.enrol('Cleo', { roles: ['board'], pin });
    const phone = await phoneOf('Ana');
    await signInAt(kiosk, 'Cleo', pin);
    await kiosk.ask('PUT /api/members/:seat/roles', { params: { seat: 1 }, body: { roles: ['gardener'] } });
    assert.deepEqual([...phone.actor().roles].sort(), ['gardener', 'resident']);
    assert.deepEqual(
      hub.audit('member.set-roles').map(({ seat, detail }) => [seat, JSON.parse(detail)]),
      [[board.seat, { before: 'resident', after: 'resident gardener', seat: 1 }]],
    );
  });

  it('opens a door without a code for the demonstration, and the PIN still guards signing', async () => {
    const phone = hub.browser(await hub.members.openDoor({ kind: 'phone', name: 'Demo', seat: 2 }));
    assert.equal(phone.actor().seat, 2);
    await assert.rejects(hub.members.sign(phone.actor(), ...word), grantNeeded);
    await hub.members.openGrant(phone.actor(), pin);
    await hub.members.sign(phone.actor(), ...word);
    const before = phone.tokens;
    const deviceId = phone.actor().deviceId;
    const lobby = hub.browser(await hub.members.openDoor({ kind: 'kiosk', name: 'Lobby', replacesDeviceId: deviceId }));
    assert.equal(lobby.actor().deviceKind, 'kiosk');
    assert.deepEqual(hub.members.authenticate(before), { actor: { roles: [] }, expired: true });
    await hub.members.closeDoor(lobby.actor().deviceId!);
    assert.deepEqual(lobby.actor(), { roles: [] });
  });
});

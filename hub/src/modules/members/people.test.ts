import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import { system } from '../../platform/ports/index.ts';
import { addressOf, foundingSeats } from './index.ts';
import {
  type Browser,
  createMembersFixture,
  type MembersFixture,
  minuteMs,
  signInAt,
  word,
} from './members.fixture.ts';

const pin = '482913';
const code = (expected: string, field?: string) => (error: unknown) =>
  isStoopError(error) && error.code === expected && (field === undefined || error.details.field === field);

describe('people of the building', () => {
  let hub: MembersFixture;
  let kiosk: Browser;
  beforeEach(async () => {
    hub = await createMembersFixture();
    await hub.enrol('Cleo Board', { roles: ['board', 'maintainer'], pin });
    kiosk = await hub.kiosk();
    await signInAt(kiosk, 'Cleo Board', pin);
  });
  afterEach(() => hub.close());

  const newcomer = { name: 'Ana Ruiz', seatClass: 'resident', dwelling: '4B', roles: ['gardener'], pin: '605182' };
  const enrol = (body: object, key?: string) =>
    kiosk.ask<{ seat: number; recoveryCode: string }>('POST /api/members', { body, key });

  it('are enrolled by the board and listed for it', async () => {
    const { seat, recoveryCode } = await enrol(newcomer);
    assert.equal(seat, 2);
    assert.match(recoveryCode, /^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
    await hub.store.act({ name: 'registry.read', actor: system('chain') }, (tx) => hub.members.markRecorded(tx, [1]));
    assert.deepEqual(await kiosk.ask('GET /api/members'), {
      items: [
        {
          seat: 1,
          name: 'Cleo Board',
          roles: ['board', 'maintainer', 'resident'],
          dwelling: '1A',
          isOnChain: true,
          isRetired: false,
          isLeaving: false,
        },
        {
          seat: 2,
          name: 'Ana Ruiz',
          roles: ['gardener', 'resident'],
          dwelling: '4B',
          isOnChain: false,
          isRetired: false,
          isLeaving: false,
        },
      ],
    });
    const first = await kiosk.ask<{ items: object[]; next: string }>('GET /api/members', { query: { limit: 1 } });
    assert.deepEqual([first.items.length, first.next], [1, '1']);
    await signInAt(kiosk, 'Ana Ruiz', '605182');
  });

  it('get different seats and keys when many are enrolled at once', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, i) => hub.enrol(`Neighbour ${i}`)));
    const seats = hub.store.read(foundingSeats);
    assert.deepEqual(
      seats.map(({ seat }) => seat),
      Array.from({ length: 13 }, (_, i) => i + 1),
    );
    assert.equal(new Set(seats.map(({ address }) => address)).size, 13);
  });

  it('are refused with a taken seat, a trivial PIN, offices for a guest or another class', async () => {
    await assert.rejects(hub.enrol('X', { seat: 1 }), code('already_exists', 'seat'));
    await assert.rejects(enrol({ ...newcomer, pin: '123456' }), code('bad_request', 'pin'));
    await assert.rejects(enrol({ ...newcomer, seatClass: 'guest' }), code('bad_request', 'roles'));
    await assert.rejects(enrol({ ...newcomer, roles: ['guest'] }), code('bad_request', 'roles'));
    assert.equal((await kiosk.ask<{ items: object[] }>('GET /api/members')).items.length, 1);
  });

  it('may keep their key in a wallet of their own; then the hub signs nothing for them', async () => {
    const walletAddress = '0x52908400098527886E0F7030069857D2E4169EE7';
    const { seat } = await enrol({ ...newcomer, walletAddress });
    const kept = hub.store.read((reader) => addressOf(reader, seat));
    assert.equal(kept, walletAddress.toLowerCase());
    await assert.rejects(enrol({ ...newcomer, walletAddress }), code('already_exists', 'walletAddress'));
    await signInAt(kiosk, 'Ana Ruiz', '605182');
    const { member } = await kiosk.ask<{ member: { keyStorage: string } }>('GET /api/me');
    assert.equal(member.keyStorage, 'wallet');
    await assert.rejects(hub.members.sign(kiosk.actor(), ...word), code('wallet_elsewhere'));
  });

  it('are enrolled once when the answer was lost; the code told first no longer works', async () => {
    const key = randomUUID();
    const lost = await enrol(newcomer, key);
    const again = await enrol(newcomer, key);
    assert.equal(again.seat, lost.seat);
    assert.equal((await kiosk.ask<{ items: object[] }>('GET /api/members')).items.length, 2);
    const recover = (recoveryCode: string) =>
      hub.browser().ask('POST /api/recovery', { body: { recoveryCode, newPin: '770241' } });
    await assert.rejects(recover(lost.recoveryCode), code('wrong_recovery_code'));
    const reused = code('idempotency_key_reused');
    await assert.rejects(enrol({ ...newcomer, pin: '918273' }, key), reused);
    await assert.rejects(enrol({ ...newcomer, name: 'Somebody' }, key), reused);
    await recover(again.recoveryCode);
    hub.pass(10 * minuteMs + 1);
    await signInAt(kiosk, 'Cleo Board', pin);
    await assert.rejects(enrol({ ...newcomer, pin: '770241' }, key), reused);
  });

  it('keep at least one board member', async () => {
    const { seat } = await enrol(newcomer);
    const setRoles = (of: number, roles: string[]) =>
      kiosk.ask('PUT /api/members/:seat/roles', { params: { seat: of }, body: { roles } });
    await assert.rejects(setRoles(1, ['maintainer']), code('not_allowed'));
    await assert.rejects(setRoles(99, []), code('not_found'));
    await setRoles(seat, ['board']);
    await setRoles(1, []);
    assert.deepEqual(kiosk.actor().roles, ['resident']);
  });

  it('choose what their tile shows; where two look the same the number tells them apart', async () => {
    await enrol(newcomer);
    await enrol({ ...newcomer, name: 'Ángel de la Cruz' });
    const tiles = async () =>
      (await kiosk.ask<{ items: { label: string; sub?: string }[] }>('GET /api/tiles')).items.map(({ label, sub }) =>
        sub === undefined ? label : `${label} ${sub}`,
      );
    assert.deepEqual(await tiles(), ['Ana Ruiz', 'Ángel de la Cruz', 'Cleo Board']);
    const show = (body: object) => kiosk.ask('PUT /api/me/tile', { body });
    await show({ shows: 'initials' });
    assert.deepEqual(await tiles(), ['Ana Ruiz', 'Ángel de la Cruz', 'CB']);
    await assert.rejects(show({ shows: 'alias' }), code('bad_request', 'alias'));
    await show({ shows: 'alias', alias: 'Robin' });
    assert.ok((await tiles()).includes('Robin'));
    await show({ shows: 'nothing' });
    assert.ok((await tiles()).includes('№ 1'));
    for (const name of ['Ana Ruiz', 'Ángel de la Cruz']) {
      await signInAt(kiosk, name, '605182');
      await show({ shows: 'apartment' });
    }
    assert.deepEqual(await tiles(), ['4B № 2', '4B № 3', '№ 1']);
  });

  it('choose their language', async () => {
    const { member } = await kiosk.ask<{ member: { language: string } }>('PUT /api/me/language', {
      body: { language: 'es' },
    });
    assert.equal(member.language, 'es');
  });

  it('live in dwellings and share households', async () => {
    await enrol(newcomer);
    await enrol({ ...newcomer, name: 'Ben', dwelling: '4b' });
    const key = randomUUID();
    const added = await kiosk.ask<{ id: string }>('POST /api/dwellings', { body: { name: '5C' }, key });
    assert.deepEqual(await kiosk.ask('POST /api/dwellings', { body: { name: '5C' }, key }), added);
    await assert.rejects(
      kiosk.ask('POST /api/dwellings', { body: { name: '5D' }, key }),
      code('idempotency_key_reused'),
    );
    await assert.rejects(kiosk.ask('POST /api/dwellings', { body: { name: '5c' } }), code('already_exists', 'name'));
    const { items } = await kiosk.ask<{ items: { name: string; seats: number[] }[] }>('GET /api/dwellings');
    assert.deepEqual(
      items.map(({ name, seats }) => [name, seats]),
      [
        ['1A', [1]],
        ['4B', [2, 3]],
        ['5C', []],
      ],
    );

    const share = (seats: number[]) => kiosk.ask('POST /api/households', { body: { name: 'Ruiz', seats } });
    await assert.rejects(share([2, 77]), code('not_found'));
    const { id } = await share([3, 2]);
    await assert.rejects(share([1, 2]), code('already_exists', 'seats'));
    assert.deepEqual(await kiosk.ask('GET /api/households'), { items: [{ id, name: 'Ruiz', seats: [2, 3] }] });
    await signInAt(kiosk, 'Ana Ruiz', '605182');
    const { member } = await kiosk.ask<{ member: { household: string } }>('GET /api/me');
    assert.equal(member.household, 'Ruiz');
  });

  it('see in the audit what was done, newest first, page by page, without secrets', async () => {
    const { seat, recoveryCode } = await enrol(newcomer);
    const first = await kiosk.ask<{
      items: { seq: number; action: string; actorSeat: number; detail: object }[];
      next: string;
    }>('GET /api/audit', { query: { limit: 1 } });
    const [row] = first.items;
    assert.deepEqual([row!.action, row!.actorSeat], ['member.enrol', 1]);
    assert.deepEqual(row!.detail, { seat, class: 'resident', roles: 'resident gardener' });
    const rest = await kiosk.ask<{ items: { action: string }[] }>('GET /api/audit', {
      query: { after: Number(first.next) },
    });
    assert.deepEqual(
      rest.items.map(({ action }) => action),
      ['session.open', 'kiosk.approve', 'kiosk-code.make', 'member.enrol'],
    );
    const everything = JSON.stringify([first, rest]);
    for (const secret of [recoveryCode, 'Ana', '605182', pin]) assert.equal(everything.includes(secret), false);
  });

  it('find every call guarded as it must be', () => {
    const guards = hub.members.routes.map(({ method, path, permission, rateLimit }) => [
      `${method} ${path}`,
      typeof permission === 'string'
        ? permission
        : 'device' in permission
          ? permission.device
          : permission.roles.join(' '),
      rateLimit !== undefined,
    ]);
    assert.deepEqual(guards, [
      ['GET /api/me', 'public', false],
      ['GET /api/tiles', 'kiosk', false],
      ['POST /api/sessions', 'kiosk', true],
      ['POST /api/phones/session', 'phone', true],
      ['DELETE /api/sessions/current', 'signed-in', false],
      ['DELETE /api/sessions', 'signed-in', false],
      ['POST /api/grants', 'signed-in', true],
      ['PUT /api/me/pin', 'signed-in', true],
      ['POST /api/recovery', 'public', true],
      ['POST /api/recovery/confirm', 'signed-in', true],
      ['GET /api/neighbours/locked', 'coordinator gardener board maintainer', false],
      ['POST /api/neighbours/:seat/unlock', 'coordinator gardener board maintainer', true],
      ['POST /api/phone-codes', 'signed-in', true],
      ['POST /api/phones', 'public', true],
      ['POST /api/kiosk-codes', 'maintainer', true],
      ['POST /api/kiosks/claim', 'public', true],
      ['POST /api/claim', 'public', true],
      ['GET /api/devices/mine', 'signed-in', false],
      ['DELETE /api/devices/mine/:id', 'signed-in', false],
      ['GET /api/kiosks', 'maintainer', false],
      ['DELETE /api/kiosks/:id', 'maintainer', false],
      ['PUT /api/me/tile', 'signed-in', false],
      ['PUT /api/me/language', 'signed-in', false],
      ['GET /api/neighbours', 'signed-in', false],
      ['GET /api/members', 'board maintainer', false],
      ['POST /api/members', 'board', true],
      ['PUT /api/members/:seat/roles', 'board', false],
      ['GET /api/dwellings', 'board maintainer', false],
      ['POST /api/dwellings', 'board', false],
      ['GET /api/households', 'signed-in', false],
      ['POST /api/households', 'board', false],
      ['GET /api/audit', 'board', false],
      ['POST /api/members/:seat/retirement', 'board', false],
      ['DELETE /api/members/:seat/retirement', 'board', false],
      ['GET /api/key-changes', 'board', false],
      ['POST /api/members/:seat/key-change', 'board', true],
      ['POST /api/key-changes/:id/second', 'board', false],
      ['DELETE /api/key-changes/:id', 'board', false],
      ['DELETE /api/me/key-change', 'signed-in', false],
      ['GET /api/wallet-request', 'signed-in', false],
      ['POST /api/wallet-requests/:id/signature', 'signed-in', true],
      ['DELETE /api/wallet-requests/:id', 'signed-in', false],
    ]);
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import { buildingName, foundingSeats, isClaimed } from './index.ts';
import { type Browser, createMembersFixture, type MembersFixture, minuteMs } from './members.fixture.ts';

const pin = '482913';
const code = (expected: string) => (error: unknown) => isStoopError(error) && error.code === expected;

describe('the claim of a new hub', () => {
  let hub: MembersFixture;
  beforeEach(async () => {
    hub = await createMembersFixture();
  });
  afterEach(() => hub.close());

  const first = { buildingName: 'Linden House', name: 'Ana Ruiz', dwelling: '1A', pin };
  const claim = (browser: Browser, claimCode: string, key?: string, more: object = {}) =>
    browser.ask<{ member: { seat: number; roles: string[] }; recoveryCode: string }>('POST /api/claim', {
      body: { ...first, code: claimCode, ...more },
      key,
    });

  it('makes the first member with every office, names the building, and works once', async () => {
    const claimCode = (await hub.members.claimCode())!;
    assert.match(claimCode, /^([0-9A-Z]{4}-){2}[0-9A-Z]{4}$/);
    const phone = hub.browser();
    const { member } = await claim(phone, claimCode.toLowerCase());
    assert.deepEqual(
      [member.seat, [...member.roles].sort()],
      [1, ['board', 'coordinator', 'maintainer', 'resident', 'treasurer']],
    );
    assert.deepEqual([phone.actor().seat, phone.actor().deviceKind], [1, 'phone']);
    assert.equal(hub.store.read(buildingName), 'Linden House');
    assert.equal(hub.store.read(isClaimed), true);
    assert.equal(await hub.members.claimCode(), undefined);
    await assert.rejects(claim(hub.browser(), claimCode), code('code_expired'));
    assert.equal(hub.store.read(foundingSeats).length, 1);
  });

  it('prints the same code until it is used, over restarts, and keeps it for the hub’s user alone', async () => {
    const claimCode = (await hub.members.claimCode())!;
    const path = join(hub.folder, 'claim-code');
    assert.equal(readFileSync(path, 'utf8'), claimCode);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    await hub.close();
    hub = await createMembersFixture({ folder: hub.folder });
    assert.equal(await hub.members.claimCode(), claimCode);
    await claim(hub.browser(), claimCode);
    assert.equal(existsSync(path), false);
  });

  it('refuses wrong codes, slows guessing down, and is closed once anybody has a seat', async () => {
    const claimCode = (await hub.members.claimCode())!;
    for (let i = 0; i < 30; i++) await assert.rejects(claim(hub.browser(), 'AAAA-AAAA-AAAA'), code('code_expired'));
    await assert.rejects(claim(hub.browser(), claimCode), code('too_many_requests'));
    hub.pass(5 * minuteMs);
    await hub.enrol('Somebody');
    await assert.rejects(claim(hub.browser(), claimCode), code('code_expired'));
    assert.equal(hub.store.read(foundingSeats).length, 1);
  });

  it('is done once by two who have the code at the same moment', async () => {
    const claimCode = (await hub.members.claimCode())!;
    const outcomes = await Promise.allSettled([claim(hub.browser(), claimCode), claim(hub.browser(), claimCode)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(hub.store.read(foundingSeats).length, 1);
  });

  it('answers again when the answer was lost', async () => {
    const claimCode = (await hub.members.claimCode())!;
    const key = randomUUID();
    const phone = hub.browser();
    await phone.askRaw('POST /api/claim', { body: { ...first, code: claimCode }, key });
    const { recoveryCode } = await claim(phone, claimCode, key);
    assert.equal(phone.actor().seat, 1);
    await hub.browser().ask('POST /api/recovery', { body: { recoveryCode, newPin: '605182' } });
    assert.equal(hub.store.read(foundingSeats).length, 1);
  });
});

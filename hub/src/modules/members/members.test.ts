import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isStoopError } from '../../platform/errors.ts';
import { digest, recoverAddress } from '../../signing/index.ts';
import { addressOf, foundingSeats, hasRole, memberOf, nameOf } from './index.ts';
import { createMembersFixture, type MembersFixture, signInAt, word } from './members.fixture.ts';

describe('members, the thin way through', () => {
  let hub: MembersFixture;
  beforeEach(async () => {
    hub = await createMembersFixture();
  });
  afterEach(() => hub.close());

  it('enrols, signs in at the kiosk, signs with the seat’s key, and signs out', async () => {
    const ana = await hub.enrol('Ana Ruiz', { roles: ['treasurer'] });
    await hub.enrol('Ben Okafor');
    const kiosk = await hub.kiosk();
    const { member } = await signInAt(kiosk, 'Ana Ruiz');
    assert.equal(member.seat, ana.seat);
    assert.deepEqual(kiosk.actor().roles, ['resident', 'treasurer']);
    const signature = await hub.members.sign(kiosk.actor(), ...word);
    assert.equal(recoverAddress(digest(...word), signature), ana.address);

    const before = kiosk.actor();
    await kiosk.ask('DELETE /api/sessions/current');
    assert.equal(kiosk.actor().seat, undefined);
    await assert.rejects(hub.members.sign(before, ...word), (error) => isStoopError(error, 'grant_needed'));
  });

  it('tells other rooms about seats', async () => {
    const ana = await hub.enrol('Ana Ruiz', { roles: ['board'], seat: 12 });
    const guest = await hub.enrol('Farm Co', { seatClass: 'guest', dwelling: undefined });
    hub.store.read((reader) => {
      assert.equal(addressOf(reader, 12), ana.address);
      assert.equal(memberOf(reader, 12)?.dwelling, '1A');
      assert.equal(memberOf(reader, 99), undefined);
      assert.equal(nameOf(reader, 12), 'Ana Ruiz');
      assert.equal(nameOf(reader, 99), undefined);
      assert.equal(hasRole(reader, 12, 'board'), true);
      assert.equal(hasRole(reader, guest.seat, 'resident'), false);
      assert.deepEqual(foundingSeats(reader), [
        { seat: 12, address: ana.address, seatClass: 'resident' },
        { seat: 13, address: guest.address, seatClass: 'guest' },
      ]);
    });
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ErrorCode, isStoopError } from '../../platform/errors.ts';
import type { Hex } from '../../platform/ports/index.ts';
import { addressOf, createPrivateKey, digest, recoverAddress, signDigest, typedDataJson } from '../../signing/index.ts';
import { type Browser, createMembersFixture, type MembersFixture, signInAt, word } from './members.fixture.ts';

const code =
  (wanted: ErrorCode, field?: string) =>
  (error: unknown): boolean =>
    isStoopError(error, wanted) && (field === undefined || error.details.field === field);

interface Waiting {
  request?: { id: string; typedData: object };
}

describe('a member whose key is in a wallet of their own', () => {
  const key = createPrivateKey();
  let hub: MembersFixture;
  let phone: Browser;

  const openPhone = async (seat: number): Promise<Browser> => {
    const browser = hub.browser(await hub.members.openDoor({ kind: 'phone', name: 'Phone', seat }));
    await browser.ask('POST /api/grants', { body: { pin: '482913' } });
    return browser;
  };
  const waiting = async (browser = phone) => (await browser.ask<Waiting>('GET /api/wallet-request')).request;
  const hand = (id: string, signature: Hex, browser = phone) =>
    browser.ask('POST /api/wallet-requests/:id/signature', { params: { id }, body: { signature } });

  before(async () => {
    hub = await createMembersFixture();
    const { seat } = await hub.enrol('Wanda', { walletAddress: addressOf(key) });
    phone = await openPhone(seat);
  });
  after(() => hub.close());

  it('signs what the page hands to the wallet; whoever asked gets that signature', async () => {
    assert.equal(await waiting(), undefined);
    const signed = hub.members.sign(phone.actor(), ...word);
    const request = await waiting();
    assert.deepEqual(request!.typedData, typedDataJson(...word));
    await hand(request!.id, signDigest(digest(...word), key));
    assert.equal(recoverAddress(digest(...word), await signed), addressOf(key));
    assert.equal(await waiting(), undefined);
  });

  it('is told when another account has signed, and may try again', async () => {
    const signed = hub.members.sign(phone.actor(), ...word);
    const { id } = (await waiting())!;
    const other = signDigest(digest(...word), createPrivateKey());
    await assert.rejects(hand(id, other), code('bad_request', 'signature'));
    assert.equal((await waiting())!.id, id);
    await hand(id, signDigest(digest(...word), key));
    await signed;
  });

  it('may say no', async () => {
    const signed = assert.rejects(hub.members.sign(phone.actor(), ...word), code('wallet_refused'));
    const { id } = (await waiting())!;
    await phone.ask('DELETE /api/wallet-requests/:id', { params: { id } });
    await signed;
    assert.equal(await waiting(), undefined);
    await assert.rejects(hand(id, signDigest(digest(...word), key)), code('not_found'));
  });

  it('is asked one thing at a time: the newest', async () => {
    const first = assert.rejects(hub.members.sign(phone.actor(), ...word), code('conflict'));
    const { id } = (await waiting())!;
    const second = hub.members.sign(phone.actor(), ...word);
    await first;
    const newer = (await waiting())!;
    assert.notEqual(newer.id, id);
    await hand(newer.id, signDigest(digest(...word), key));
    await second;
  });

  it('is not waited for longer than three minutes', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const signed = assert.rejects(hub.members.sign(phone.actor(), ...word), code('wallet_silent'));
    t.mock.timers.tick(179_999);
    assert.ok(await waiting());
    t.mock.timers.tick(1);
    await signed;
    assert.equal(await waiting(), undefined);
  });

  it('has nobody else see or answer what waits', async () => {
    const ben = await openPhone((await hub.enrol('Ben')).seat);
    const signed = assert.rejects(hub.members.sign(phone.actor(), ...word), code('wallet_refused'));
    const { id } = (await waiting())!;
    assert.equal(await waiting(ben), undefined);
    await assert.rejects(hand(id, signDigest(digest(...word), key), ben), code('not_found'));
    await assert.rejects(ben.ask('DELETE /api/wallet-requests/:id', { params: { id } }), code('not_found'));
    await phone.ask('DELETE /api/wallet-requests/:id', { params: { id } });
    await signed;
  });

  it('needs the PIN before the wallet is asked, and no wallet is asked from the kiosk', async () => {
    const { seat } = phone.actor();
    const fresh = hub.browser(await hub.members.openDoor({ kind: 'phone', name: 'Other', seat: seat! }));
    await assert.rejects(hub.members.sign(fresh.actor(), ...word), code('grant_needed'));
    const kiosk = await hub.kiosk();
    await signInAt(kiosk, 'Wanda');
    await assert.rejects(hub.members.sign(kiosk.actor(), ...word), code('wallet_elsewhere'));
  });

  it('holds up no hub that stops', async () => {
    const other = await createMembersFixture();
    const { seat } = await other.enrol('Wanda', { walletAddress: addressOf(key) });
    const browser = other.browser(await other.members.openDoor({ kind: 'phone', name: 'Phone', seat }));
    await browser.ask('POST /api/grants', { body: { pin: '482913' } });
    const signed = assert.rejects(other.members.sign(browser.actor(), ...word), code('stopping'));
    await other.close();
    await signed;
  });
});

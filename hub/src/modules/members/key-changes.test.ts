import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { outbox } from '../../outbox/index.ts';
import { isStoopError } from '../../platform/errors.ts';
import { type Actor, type Hex, type Intent, type Lane, type SeatNumber, system } from '../../platform/ports/index.ts';
import { addressOf, digest, fieldsOf, recoverAddress, signDigest } from '../../signing/index.ts';
import { type Enrolled, keysOfSeats, memberOf, seatOfAddress } from './index.ts';
import type { KeyEvent } from './key-sightings.ts';
import {
  type Browser,
  createMembersFixture,
  dayMs,
  everythingStored,
  type MembersFixture,
  minuteMs,
  signInAt,
  word,
} from './members.fixture.ts';
import { createFakeRegistry, type FakeRegistry, onChain, registryDomain } from './registry.fixture.ts';

const pin = '482913';
const newPin = '605182';
const foreignKey: Hex = `0x${'e7'.repeat(20)}`;
const code = (wanted: string) => (error: unknown) => isStoopError(error, wanted as never);

describe('another key by the board', () => {
  let registry: FakeRegistry;
  let hub: MembersFixture;
  let kiosk: Browser;
  let [cleo, dora, ana]: Enrolled[] = [];

  beforeEach(async () => {
    registry = createFakeRegistry();
    hub = await createMembersFixture({ onChain, reads: registry.reads });
    cleo = await hub.enrol('Cleo', { roles: ['board'] });
    dora = await hub.enrol('Dora', { roles: ['board'] });
    ana = await hub.enrol('Ana', { pin });
    for (const { seat, address } of [cleo, dora, ana]) registry.keys.set(seat, address);
    kiosk = await hub.kiosk();
  });
  afterEach(async () => {
    await hub.close();
    rmSync(hub.folder, { recursive: true });
  });

  const read = <T>(look: Parameters<MembersFixture['store']['read']>[0]) => hub.store.read(look) as T;
  const lane = (name: string): Lane => hub.members.lanes.find((each) => each.name === name)!;
  const intents = (name: string): Intent[] =>
    hub.store.read((reader) =>
      reader
        .prepare('SELECT public_id AS id FROM intents WHERE lane = @name ORDER BY id')
        .all<{ id: string }>({ name })
        .map(({ id }) => outbox.find(reader, id)!),
    );
  const anaNow = () => hub.store.read((reader) => memberOf(reader, ana!.seat))!;
  const seen = (event: KeyEvent) =>
    hub.store.act({ name: 'chain.watch', actor: system('watcher') }, (tx) => hub.members.onChainEvent(tx, event));
  const readiness = async (name: string) => (await lane(name).preflight(intents(name), registry.reads))[0];
  const hasLanded = async (name: string) => (await lane(name).landed(intents(name), registry.reads, 'finalized'))[0];

  /** The officer at the kiosk, for one question. */
  async function asOfficer<T>(name: string, work: (browser: Browser) => Promise<T>): Promise<T> {
    await signInAt(kiosk, name);
    try {
      return await work(kiosk);
    } finally {
      await kiosk.ask('DELETE /api/sessions/current');
    }
  }
  const ask = (name: string, seat: SeatNumber, key?: string) =>
    asOfficer(name, (browser) =>
      browser.ask<{ id: string; recoveryCode: string }>('POST /api/members/:seat/key-change', {
        params: { seat },
        body: { pin: newPin },
        key,
      }),
    );
  const second = (name: string, id: string) =>
    asOfficer(name, (browser) => browser.ask('POST /api/key-changes/:id/second', { params: { id } }));
  const sign = (key: Uint8Array, actor: Actor = { roles: ['board'], seat: cleo!.seat }) => {
    const [waiting] = read<ReturnType<typeof hub.members.officerMessages.unsigned>>(
      hub.members.officerMessages.unsigned,
    );
    const { message } = intents('recoveries')[0]!;
    const signature = signDigest(digest(registryDomain, message), key);
    return hub.members.officerMessages.authorise(actor, waiting!.id, signature, randomUUID());
  };
  /** To where the board's second key has signed. */
  async function signed() {
    const asked = await ask('Cleo', ana!.seat);
    await second('Dora', asked.id);
    await sign(registry.board[2]!);
    await sign(registry.board[0]!);
    return { ...asked, newKey: fieldsOf(intents('recoveries')[0]!.message, 'RecoverKey').newKey };
  }
  async function announced() {
    const asked = await signed();
    const effectiveAt = Math.floor(hub.nowMs() / 1000) + 7 * 86_400;
    await seen(registry.announce(ana!.seat, asked.newKey, effectiveAt));
    return { ...asked, effectiveAt };
  }
  const phoneOfAna = async () => {
    await signInAt(kiosk, 'Ana', pin);
    const { code: phoneCode } = await kiosk.ask<{ code: string }>('POST /api/phone-codes');
    await kiosk.ask('DELETE /api/sessions/current');
    const phone = hub.browser();
    await phone.ask('POST /api/phones', { body: { code: phoneCode } });
    return phone;
  };

  it('needs two officers, neither of them its member, and then two board keys', async () => {
    await assert.rejects(ask('Cleo', cleo!.seat), code('not_allowed'));
    const { id } = await ask('Cleo', ana!.seat);
    await assert.rejects(ask('Dora', ana!.seat), code('already_exists'));
    await assert.rejects(second('Cleo', id), code('not_allowed'));
    assert.deepEqual(intents('recoveries'), []);
    await second('Dora', id);
    await assert.rejects(second('Dora', id), code('conflict'));
    const [intent] = intents('recoveries');
    const { newKey, oldKey, seat, revision } = fieldsOf(intent!.message, 'RecoverKey');
    assert.deepEqual([seat, oldKey, revision], [ana!.seat, ana!.address, 1]);
    const [own] = intent!.authorisations;
    assert.equal(recoverAddress(digest(registryDomain, intent!.message), own!.signature), newKey);
    assert.equal(intent!.state, 'signed');

    await assert.rejects(sign(new Uint8Array(32).fill(5)), code('not_allowed'));
    await sign(registry.board[2]!);
    await assert.rejects(sign(registry.board[2]!), code('already_exists'));
    assert.equal(intents('recoveries')[0]!.state, 'signed');
    await sign(registry.board[0]!);
    assert.equal(intents('recoveries')[0]!.state, 'queued');
    assert.deepEqual(read(hub.members.officerMessages.unsigned), []);
    assert.deepEqual(
      ['key-change.ask', 'key-change.second', 'board.sign'].map((action) => hub.audit(action).map((row) => row.seat)),
      [[cleo!.seat], [dora!.seat], [cleo!.seat, cleo!.seat]],
    );
  });

  it('gives the registry the board’s signatures ascending, and the new key’s beside them', async () => {
    const { newKey } = await signed();
    assert.deepEqual(await readiness('recoveries'), { verdict: 'ready' });
    const { fn, args } = hub.store.read((reader) => lane('recoveries').prepare(intents('recoveries'), reader));
    const { message } = intents('recoveries')[0]!;
    const signerOf = (signature: Hex) => recoverAddress(digest(registryDomain, message), signature);
    assert.equal(fn, 'announceRecovery');
    assert.deepEqual(args.slice(0, 3), [ana!.seat, newKey, 1]);
    assert.deepEqual(
      (args[4] as Hex[]).map(signerOf),
      [registry.board[0]!, registry.board[2]!].map((key) => addressOf(key)),
    );
    assert.equal(signerOf(args[5] as Hex), newKey);
  });

  it('never goes when the seat’s key, the board or the revision is another one by then', async () => {
    await signed();
    registry.loseBoardKey(registry.board[0]!);
    assert.deepEqual(await readiness('recoveries'), { verdict: 'never', reason: 'board_changed' });
    registry.announce(ana!.seat, foreignKey, 1);
    assert.deepEqual(await readiness('recoveries'), { verdict: 'never', reason: 'overtaken' });
    registry.apply(ana!.seat);
    assert.deepEqual(await readiness('recoveries'), { verdict: 'never', reason: 'key_changed' });
    const [intent] = intents('recoveries');
    await hub.store.act({ name: 'intents.voided', actor: system('outbox') }, (tx) =>
      lane('recoveries').voided(tx, intent!, 'board_changed'),
    );
    assert.equal(anaNow().keyChange, undefined);
  });

  it('changes nothing of the member before the chain has changed the key, and everything afterwards', async () => {
    const phone = await phoneOfAna();
    const { newKey, effectiveAt, recoveryCode } = await announced();
    assert.equal(await hasLanded('recoveries'), true);
    assert.equal(anaNow().address, ana!.address);
    await signInAt(kiosk, 'Ana', pin);
    await kiosk.ask('DELETE /api/sessions/current');
    await assert.rejects(signInAt(kiosk, 'Ana', newPin), code('wrong_pin'));

    await hub.job('key-change.apply');
    assert.deepEqual(intents('key-changes'), []);
    hub.pass(effectiveAt * 1000 + minuteMs - 1 - hub.nowMs());
    await hub.job('key-change.apply');
    assert.deepEqual(intents('key-changes'), [], 'the chain’s clock may be behind');
    hub.pass(1);
    await hub.job('key-change.apply');
    await hub.job('key-change.apply');
    assert.equal(intents('key-changes').length, 1);
    assert.deepEqual(await readiness('key-changes'), { verdict: 'ready' });
    assert.equal(await hasLanded('key-changes'), false);

    await seen(registry.apply(ana!.seat));
    assert.equal(await hasLanded('key-changes'), true);
    assert.equal(await hasLanded('recoveries'), true, 'it was announced, whatever came of it');
    assert.equal(anaNow().address, newKey);
    assert.equal(anaNow().keyChange, undefined);
    assert.equal(phone.isExpired(), true);
    await assert.rejects(signInAt(kiosk, 'Ana', pin), code('wrong_pin'));
    await signInAt(kiosk, 'Ana', newPin);
    assert.equal(recoverAddress(digest(...word), await hub.members.sign(kiosk.actor(), ...word)), newKey);
    await kiosk.ask('DELETE /api/sessions/current');
    await kiosk.ask('POST /api/recovery', { body: { recoveryCode, newPin: '739154' } });
    assert.equal(recoverAddress(digest(...word), await hub.members.sign(kiosk.actor(), ...word)), newKey);
    await assert.rejects(
      kiosk.ask('POST /api/recovery', { body: { recoveryCode: ana!.recoveryCode, newPin: '739154' } }),
      code('wrong_recovery_code'),
    );
    hub.store.read((reader) => {
      for (const key of [ana!.address, newKey]) assert.equal(seatOfAddress(reader, key), ana!.seat);
      const { addresses } = keysOfSeats(reader).find(({ seat }) => seat === ana!.seat)!;
      assert.deepEqual(addresses, [newKey, ana!.address]);
    });
  });

  it('brings home what lies at the former key, and what comes there later', async () => {
    await announced();
    registry.money.set(ana!.address, 5n);
    await seen(registry.apply(ana!.seat));
    assert.equal(intents('carries').length, 1);
    assert.deepEqual(intents('carries')[0]!.message.fields, { seat: ana!.seat, oldKey: ana!.address });
    assert.deepEqual(await readiness('carries'), { verdict: 'ready' });
    registry.pause(Math.floor(hub.nowMs() / 1000) + 60);
    assert.deepEqual(await readiness('carries'), { verdict: 'not-yet', reason: 'money_paused' });
    registry.pause(Math.floor(hub.nowMs() / 1000));
    assert.deepEqual(await readiness('carries'), { verdict: 'ready' });
    assert.equal(await hasLanded('carries'), false);
    const late = { contract: 'FoodUSD', name: 'Transfer', args: { from: foreignKey, to: ana!.address, value: 3n } };
    await seen(late);
    assert.equal(intents('carries').length, 1, 'the one on its way takes it along');
    registry.money.set(ana!.address, 0n);
    assert.equal(await hasLanded('carries'), false, 'the new key’s account is not a member’s yet');
    registry.carry(ana!.seat, ana!.address);
    assert.equal(await hasLanded('carries'), true);
    registry.money.set(ana!.address, 1n);
    assert.equal(await hasLanded('carries'), false);
    await hub.store.act({ name: 'test.final', actor: system('test') }, (tx) =>
      tx.prepare("UPDATE intents SET state = 'final' WHERE lane = 'carries'").run(),
    );
    await seen(late);
    assert.equal(intents('carries').length, 2);
    await seen({ ...late, args: { ...late.args, to: anaNow().address } });
    await seen({ ...late, args: { ...late.args, to: foreignKey } });
    assert.equal(intents('carries').length, 2);
  });

  it('is said on every device of the member, whose old key cancels it', async () => {
    const phone = await phoneOfAna();
    const told = async (browser: Browser) =>
      (await browser.ask<{ member: { keyChange?: object } }>('GET /api/me')).member.keyChange;
    assert.equal(await told(phone), undefined);
    const { effectiveAt } = await announced();
    const expected = { state: 'announced', isRecovery: true, effectiveAtMs: effectiveAt * 1000 };
    assert.deepEqual(await told(phone), expected);
    await signInAt(kiosk, 'Ana', pin);
    assert.deepEqual(await told(kiosk), expected);
    const changes = hub.store.changesAfter(0, 1000)!;
    assert.ok(changes.some(({ noun, audience }) => noun === 'member' && audience === `seat:${ana!.seat}`));

    await assert.rejects(phone.ask('DELETE /api/me/key-change'), code('grant_needed'));
    await phone.ask('POST /api/grants', { body: { pin } });
    await phone.ask('DELETE /api/me/key-change');
    const [intent] = intents('key-change-cancels');
    assert.deepEqual([intent!.state, fieldsOf(intent!.message, 'CancelKeyChange').revision], ['queued', 2]);
    assert.equal(
      recoverAddress(digest(registryDomain, intent!.message), intent!.authorisations[0]!.signature),
      ana!.address,
    );
    assert.deepEqual(await readiness('key-change-cancels'), { verdict: 'ready' });
    assert.equal(await hasLanded('key-change-cancels'), false);
    await seen(registry.cancel(ana!.seat));
    assert.equal(await hasLanded('key-change-cancels'), true);
    assert.equal(await told(phone), undefined);
    assert.equal(anaNow().address, ana!.address);
    hub.pass(30 * dayMs);
    await hub.job('key-change.apply');
    assert.deepEqual(intents('key-changes'), []);
    assert.equal(
      read<{ n: number }>((reader) => reader.prepare('SELECT count(*) AS n FROM pending_key_wraps').get()).n,
      0,
    );
  });

  it('is gone at once when the member objects, or an officer, before the board has signed', async () => {
    const first = await ask('Cleo', ana!.seat);
    await second('Dora', first.id);
    await signInAt(kiosk, 'Ana', pin);
    await kiosk.ask('DELETE /api/me/key-change');
    await kiosk.ask('DELETE /api/sessions/current');
    assert.equal(intents('recoveries')[0]!.state, 'void');
    assert.deepEqual(intents('key-change-cancels'), []);
    const again = await ask('Dora', ana!.seat);
    await asOfficer('Cleo', (browser) => browser.ask('DELETE /api/key-changes/:id', { params: { id: again.id } }));
    assert.equal(anaNow().keyChange, undefined);
    await assert.rejects(
      asOfficer('Cleo', (browser) => browser.ask('DELETE /api/key-changes/:id', { params: { id: again.id } })),
      code('conflict'),
    );
  });

  it('tells of a change that this hub did not make, follows its money, and does not pretend to hold its key', async () => {
    const effectiveAt = Math.floor(hub.nowMs() / 1000) + 2 * 86_400;
    await seen(registry.announce(ana!.seat, foreignKey, effectiveAt, false));
    assert.deepEqual(anaNow().keyChange, { state: 'announced', isRecovery: false, effectiveAtMs: effectiveAt * 1000 });
    await seen(registry.apply(ana!.seat));
    assert.equal(anaNow().address, ana!.address);
    assert.equal(anaNow().keyChange, undefined);
    hub.store.read((reader) => assert.equal(seatOfAddress(reader, foreignKey), ana!.seat));
    await signInAt(kiosk, 'Ana', pin);
    await kiosk.ask('DELETE /api/sessions/current');
    // From there the board brings it back: the old key is then the one on chain.
    await ask('Cleo', ana!.seat);
    const { items } = await asOfficer('Dora', (browser) =>
      browser.ask<{ items: { id: string }[] }>('GET /api/key-changes'),
    );
    await second('Dora', items[0]!.id);
    const { oldKey, revision } = fieldsOf(intents('recoveries')[0]!.message, 'RecoverKey');
    assert.deepEqual([oldKey, revision], [foreignKey, 2]);
  });

  it('ends when another announcement takes its place', async () => {
    await announced();
    await seen(registry.announce(ana!.seat, foreignKey, Math.floor(hub.nowMs() / 1000) + 86_400, false));
    assert.equal(anaNow().keyChange?.isRecovery, false);
    const states = read<{ state: string }[]>((reader) =>
      reader.prepare('SELECT state FROM key_changes ORDER BY pk').all(),
    );
    assert.deepEqual(states, [{ state: 'ended' }, { state: 'announced' }]);
  });

  it('prints another code when the answer was lost, and keeps no secret', async () => {
    const key = randomUUID();
    const first = await ask('Cleo', ana!.seat, key);
    const again = await ask('Cleo', ana!.seat, key);
    assert.equal(again.id, first.id);
    assert.notEqual(again.recoveryCode, first.recoveryCode);
    const everything = everythingStored(hub.store);
    for (const secret of [first.recoveryCode, again.recoveryCode, newPin])
      assert.equal(everything.includes(secret), false);
    await second('Dora', first.id);
    await assert.rejects(ask('Cleo', ana!.seat, key), code('idempotency_key_reused'));
    const { newKey } = fieldsOf(intents('recoveries')[0]!.message, 'RecoverKey');
    const { signature } = intents('recoveries')[0]!.authorisations[0]!;
    assert.equal(recoverAddress(digest(registryDomain, intents('recoveries')[0]!.message), signature), newKey);
  });

  it('needs a chain and a seat that it knows', async () => {
    registry.keys.delete(ana!.seat);
    await assert.rejects(ask('Cleo', ana!.seat), code('not_found'));
    const elsewhere = await createMembersFixture();
    await elsewhere.enrol('Ana');
    const officer = { roles: ['board'], seat: 9 } as const;
    const route = elsewhere.members.routes.find(({ path }) => path === '/api/members/:seat/key-change')!;
    await assert.rejects(
      async () => route.handle({ actor: officer, params: { seat: 1 }, body: { pin: newPin } } as never),
      code('not_founded'),
    );
    await elsewhere.close();
    rmSync(elsewhere.folder, { recursive: true });
  });
});

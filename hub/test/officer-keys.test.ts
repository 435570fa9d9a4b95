import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { OfficerKeysView } from '../src/modules/offices/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { officerKeysOf } from './support/officers.ts';

// One building: each test goes on where the one before has ended.
describe('officers’ keys under a passphrase', () => {
  let house: TestHub;
  let treasurer: Browser;
  let board: Browser;
  let passphrase: string;

  before(async () => {
    house = await createTestHub({ areOfficersAsleep: true });
    treasurer = await house.phone(house.personWith('treasurer'));
    board = await house.phone(house.personWith('board'));
    ({ passphrase } = JSON.parse(readFileSync(join(house.dir, 'demo/people.json'), 'utf8')));
    await house.until(isQuiet);
  });
  after(() => house?.dispose());

  const store = () => house.hub.building!.store;
  const isQuiet = () => store().read((reader) => outbox.waiting(reader).length === 0);
  const keys = async () => (await treasurer.get<OfficerKeysView>('/api/officer-keys')).body;
  const messages = async () =>
    (await treasurer.get<{ items: { id: string; office: string }[] }>('/api/officer-messages')).body.items;
  const deposit = (reference: string) =>
    treasurer.post<{ record: string }>('/api/deposits', { seat: 5, amountMicros: 12_500_000, reference });
  const unlock = (words: string, officer = treasurer) =>
    officer.post<OfficerKeysView & { code?: string; details?: { triesLeft: number } }>('/api/officer-keys/unlock', {
      passphrase: words,
    });

  it('are locked at start, and lie nowhere in the clear', async () => {
    assert.deepEqual(await keys(), { areHeld: true, areOpen: false });
    const secrets = Object.values(await officerKeysOf(house.dir)).flat();
    assert.equal(secrets.length, 9);
    const files = readdirSync(join(house.dir, 'demo')).map((name) =>
      readFileSync(join(house.dir, 'demo', name), 'utf8'),
    );
    for (const text of files) for (const secret of secrets) assert.ok(!text.includes(secret.slice(2)));
  });

  it('let an order of the demonstration settle while every officer sleeps', async () => {
    const { demo, orders } = house.hub.building!;
    const { items } = (await treasurer.get<{ items: { id: string; executes: string }[] }>('/api/orders')).body;
    const { id } = items.find(({ executes }) => executes === 'at-target')!;
    const resident = await house.phone(house.people.find(({ seat }) => seat === demo!.resident.seat)!);
    assert.equal((await resident.post(`/api/orders/${id}/line`, { units: 1 })).status, 201);
    await demo!.sendNeighbours(id);
    await house.until(() => store().read((reader) => orders.view(reader, id, { roles: [] }))?.state === 'settled');
    assert.deepEqual(await keys(), { areHeld: true, areOpen: false });
  });

  it('keep what needs them waiting, and the page is told so', async () => {
    const { status, body } = await deposit('RCPT-1');
    assert.deepEqual([status, body.record], [201, 'signing']);
    const members = { name: 'Ana Later', seatClass: 'resident', roles: [], pin: '739154' };
    assert.equal((await board.post('/api/members', members)).status, 201);
    await house.hub.building!.jobs.find(({ name }) => name === 'seats.issue')!.run(AbortSignal.abort());
    assert.deepEqual((await messages()).map(({ office }) => office).sort(), ['board', 'minter']);
    assert.ok(isQuiet());
  });

  it('stay locked for wrong words, and for whoever holds no office', async () => {
    const wrong = await unlock('ABCD-EFGH-JKMN');
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.details?.triesLeft], [403, 'wrong_passphrase', 4]);
    const resident = await house.phone(house.people[4]!);
    assert.equal((await unlock(passphrase, resident)).body.code, 'not_allowed');
    assert.deepEqual([await keys(), (await messages()).length], [{ areHeld: true, areOpen: false }, 2]);
  });

  it('sign what waits as soon as they are open, by as many of the board as it takes', async () => {
    const before = house.hub.building!.clockTrust.isTrusted() ? Date.now() : 0;
    const { status, body } = await unlock(passphrase);
    assert.equal(status, 200);
    assert.ok(body.areOpen && body.untilMs! >= before + 14 * 60_000 && body.untilMs! <= Date.now() + 15 * 60_000);
    assert.deepEqual(await messages(), []);
    await house.until(isQuiet);
    const states = store().read((reader) =>
      reader
        .prepare(`SELECT lane, state, json_array_length(authorisations) AS signers FROM intents
          WHERE lane IN ('deposits', 'seats') ORDER BY id DESC LIMIT 2`)
        .all<{ lane: string; state: string; signers: number }>({}),
    );
    assert.deepEqual(states.map(({ lane, state, signers }) => `${lane} ${state} ${signers}`).sort(), [
      'deposits final 1',
      'seats final 2',
    ]);
  });

  it('sign at once while they are open, and wait again when somebody locks them', async () => {
    const open = await deposit('RCPT-2');
    assert.notEqual(open.body.record, 'signing');
    const locked = await treasurer.post<OfficerKeysView>('/api/officer-keys/lock');
    assert.deepEqual(locked.body, { areHeld: true, areOpen: false });
    assert.equal((await deposit('RCPT-3')).body.record, 'signing');
    const audit = store().read((reader) =>
      reader
        .prepare(`SELECT action, detail FROM audit WHERE action LIKE 'officers.%' ORDER BY seq`)
        .all<{ action: string; detail: string }>({}),
    );
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['officers.unlock', 'officers.lock'],
    );
    assert.ok(!JSON.stringify(audit).includes(passphrase));
  });
});

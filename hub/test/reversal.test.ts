import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { BankLine, Deposit, Reconciliation, Reversal } from '../src/modules/treasury/index.ts';
import { depositReferenceOf } from '../src/modules/treasury/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { enrolUpTo } from './support/residents.ts';

describe('a reversal', () => {
  let house: TestHub;
  let treasurer: Browser;
  let board: Browser;
  /** The chain does not know this seat: its mints wait. */
  let newcomer: { seat: number };

  before(async () => {
    house = await createTestHub();
    treasurer = await house.phone(house.personWith('treasurer'));
    board = await house.phone(house.personWith('board'));
    newcomer = (await enrolUpTo(house, house.people.length + 1)).at(-1)!;
  });
  after(() => house.dispose());

  const store = () => house.hub.building!.store;
  const movementOf = (depositId: string) =>
    store().read(
      (reader) =>
        reader
          .prepare('SELECT movement_id AS id FROM deposits WHERE public_id = @depositId')
          .get<{ id: string }>({ depositId })!.id,
    );
  const balanceOf = (seat: number) =>
    store().read((reader) =>
      Object.fromEntries(
        reader
          .prepare('SELECT kind, balance_micros AS micros FROM accounts WHERE owner = @owner')
          .all<{ kind: string; micros: number }>({ owner: `seat:${seat}` })
          .map(({ kind, micros }) => [kind, micros]),
      ),
    );
  async function deposit(seat: number, amountMicros: number, reference: string): Promise<Deposit> {
    const { status, body } = await treasurer.post<Deposit>('/api/deposits', { seat, amountMicros, reference });
    assert.equal(status, 201);
    return body;
  }
  const ask = (movementId: string) =>
    treasurer.post<Reversal>('/api/reversals', { movementId, reason: 'booked to the wrong seat' });

  it('takes a deposit back and withdraws its mint, when a second officer confirms it', async () => {
    const before = balanceOf(newcomer.seat);
    const wrong = await deposit(newcomer.seat, 30_000_000, 'WRONG-1');
    const asked = await ask(movementOf(wrong.id));
    assert.deepEqual([asked.status, asked.body.state, asked.body.mayConfirm], [201, 'asked', false]);
    assert.equal(balanceOf(newcomer.seat).available! - before.available!, 30_000_000);
    const alone = await treasurer.post(`/api/reversals/${asked.body.id}/confirm`);
    assert.deepEqual([alone.status, alone.body.code], [403, 'second_person_needed']);
    const [seen] = (await board.get<{ items: Reversal[] }>('/api/reversals')).body.items;
    assert.equal(seen!.mayConfirm, true);
    const { status, body } = await board.post<Reversal>(`/api/reversals/${asked.body.id}/confirm`);
    assert.deepEqual([status, body.state, body.followUp], [200, 'done', 'mint-withdrawn']);
    assert.deepEqual(balanceOf(newcomer.seat), before);
    const again = await board.post(`/api/reversals/${asked.body.id}/confirm`);
    assert.deepEqual([again.status, again.body.code], [409, 'conflict']);
    assert.equal((await ask(movementOf(wrong.id))).status, 409);
    assert.deepEqual(store().read(checkBooks), []);
    const audit = store().read((reader) =>
      reader
        .prepare(`SELECT action, actor_seat AS seat FROM audit WHERE action LIKE 'reversal.%' ORDER BY seq`)
        .all<{ action: string; seat: number }>({}),
    );
    assert.deepEqual(audit, [
      { action: 'reversal.ask', seat: house.personWith('treasurer').seat },
      { action: 'reversal.confirm', seat: house.personWith('board').seat },
    ]);
  });

  it('opens the bank’s line again, for the one whose money it is', async () => {
    const content = Buffer.from(`Date,Amount,Memo\n2026-11-21,12.00,${depositReferenceOf(newcomer.seat)}\n`).toString(
      'base64',
    );
    await treasurer.post('/api/bank/statements', { bank: 'Bank', fileName: 'a.csv', content });
    await treasurer.post('/api/bank/bookings', {});
    const line = async () => (await treasurer.get<{ items: BankLine[] }>('/api/bank/lines')).body.items[0]!;
    const { id } = (await ask(movementOf((await line()).subjectId!))).body;
    await board.post(`/api/reversals/${id}/confirm`);
    const { state, note, seat } = await line();
    assert.deepEqual({ state, note, seat }, { state: 'open', note: 'reversed', seat: undefined });
  });

  it('of what the chain has minted sets the money aside until its member signs it back', async () => {
    const ana = house.people[2]!;
    const before = balanceOf(ana.seat);
    const wrong = await deposit(ana.seat, 20_000_000, 'WRONG-2');
    const state = () =>
      store().read(
        (reader) =>
          reader
            .prepare(
              'SELECT i.state FROM deposits d JOIN intents i ON i.public_id = d.intent_id WHERE d.public_id = @id',
            )
            .get<{ state: string }>({ id: wrong.id })!.state,
      );
    await house.until(() => state() === 'final');
    const { id } = (await ask(movementOf(wrong.id))).body;
    const { body } = await board.post<Reversal>(`/api/reversals/${id}/confirm`);
    assert.deepEqual([body.state, body.followUp], ['done', 'member-signs']);
    const after = balanceOf(ana.seat);
    assert.equal(after.available, before.available);
    assert.equal(after.held! - (before.held ?? 0), 20_000_000);
    const { body: settlement } = await treasurer.get<{ differences: string[] }>('/api/settlement');
    assert.deepEqual(settlement.differences, []);

    const stranger = await house.phone(house.people[4]!);
    assert.equal((await stranger.post(`/api/reversals/${id}/return`)).status, 404);
    const locked = await house.phone(ana, { mayNotSign: true });
    assert.equal((await locked.post(`/api/reversals/${id}/return`)).body.code, 'grant_needed');
    assert.equal(balanceOf(ana.seat).held, after.held);
    const phone = await house.phone(ana);
    const mine = await phone.get<{ items: { id: string; amountMicros: number }[] }>('/api/reversals/mine');
    assert.deepEqual(
      mine.body.items.map((item) => [item.id, item.amountMicros]),
      [[id, 20_000_000]],
    );
    assert.equal((await phone.post(`/api/reversals/${id}/return`)).status, 204);
    assert.equal((await phone.post(`/api/reversals/${id}/return`)).body.code, 'conflict');
    const asked = () =>
      store().read((reader) =>
        reader
          .prepare('SELECT public_id AS id, state FROM redemptions WHERE seat = @seat')
          .get<{ id: string; state: string }>({ seat: ana.seat }),
      )!;
    await house.until(() => asked().state === 'pending');
    const paid = await treasurer.post(`/api/redemptions/${asked().id}/paid`, { bankReference: 'REVERSAL-2' });
    assert.equal(paid.status, 200);
    await house.until(() => asked().state === 'paid');
    assert.deepEqual([balanceOf(ana.seat).available, balanceOf(ana.seat).held], [before.available, before.held ?? 0]);
    const { body: books } = await treasurer.get<Reconciliation>('/api/reconciliation');
    for (const { unexplainedMicros } of books.pairs) assert.equal(unexplainedMicros, 0);
    const bank = books.pairs.find((pair) => pair.id === 'bank-journal')!;
    assert.ok(bank.causes.some((cause) => cause.cause === 'redemption_not_paid' && cause.amountMicros === 20_000_000));
  });

  it('is nobody’s to ask or to confirm whose money it is', async () => {
    const own = await deposit(house.personWith('treasurer').seat, 1_000_000, 'OWN-1');
    const asked = await ask(movementOf(own.id));
    assert.deepEqual([asked.status, (asked.body as { code?: string }).code], [403, 'second_person_needed']);
    const boards = await deposit(house.personWith('board').seat, 1_000_000, 'OWN-2');
    const { id, mayConfirm } = (await ask(movementOf(boards.id))).body;
    assert.equal(mayConfirm, false);
    const confirmed = await board.post(`/api/reversals/${id}/confirm`);
    assert.deepEqual([confirmed.status, confirmed.body.code], [403, 'second_person_needed']);
    const refused = await board.post<Reversal>(`/api/reversals/${id}/refuse`);
    assert.deepEqual([refused.status, refused.body.state], [200, 'refused']);
    assert.equal((await ask(movementOf(boards.id))).status, 201);
  });

  it('is refused when the member has spent it', async () => {
    const before = balanceOf(newcomer.seat).available!;
    const wrong = await deposit(newcomer.seat, 5_000_000, 'WRONG-3');
    await store().act({ name: 'test.spend', actor: { roles: [], system: 'test' } }, (tx) => {
      tx.prepare(`UPDATE accounts SET balance_micros = 0 WHERE owner = @owner AND kind = 'available'`).run({
        owner: `seat:${newcomer.seat}`,
      });
    });
    const { id } = (await ask(movementOf(wrong.id))).body;
    const { status, body } = await board.post(`/api/reversals/${id}/confirm`);
    assert.deepEqual([status, body.code], [409, 'not_enough_money']);
    await store().act({ name: 'test.spend', actor: { roles: [], system: 'test' } }, (tx) => {
      tx.prepare(`UPDATE accounts SET balance_micros = @micros WHERE owner = @owner AND kind = 'available'`).run({
        owner: `seat:${newcomer.seat}`,
        micros: before + 5_000_000,
      });
    });
    assert.deepEqual(store().read(checkBooks), []);
    assert.equal((await board.post(`/api/reversals/${id}/confirm`)).status, 200);
  });
});

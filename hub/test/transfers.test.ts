import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Wallet } from 'ethers';
import { checkBooks } from '../src/journal/index.ts';
import type { Transfer } from '../src/modules/transfers/index.ts';
import type { Money } from '../src/modules/treasury/treasury.schema.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Browser } from './support/browser.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

interface Settlement {
  readonly differences: string[];
  readonly waiting: { lane: string; count: number }[];
}

const dollars = (amount: number): number => amount * 1_000_000;

describe('money from neighbour to neighbour', { timeout: 240_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;
  let treasurer: Browser;
  const phones = new Map<number, Browser>();

  before(async () => {
    outside = await createOutsideBuilding({ clock });
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    await idle();
  });
  after(() => outside.dispose());

  const person = (place: number) => outside.house.people[place]!;
  const building = () => outside.house.hub.building!;
  async function phone(place: number): Promise<Browser> {
    const known = phones.get(place) ?? (await outside.house.phone(person(place)));
    phones.set(place, known);
    return known;
  }
  const money = async (place: number) => {
    const { availableMicros, heldMicros } = (await (await phone(place)).get<Money>('/api/money')).body;
    return { availableMicros, heldMicros };
  };
  const send = async (from: number, to: number, amount: number, note?: string) =>
    (await phone(from)).post<Transfer>('/api/transfers', {
      toSeat: person(to).seat,
      amountMicros: dollars(amount),
      note,
    });
  async function sent(from: number, to: number, amount: number, note?: string): Promise<Transfer> {
    const { status, body } = await send(from, to, amount, note);
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }
  const stateOf = (id: string) =>
    building().store.read(
      (reader) =>
        reader
          .prepare(
            'SELECT t.state, COALESCE(t.reason, i.reason) AS reason FROM transfers t JOIN intents i ON i.public_id = t.intent_id WHERE t.public_id = @id',
          )
          .get<{ state: string; reason: string | null }>({ id })!,
    );
  const becomes = (id: string, state: string, reason?: string) =>
    outside.house.until(() => {
      const now = stateOf(id);
      return now.state === state && (reason === undefined || now.reason === reason);
    });
  /** Why it waits is noted at a look at the chain. */
  async function waits(id: string, reason: string): Promise<void> {
    for (let turn = 0; turn < 50 && stateOf(id).reason !== reason; turn++) await building().dispatcher.round();
    assert.deepEqual(stateOf(id), { state: 'waiting', reason });
  }
  const idle = () => outside.house.until(() => building().store.read((reader) => outbox.waiting(reader)).length === 0);
  async function equal(): Promise<void> {
    assert.deepEqual((await treasurer.get<Settlement>('/api/settlement')).body.differences, []);
    assert.deepEqual(building().store.read(checkBooks), []);
  }

  it('stays the sender’s, set aside, until the chain has moved it; then it is the neighbour’s', async () => {
    const [ana, ben] = [await money(2), await money(3)];
    await outside.cutLine();
    const transfer = await sent(2, 3, 5, 'For the bread');
    assert.equal(transfer.direction, 'out');
    assert.equal(transfer.otherLabel, person(3).name);
    assert.deepEqual(await money(2), {
      availableMicros: ana.availableMicros - dollars(5),
      heldMicros: ana.heldMicros + dollars(5),
    });
    assert.deepEqual(await money(3), ben);
    const { items } = (await (await phone(3)).get<{ items: Transfer[] }>('/api/transfers')).body;
    assert.deepEqual(
      items.map(({ direction, state, amountMicros, note, canCancel }) => ({
        direction,
        state,
        amountMicros,
        note,
        canCancel,
      })),
      [{ direction: 'in', state: 'waiting', amountMicros: dollars(5), note: 'For the bread', canCancel: false }],
    );
    await outside.joinLine();
    await becomes(transfer.id, 'recorded');
    assert.deepEqual(await money(2), { ...ana, availableMicros: ana.availableMicros - dollars(5) });
    assert.deepEqual(await money(3), { ...ben, availableMicros: ben.availableMicros + dollars(5) });
    await equal();
    const [movement] = (await (await phone(3)).get<Money>('/api/money')).body.items;
    assert.equal(movement!.subjectNoun, 'transfer');
    assert.equal(movement!.subjectTitle, person(2).name);
    assert.equal(movement!.record, 'recorded');
    assert.equal(movement!.amountMicros, dollars(5));
  });

  it('is taken back while it is still here, by its sender alone, and never afterwards', async () => {
    const before = await money(4);
    await outside.cutLine();
    const { id } = await sent(4, 5, 7);
    assert.equal((await (await phone(5)).delete(`/api/transfers/${id}`)).status, 404);
    assert.equal((await (await phone(6)).get(`/api/transfers/${id}`)).status, 404);
    const { status, body } = await (await phone(4)).delete<Transfer>(`/api/transfers/${id}`);
    assert.equal(status, 200);
    assert.equal(body.state, 'cancelled');
    assert.deepEqual(await money(4), before);
    assert.equal((await (await phone(4)).delete(`/api/transfers/${id}`)).body.code, 'conflict');
    await outside.joinLine();
    const { id: gone } = await sent(4, 5, 1);
    await becomes(gone, 'recorded');
    assert.equal((await (await phone(4)).delete(`/api/transfers/${gone}`)).body.code, 'conflict');
    await equal();
  });

  it('refuses what cannot be, and changes nothing by it', async () => {
    const before = await money(6);
    const ask = async (body: object) => (await phone(6)).post('/api/transfers', body);
    const toSeat = person(7).seat;
    for (const [body, code, field] of [
      [{ toSeat: person(6).seat, amountMicros: 1 }, 'bad_request', 'toSeat'],
      [{ toSeat, amountMicros: 0 }, 'bad_request', 'amountMicros'],
      [{ toSeat, amountMicros: 0.5 }, 'bad_request', 'amountMicros'],
      [{ toSeat, amountMicros: 1, note: 'x'.repeat(141) }, 'bad_request', 'note'],
      [{ toSeat, amountMicros: 1, from: 3 }, 'bad_request', 'from'],
      [{ toSeat: 4711, amountMicros: 1 }, 'not_found', undefined],
      [{ toSeat, amountMicros: before.availableMicros + 1 }, 'not_enough_money', undefined],
    ] as const) {
      const { body: answer } = await ask(body);
      assert.equal(answer.code, code, JSON.stringify(body));
      if (field) assert.equal((answer as { field?: string }).field, field);
    }
    const unsigned = await outside.house.phone(person(6), { mayNotSign: true });
    assert.equal((await unsigned.post('/api/transfers', { toSeat, amountMicros: 1 })).body.code, 'grant_needed');
    assert.deepEqual(await money(6), before);
  });

  it('waits for a deposit that the chain does not know yet, and goes behind it', async () => {
    const { seat } = person(8);
    const start = await money(8);
    const deposit = { seat, amountMicros: dollars(18_000), reference: 'above the reserve' };
    assert.equal((await treasurer.post('/api/deposits', deposit)).status, 201);
    // More than the account had before the deposit, and within the daily limit of $1,000.
    const amount = start.availableMicros / 1_000_000 + 100;
    const { id } = await sent(8, 9, amount);
    const other = await sent(9, 8, 1);
    await becomes(other.id, 'recorded');
    assert.equal(stateOf(id).state, 'waiting');
    // No more than is needed: the next deposit waits again.
    const supply = Number(await outside.at('FoodUSD').getFunction('totalSupply')());
    const reserve = { reserveMicros: supply + deposit.amountMicros, documentHash: `0x${'ab'.repeat(32)}` };
    assert.equal((await treasurer.post('/api/reserves', reserve)).status, 201);
    await becomes(id, 'recorded');
    await equal();
  });

  it('carries many at once, also along a chain of neighbours', async () => {
    await outside.cutLine();
    const ids: string[] = [];
    for (const [from, to] of [
      [10, 11],
      [11, 12],
      [12, 13],
      [13, 10],
      [10, 12],
      [11, 13],
    ] as const)
      ids.push((await sent(from, to, 2)).id);
    await outside.joinLine();
    for (const id of ids) await becomes(id, 'recorded');
    await equal();
    const { attempts } = (
      await treasurer.get<{ attempts: { lane: string; itemCount: number; state: string }[] }>('/api/settlement')
    ).body;
    const [last] = attempts.filter(({ lane }) => lane === 'transfers');
    assert.deepEqual({ itemCount: last!.itemCount, state: last!.state }, { itemCount: 6, state: 'final' });
  });

  it('reaches a frozen neighbour, and waits while its sender is frozen', async () => {
    await outside.freeze(person(14).seat, true);
    const to = await sent(15, 14, 3);
    await becomes(to.id, 'recorded');
    const from = await sent(14, 15, 3);
    await waits(from.id, 'seat_frozen');
    await equal();
    await outside.freeze(person(14).seat, false);
    await becomes(from.id, 'recorded');
    await equal();
  });

  it('returns the money when the key that signed it, or the one it goes to, is no longer its seat’s', async () => {
    const [sender, payer] = [await money(16), await money(18)];
    await outside.cutLine();
    const signed = await sent(16, 19, 2);
    const to = await sent(18, 17, 2);
    await outside.joinLine();
    await Promise.all([becomes(signed.id, 'recorded'), becomes(to.id, 'recorded')]);
    await outside.correctKey(person(16).seat, Wallet.createRandom().address);
    await outside.correctKey(person(17).seat, Wallet.createRandom().address);
    const late = await sent(16, 19, 4);
    const lost = await sent(18, 17, 4);
    await becomes(late.id, 'void', 'key_changed');
    await becomes(lost.id, 'void', 'payee_key_changed');
    assert.deepEqual(await money(16), { ...sender, availableMicros: sender.availableMicros - dollars(2) });
    assert.deepEqual(await money(18), { ...payer, availableMicros: payer.availableMicros - dollars(2) });
    await equal();
  });

  it('goes void when an own wallet has spent the money first, and leaves the account as the chain has it', async () => {
    const { seat } = person(19);
    const onChain = (await money(19)).availableMicros;
    const deposited = dollars(100);
    const deposit = { seat, amountMicros: deposited, reference: 'above the reserve again' };
    assert.equal((await treasurer.post('/api/deposits', deposit)).status, 201);
    // It stays behind the deposit, so that the wallet is first.
    const { id } = await sent(19, 20, 100 + onChain / 2_000_000);
    await outside.moveByWallet(person(19), Wallet.createRandom().address, onChain);
    await becomes(id, 'void', 'account_short');
    assert.deepEqual(await money(19), { availableMicros: deposited, heldMicros: 0 });
    await equal();
  });

  it('is sent once when the hub is stopped in the middle', async () => {
    const before = await money(21);
    await outside.cutLine();
    const ids = [];
    for (let turn = 0; turn < 4; turn++) ids.push((await sent(21, 22, 1 + turn)).id);
    await outside.joinLine();
    building().dispatcher.wake();
    await outside.restart();
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    phones.clear();
    for (const id of ids) await becomes(id, 'recorded');
    assert.deepEqual(await money(21), { ...before, availableMicros: before.availableMicros - dollars(10) });
    await equal();
  });

  it('returns the money when its time is over', async () => {
    const before = await money(23);
    await outside.freeze(person(23).seat, true);
    const { id } = await sent(23, 22, 6);
    await waits(id, 'seat_frozen');
    const days = 121;
    await outside.warp(days * 86_400);
    clock.stepBy(days * 86_400_000);
    await becomes(id, 'void', 'expired');
    phones.clear();
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    assert.deepEqual(await money(23), before);
    await equal();
  });
});

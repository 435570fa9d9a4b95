import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Correction } from '../src/modules/corrections/index.ts';
import { addressOf } from '../src/modules/members/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import type { DeskRedemption, Redemption } from '../src/modules/redemptions/index.ts';
import type { Money } from '../src/modules/treasury/treasury.schema.ts';
import { outbox } from '../src/outbox/index.ts';
import { nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

interface Settlement {
  readonly differences: string[];
  readonly supplyMicros: number;
  readonly journalMicros: number;
}

const dollars = (amount: number): number => amount * 1_000_000;
const dayMs = 86_400_000;

describe('money that goes back to the bank, or back to members', { timeout: 240_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;
  let treasurer: Browser;
  const phones = new Map<number, Browser>();

  before(async () => {
    outside = await createOutsideBuilding({ clock });
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    // What the founding minted is final: the supply is what the chain says from here on.
    await outside.house.until(() => building().store.read(outbox.waiting).length === 0);
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
  async function asked(place: number, amount: number): Promise<Redemption> {
    const body = { amountMicros: dollars(amount), payTo: 'Cash' };
    const answer = await (await phone(place)).post<Redemption>('/api/redemptions', body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  }
  const rowOf = (table: 'redemptions' | 'corrections', id: string) =>
    building().store.read(
      (reader) =>
        reader
          .prepare(`SELECT state, reason FROM ${table} WHERE public_id = @id`)
          .get<{ state: string; reason: string | null }>({ id })!,
    );
  const becomes = (id: string, state: string, table: 'redemptions' | 'corrections' = 'redemptions') =>
    outside.house.until(() => rowOf(table, id).state === state && rowOf(table, id));
  const settlement = async () => (await treasurer.get<Settlement>('/api/settlement')).body;
  async function equal(): Promise<void> {
    assert.deepEqual((await settlement()).differences, []);
    assert.deepEqual(building().store.read(checkBooks), []);
  }
  const keyOf = (seat: number) => building().store.read((reader) => addressOf(reader, seat))!;
  /** What an order of so much leaves at the clearing account. */
  async function fillClearing(place: number, amount: number): Promise<void> {
    const [good] = (await (await phone(place)).get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body
      .items;
    const browser = await phone(place);
    const { body } = await browser.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: dollars(1),
      unitsPerCase: 1,
      targetMicros: dollars(amount),
      deadlineAtMs: clock.nowMs() + 3_600_000,
      executes: 'at-target',
    });
    assert.equal((await browser.post(`/api/orders/${body.id}/line`, { units: amount })).status, 201);
    await outside.house.until(
      () => building().store.read((reader) => building().orders.view(reader, body.id, nobody))!.state === 'settled',
    );
  }

  it('sets money aside, waits at the token, and is gone once the treasurer has paid', async () => {
    const start = await money(2);
    const supply = (await settlement()).supplyMicros;
    await outside.cutLine();
    const { id, state, record } = await asked(2, 30);
    assert.deepEqual({ state, record }, { state: 'asked', record: 'here' });
    assert.deepEqual(await money(2), {
      availableMicros: start.availableMicros - dollars(30),
      heldMicros: start.heldMicros + dollars(30),
    });
    const early = await treasurer.post(`/api/redemptions/${id}/paid`, { bankReference: 'R-0' });
    assert.equal(early.body.code, 'conflict');
    await outside.joinLine();
    await becomes(id, 'pending');
    await equal();
    assert.equal((await settlement()).supplyMicros, supply);
    assert.equal(await outside.balanceOf(outside.contracts.FoodUSD!), dollars(30));
    const { items } = (await treasurer.get<{ items: DeskRedemption[] }>('/api/redemptions/desk')).body;
    assert.equal(items[0]!.memberName, person(2).name);
    assert.ok(items[0]!.payByMs! > clock.nowMs() + 28 * dayMs);
    const paid = await treasurer.post<DeskRedemption>(`/api/redemptions/${id}/paid`, { bankReference: 'R-1' });
    assert.equal(paid.status, 200, JSON.stringify(paid.body));
    await becomes(id, 'paid');
    assert.deepEqual(await money(2), { ...start, availableMicros: start.availableMicros - dollars(30) });
    const after = await settlement();
    assert.equal(after.supplyMicros, supply - dollars(30));
    assert.equal(after.journalMicros, after.supplyMicros);
    await equal();
    const twice = await asked(2, 1);
    await becomes(twice.id, 'pending');
    const again = await treasurer.post(`/api/redemptions/${twice.id}/paid`, { bankReference: 'R-1' });
    assert.equal(again.body.code, 'already_exists');
  });

  it('is taken back by its member while it is here, and refused by the treasurer afterwards', async () => {
    const start = await money(3);
    await outside.cutLine();
    const { id } = await asked(3, 10);
    assert.equal((await (await phone(4)).delete(`/api/redemptions/${id}`)).status, 404);
    assert.equal((await (await phone(3)).delete<Redemption>(`/api/redemptions/${id}`)).body.state, 'cancelled');
    assert.deepEqual(await money(3), start);
    await outside.joinLine();
    const second = await asked(3, 12);
    await becomes(second.id, 'pending');
    assert.equal((await (await phone(3)).delete(`/api/redemptions/${second.id}`)).body.code, 'conflict');
    const refused = await treasurer.post(`/api/redemptions/${second.id}/refuse`, { reason: 'Come to the office' });
    assert.equal(refused.status, 200);
    assert.equal((await becomes(second.id, 'returned')).reason, 'Come to the office');
    assert.deepEqual(await money(3), start);
    await equal();
  });

  it('is void when the key has changed, and waits while the seat is frozen', async () => {
    const start = await money(5);
    await outside.freeze(person(5).seat, true);
    const { id } = await asked(5, 10);
    for (let turn = 0; turn < 5; turn++) await building().dispatcher.round();
    assert.equal(rowOf('redemptions', id).state, 'asked');
    await outside.freeze(person(5).seat, false);
    await becomes(id, 'pending');
    await outside.correctKey(person(5).seat, `0x${'5e'.repeat(20)}`);
    const late = await asked(5, 11);
    assert.equal((await becomes(late.id, 'void')).reason, 'key_changed');
    assert.deepEqual(await money(5), { ...start, availableMicros: start.availableMicros - dollars(10) });
    await equal();
  });

  it('goes on after the hub was stopped between asking and paying', async () => {
    await outside.cutLine();
    const { id } = await asked(7, 8);
    await outside.joinLine();
    building().dispatcher.wake();
    await outside.restart();
    phones.clear();
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    await becomes(id, 'pending');
    await treasurer.post(`/api/redemptions/${id}/paid`, { bankReference: 'R-7' });
    await outside.restart();
    phones.clear();
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    await becomes(id, 'paid');
    await equal();
  });

  it('takes the co-op’s own Food-USD out when a supplier was paid', async () => {
    const none = await treasurer.post('/api/redemptions/own', {
      amountMicros: dollars(900),
      payTo: 'Valle Verde',
      bankReference: 'W-1',
    });
    assert.equal(none.body.code, 'not_enough_money');
    await fillClearing(8, 60);
    assert.equal(await outside.balanceOf(outside.clearing), dollars(60));
    const supply = (await settlement()).supplyMicros;
    const own = { amountMicros: dollars(40), payTo: 'Valle Verde', bankReference: 'W-2' };
    const { status, body } = await treasurer.post<DeskRedemption>('/api/redemptions/own', own);
    assert.equal(status, 201, JSON.stringify(body));
    await becomes(body.id, 'paid');
    assert.equal(await outside.balanceOf(outside.clearing), dollars(20));
    assert.equal((await settlement()).supplyMicros, supply - dollars(40));
    await equal();
  });

  it('gives a member back what came short, by a second person above the threshold, and never above the caps', async () => {
    const start = await money(9);
    const give = (amount: number) =>
      treasurer.post<Correction & { code?: string }>('/api/corrections', {
        toSeat: person(9).seat,
        amountMicros: dollars(amount),
        note: 'One bag short',
      });
    const above = await give(101);
    assert.deepEqual([above.body.code, (above.body as { field?: string }).field], ['bad_request', 'amountMicros']);
    const { body: small } = await give(3);
    await becomes(small.id, 'recorded', 'corrections');
    assert.deepEqual(await money(9), { ...start, availableMicros: start.availableMicros + dollars(3) });
    assert.equal(await outside.balanceOf(outside.clearing), dollars(17));
    await equal();
    await fillClearing(10, 30);
    const { body: large } = await give(26);
    assert.equal(large.state, 'asked');
    assert.equal((await treasurer.post(`/api/corrections/${large.id}/approve`)).body.code, 'not_allowed');
    const treasurerSeat = outside.house.personWith('treasurer').seat;
    const other = outside.house.people.find(({ roles, seat }) => roles.includes('board') && seat !== treasurerSeat)!;
    const board = await outside.house.phone(other);
    assert.equal((await board.post(`/api/corrections/${large.id}/approve`)).status, 200);
    await becomes(large.id, 'recorded', 'corrections');
    const { body: unwanted } = await give(27);
    assert.equal((await board.post<Correction>(`/api/corrections/${unwanted.id}/refuse`)).body.state, 'refused');
    assert.deepEqual(await money(9), { ...start, availableMicros: start.availableMicros + dollars(29) });
    await equal();
  });

  it('comes home when nobody pays for a month and somebody puts it back on chain', async () => {
    const start = await money(11);
    const { id } = await asked(11, 9);
    await becomes(id, 'pending');
    const { redemptionRef } = building().store.read(
      (reader) =>
        reader
          .prepare('SELECT redemption_ref AS redemptionRef FROM redemptions WHERE public_id = @id')
          .get<{ redemptionRef: string }>({ id })!,
    );
    const before = await outside.balanceOf(keyOf(person(11).seat));
    await outside.warp(30 * 86_400 + 60);
    clock.stepBy(30 * dayMs);
    await outside.send('FoodUSD', 'restoreLateRedemption', redemptionRef);
    assert.equal((await becomes(id, 'returned')).reason, 'put_back');
    assert.equal(await outside.balanceOf(keyOf(person(11).seat)), before + dollars(9));
    phones.clear();
    treasurer = await outside.house.phone(outside.house.personWith('treasurer'));
    // In that month the open orders have run out, and what was set aside for them is free.
    const end = await money(11);
    assert.equal(end.availableMicros + end.heldMicros, start.availableMicros + start.heldMicros);
    await equal();
  });
});

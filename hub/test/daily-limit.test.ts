import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { foodUsdDomain, message } from '../src/signing/index.ts';
import type { Browser } from './support/browser.ts';
import { createMovableClock } from './support/movable-clock.ts';
import { chainId, createOutsideBuilding, type OutsideBuilding } from './support/outside-building.ts';

interface Limit {
  readonly limitMicros: number;
  readonly raise?: { limitMicros: number; effectiveAtMs: number };
  readonly wish?: { state: string };
}

const dollars = (amount: number): number => amount * 1_000_000;
const twoDaysS = 2 * 86_400 + 120;

describe('the daily limit of a seat', { timeout: 240_000 }, () => {
  const clock = createMovableClock();
  let outside: OutsideBuilding;
  before(async () => {
    outside = await createOutsideBuilding({ clock });
    await outside.house.until(() => building().chain.state().isOnline);
    await job('limits.read');
  });
  after(() => outside.dispose());

  const building = () => outside.house.hub.building!;
  const person = (place: number) => outside.house.people[place]!;
  const job = (name: string) =>
    building()
      .jobs.find((one) => one.name === name)!
      .run(new AbortController().signal);
  const phone = (place: number) => outside.house.phone(person(place));
  const treasurer = () => outside.house.phone(outside.house.personWith('treasurer'));
  const limitOf = (account: string) => outside.at('FoodUSD').getFunction('dailyLimitOf')(account) as Promise<bigint>;
  const address = (place: number) =>
    outside.at('SeatRegistry').getFunction('keyOf')(person(place).seat) as Promise<string>;
  const read = <T extends object>(sql: string, named: Record<string, string | number>) =>
    building().store.read((reader) => reader.prepare(sql).get<T>(named));
  const becomes = (account: string, limitMicros: number) =>
    outside.house.until(
      () =>
        read<{ micros: number }>('SELECT limit_micros AS micros FROM daily_limits WHERE account = @account', {
          account: account.toLowerCase(),
        })?.micros === limitMicros,
    );
  const announced = (account: string) =>
    outside.house.until(() =>
      read('SELECT 1 AS one FROM daily_limits WHERE account = @account AND effective_at_ms IS NOT NULL', {
        account: account.toLowerCase(),
      }),
    );
  const send = async (browser: Browser, amount: number) =>
    browser.post<{ id: string; code?: string }>('/api/transfers', {
      toSeat: person(9).seat,
      amountMicros: dollars(amount),
    });
  const recorded = (id: string) =>
    outside.house.until(
      () => read<{ state: string }>('SELECT state FROM transfers WHERE public_id = @id', { id })?.state === 'recorded',
    );
  const money = async (browser: Browser) => {
    const { body } = await browser.get<{ availableMicros: number; heldMicros: number }>('/api/money');
    return { availableMicros: body.availableMicros, heldMicros: body.heldMicros };
  };
  async function goodDay(): Promise<void> {
    await outside.warp(twoDaysS);
    clock.stepBy(twoDaysS * 1000);
    await job('limits.apply');
  }

  it('is told at once to whoever sends, asks for or takes more with one amount, and nothing is set aside', async () => {
    const ana = await phone(8);
    const before = await money(ana);
    const { body: goods } = await ana.get<{ items: { id: string; supplierId: string }[] }>('/api/goods');
    const order = await ana.post<Order>('/api/orders', {
      title: 'Oil',
      supplierId: goods.items[0]!.supplierId,
      unit: 'drum',
      unitPriceMicros: dollars(501),
      unitsPerCase: 4,
      targetMicros: dollars(2004),
      deadlineAtMs: clock.nowMs() + 3_600_000,
      executes: 'at-target',
    });
    for (const [answer, field] of [
      [await send(ana, 1001), 'amountMicros'],
      [await ana.post('/api/redemptions', { amountMicros: dollars(1001), payTo: 'in cash' }), 'amountMicros'],
      [await ana.post(`/api/orders/${order.body.id}/line`, { units: 2 }), 'units'],
    ] as const) {
      const { message: _, ...said } = answer.body as unknown as { message: string };
      const details = { rule: 'must be at most the daily limit', limitMicros: dollars(1000) };
      assert.deepEqual([answer.status, said], [409, { code: 'above_daily_limit', field, details }]);
    }
    assert.deepEqual(await money(ana), before);
  });

  it('is raised by the member’s word, counts two days later, and lets more leave then', async () => {
    const account = await address(8);
    const seat = person(8).seat;
    const office = await treasurer();
    assert.equal(
      (await office.post('/api/deposits', { seat, amountMicros: dollars(2000), reference: 'D-1' })).status,
      201,
    );
    let ana = await phone(8);
    const asked = await ana.put<Limit>('/api/me/daily-limit', { limitMicros: dollars(1500) });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    assert.equal(asked.body.limitMicros, dollars(1000));
    assert.equal(asked.body.wish?.state, 'here');
    await announced(account);
    const { raise } = (await ana.get<Limit>('/api/me/daily-limit')).body;
    assert.equal(raise?.limitMicros, dollars(1500));
    assert.equal((await send(ana, 1200)).body.code, 'above_daily_limit');
    assert.equal(await limitOf(account), 1_000_000_000n);
    await goodDay();
    await becomes(account, dollars(1500));
    ana = await phone(8);
    const sent = await send(ana, 1200);
    assert.equal(sent.status, 201, JSON.stringify(sent.body));
    await recorded(sent.body.id);
    assert.equal((await ana.get<Limit>('/api/me/daily-limit')).body.raise, undefined);
  });

  /** An order at last call with what the first and the other take of it, past its deadline. */
  async function atLastCall(first: Browser, other: Browser, target: number): Promise<Order> {
    const { body: goods } = await other.get<{ items: { supplierId: string }[] }>('/api/goods');
    const { body: order } = await other.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: goods.items[0]!.supplierId,
      unit: 'bag',
      unitPriceMicros: dollars(2),
      unitsPerCase: 6,
      targetMicros: dollars(target),
      deadlineAtMs: clock.nowMs() + 61_000,
      executes: 'at-last-call',
    });
    assert.equal((await first.post(`/api/orders/${order.id}/line`, { units: 6 })).status, 201);
    assert.equal((await other.post(`/api/orders/${order.id}/line`, { units: 10 })).status, 201);
    return order;
  }
  async function close(browser: Browser, { id }: Order): Promise<void> {
    clock.stepBy(62_000);
    await job('orders.close');
    const { status, body } = await browser.post<Order>(`/api/orders/${id}/closing`);
    assert.equal(status, 200, JSON.stringify(body));
  }
  const ends = ({ id }: Order, state: string) =>
    outside.house.until(
      () => read<{ state: string }>('SELECT state FROM orders WHERE public_id = @id', { id })!.state === state,
    );
  const linesOf = ({ id }: Order) =>
    building().store.read((reader) =>
      reader
        .prepare(
          'SELECT l.state, l.reason FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.public_id = @id ORDER BY l.id',
        )
        .all({ id }),
    );

  it('is taken back while a raise waits, and lowered at once; an order is closed without a line above it', async () => {
    const [account, ana, ben] = [await address(8), await phone(8), await phone(10)];
    const [anaBefore, benBefore] = [await money(ana), await money(ben)];
    const order = await atLastCall(ana, ben, 20);
    await ana.put('/api/me/daily-limit', { limitMicros: dollars(1800) });
    await announced(account);
    await ana.put('/api/me/daily-limit', { limitMicros: dollars(10) });
    await becomes(account, dollars(10));
    assert.equal(await limitOf(account), 10_000_000n);
    assert.equal((await ana.get<Limit>('/api/me/daily-limit')).body.raise, undefined);
    assert.equal((await ana.put(`/api/orders/${order.id}/line`, { units: 7 })).body.code, 'above_daily_limit');
    await close(ben, order);
    await ends(order, 'settled');
    assert.deepEqual(linesOf(order), [
      { state: 'void', reason: 'above_daily_limit' },
      { state: 'recorded', reason: null },
    ]);
    assert.deepEqual(await money(ana), anaBefore);
    assert.deepEqual(await money(ben), { ...benBefore, availableMicros: benBefore.availableMicros - dollars(20) });
  });

  it('ends a closed order that it was lowered under, at once and with everybody’s money back', async () => {
    const [ana, ben] = [await phone(11), await phone(10)];
    const before = [await money(ana), await money(ben)];
    const order = await atLastCall(ana, ben, 20);
    await building().dispatcher.stop();
    await close(ben, order);
    // By a wallet of her own, while nothing leaves the hub.
    const { members } = building();
    const door = { kind: 'phone', name: 'Wallet', seat: person(11).seat } as const;
    const { actor } = members.authenticate(await members.openDoor(door));
    await members.openGrant(actor, person(11).pin);
    const foodUsd = outside.contracts.FoodUSD!.toLowerCase() as `0x${string}`;
    const word = { seat: person(11).seat, limit: dollars(5), revision: 1, validUntil: 2 ** 40 - 1 };
    const signature = await members.sign(actor, foodUsdDomain(chainId, foodUsd), message('DailyLimit', word));
    await outside.send('FoodUSD', 'setDailyLimit', word.seat, word.limit, 1, word.validUntil, signature);
    await building().dispatcher.start(new AbortController().signal);
    await ends(order, 'failed');
    assert.deepEqual(linesOf(order), [
      { state: 'void', reason: 'above_daily_limit' },
      { state: 'void', reason: 'others_failed' },
    ]);
    assert.deepEqual([await money(ana), await money(ben)], before);
    assert.deepEqual(building().store.read(checkBooks), []);
  });

  it('of the co-op is the treasurer’s to raise, by the key of its account', async () => {
    const office = await treasurer();
    const own = { amountMicros: dollars(1001), payTo: 'Farm', bankReference: 'F-1' };
    assert.equal((await office.post('/api/redemptions/own', own)).body.code, 'above_daily_limit');
    const asked = await office.put<Limit>('/api/treasury/daily-limit', { limitMicros: dollars(9000) });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    await announced(outside.clearing);
    await goodDay();
    await becomes(outside.clearing, dollars(9000));
    assert.equal(await limitOf(outside.clearing), 9_000_000_000n);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { DemoPerson } from '../src/modules/demo/index.ts';
import { memberOf } from '../src/modules/members/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import { outbox } from '../src/outbox/index.ts';
import { nobody } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { createMovableClock } from './support/movable-clock.ts';

const hourMs = 3_600_000;
const newPin = '739154';

interface Me {
  readonly member: { seat: number; name: string; outgoingWaitsUntilMs?: number };
}
interface Money {
  readonly availableMicros: number;
  readonly heldMicros: number;
}
interface Settlement {
  readonly differences: string[];
  readonly waiting: { lane: string; count: number }[];
  readonly attempts: { lane: string; itemCount: number }[];
}

describe('somebody who forgot the PIN', () => {
  const clock = createMovableClock();
  let house: TestHub;
  let eva: DemoPerson;
  let tileId: string;
  let kiosk: Browser;
  let lostPhone: Browser;
  let ben: Browser;
  let treasurer: Browser;
  let address: string;
  let start: Money;
  let pending: string;
  let recoveredAtMs: number;

  before(async () => {
    house = await createTestHub({ clock });
    eva = house.people[4]!;
    kiosk = await house.kiosk();
    lostPhone = await house.phone(eva);
    ben = await house.phone(house.people[7]!);
    treasurer = await house.phone(house.personWith('treasurer'));
    const { items } = (await kiosk.get<{ items: { tileId: string; label: string }[] }>('/api/tiles')).body;
    tileId = items.find(({ label }) => label === eva.name)!.tileId;
    address = member().address;
    pending = await open();
    await join(lostPhone, pending, 4);
    start = await money(lostPhone);
  });
  after(() => house.dispose());

  const building = () => house.hub.building!;
  const member = () => building().store.read((reader) => memberOf(reader, eva.seat))!;
  const order = (id: string) => building().store.read((reader) => building().orders.view(reader, id, nobody))!;
  const settlement = async () => (await treasurer.get<Settlement>('/api/settlement')).body;
  const me = async (browser: Browser) => (await browser.get<Me>('/api/me')).body.member;
  async function money(browser: Browser): Promise<Money> {
    const { availableMicros, heldMicros } = (await browser.get<Money>('/api/money')).body;
    return { availableMicros, heldMicros };
  }
  async function open(): Promise<string> {
    const [good] = (await ben.get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { status, body } = await ben.post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: 2_000_000,
      unitsPerCase: 6,
      targetMicros: 12_000_000,
      deadlineAtMs: clock.nowMs() + hourMs,
      executes: 'at-target',
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }
  async function join(browser: Browser, id: string, units: number): Promise<void> {
    const { status, body } = await browser.post(`/api/orders/${id}/line`, { units });
    assert.equal(status, 201, JSON.stringify(body));
  }

  it('gets the same seat, key and balance with the printed code and a new PIN', async () => {
    const body = { tileId, recoveryCode: eva.recoveryCode, newPin };
    recoveredAtMs = clock.nowMs();
    const { status, body: answer } = await kiosk.post<Me>('/api/recovery', body);
    assert.equal(status, 200, JSON.stringify(answer));
    assert.equal(answer.member.seat, eva.seat);
    assert.equal(answer.member.name, eva.name);
    assert.equal(member().address, address);
    assert.deepEqual(await money(kiosk), start);
  });

  it('is signed out everywhere else', async () => {
    const { status, body } = await lostPhone.get('/api/money');
    assert.deepEqual([status, body.code], [401, 'session_expired']);
    const grant = await lostPhone.post('/api/grants', { pin: newPin });
    assert.deepEqual([grant.status, grant.body.code], [401, 'session_expired']);
  });

  it('has a PIN that works and one that does not', async () => {
    const other = await house.kiosk();
    const old = await other.post('/api/sessions', { tileId, pin: eva.pin });
    assert.deepEqual([old.status, old.body.code], [403, 'wrong_pin']);
    assert.equal((await other.post('/api/sessions', { tileId, pin: newPin })).status, 200);
    assert.equal((await lostPhone.post('/api/phones/session', { pin: eva.pin })).body.code, 'wrong_pin');
    assert.equal((await lostPhone.post<Me>('/api/phones/session', { pin: newPin })).body.member.seat, eva.seat);
  });

  it('still pays for the order that was joined before: it settles on chain', async () => {
    await join(ben, pending, 2);
    await house.until(() => order(pending).state === 'settled');
    const { body } = await lostPhone.get<Order>(`/api/orders/${pending}`);
    assert.deepEqual(body.myLine, { units: 4, amountMicros: 8_000_000, state: 'recorded', record: 'recorded' });
    assert.deepEqual(await money(lostPhone), { ...start, heldMicros: start.heldMicros - 8_000_000 });
    assert.deepEqual((await settlement()).differences, []);
  });

  it('is told on every device that new money waits for 48 hours, and it does', async () => {
    const untilMs = member().outgoingWaitsUntilMs!;
    assert.ok(untilMs >= recoveredAtMs + 48 * hourMs && untilMs <= clock.nowMs() + 48 * hourMs);
    for (const browser of [kiosk, lostPhone]) assert.equal((await me(browser)).outgoingWaitsUntilMs, untilMs);

    const later = await open();
    await join(lostPhone, later, 4);
    await join(ben, later, 2);
    assert.equal(order(later).state, 'executing');
    const intents = building().store.read((reader) =>
      reader
        .prepare(
          'SELECT intent_id AS id FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.public_id = @later',
        )
        .all<{ id: string }>({ later })
        .map(({ id }) => outbox.find(reader, id)!),
    );
    assert.equal(intents.find(({ seat }) => seat === eva.seat)!.notBeforeMs, untilMs);

    const sent = (await settlement()).attempts.length;
    clock.stepBy(47 * hourMs);
    await building().dispatcher.round();
    assert.equal(order(later).state, 'executing');
    assert.equal((await settlement()).attempts.length, sent);
    assert.deepEqual(
      (await settlement()).waiting.map(({ lane, count }) => [lane, count]),
      [['orders', 2]],
    );

    clock.stepBy(hourMs + 60_000);
    building().dispatcher.wake();
    await house.until(() => order(later).state === 'settled');
    assert.equal((await me(lostPhone)).outgoingWaitsUntilMs, undefined);
    assert.deepEqual((await settlement()).differences, []);
    assert.deepEqual(building().store.read(checkBooks), []);
  });

  it('can do it on a phone of their own, which then is approved', async () => {
    const phone = house.browser();
    const thirdPin = '402918';
    const body = { seat: eva.seat, recoveryCode: eva.recoveryCode, newPin: thirdPin };
    assert.equal((await phone.post<Me>('/api/recovery', body)).body.member.seat, eva.seat);
    const { body: known } = await phone.get<{ device: { kind: string } }>('/api/me');
    assert.equal(known.device.kind, 'phone');
    assert.equal((await lostPhone.post('/api/phones/session', { pin: newPin })).body.code, 'wrong_pin');
    assert.equal((await lostPhone.post('/api/phones/session', { pin: thirdPin })).status, 200);
    assert.equal(member().address, address);
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createJournal } from '../../src/journal/index.ts';
import { outbox } from '../../src/outbox/index.ts';
import { nobody, system } from '../../src/platform/ports/index.ts';
import type { Browser } from '../support/browser.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';

/** Everybody who sends something wrong. The members may sign unless their name says otherwise. */
export type Who =
  | 'nobody'
  | 'ana'
  | 'ben'
  | 'cal'
  | 'benNoGrant'
  | 'coordinator'
  | 'treasurer'
  | 'board'
  | 'maintainer'
  | 'gardener'
  | 'certifier'
  | 'kiosk'
  | 'padKiosk'
  | 'benAtKiosk'
  | 'expired'
  | 'borrowed'
  | 'garbage'
  | 'shortGarbage'
  | 'injected';

/** A building with an order in every state and people on every kind of device. Nothing in it is under way any more. */
export interface Scene {
  readonly house: TestHub;
  readonly cookies: Readonly<Record<Who, string>>;
  readonly seats: { readonly ana: number; readonly ben: number };
  readonly pins: { readonly ana: string; readonly ben: string };
  /** Of Ben: his tile, his phone. */
  readonly tileId: string;
  readonly bensPhoneId: string;
  readonly kioskId: string;
  readonly supplierId: string;
  readonly otherSupplierId: string;
  readonly goodId: string;
  readonly sensorName: string;
  readonly reference: string;
  /** Opened by Ana; Ben has joined the first three. */
  readonly orders: Readonly<
    Record<'open' | 'lastCall' | 'large' | 'settled' | 'cancelled' | 'failed' | 'awaiting', string>
  >;
  /** Ben has 300 g of the certified one, of which 200 g are left. He has reported the shift. */
  readonly lots: Readonly<Record<'recorded' | 'certified', string>>;
  readonly shift: string;
  /** A key of Ben's that his joining of `open` used. */
  readonly usedKey: string;
}

const hourMs = 3_600_000;

export async function createScene(): Promise<Scene> {
  const house = await createTestHub();
  const { hub, people } = house;
  const { store, jobs, orders: room } = hub.building!;
  const named = (role: string) => house.phone(house.personWith(role));
  const [ana, ben, cal] = await Promise.all([8, 13, 14].map((index) => house.phone(people[index]!)));
  const coordinator = await named('coordinator');
  const treasurer = await named('treasurer');

  const { body: goods } = await ana!.get<{ items: { id: string; supplierId: string }[] }>('/api/goods');
  const { id: goodId, supplierId } = goods.items[0]!;
  const { body: other } = await coordinator.post<{ id: string }>('/api/suppliers', { name: 'Valle Verde' });

  async function open(more: object = {}): Promise<string> {
    const { status, body } = await ana!.post<{ id: string }>('/api/orders', {
      ...newOrder({ supplierId, goodId }),
      ...more,
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }
  async function done(answer: Promise<{ status: number; body: unknown }>): Promise<void> {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
  }
  const join = (browser: Browser, id: string, units: number, idempotencyKey?: string) =>
    done(browser.post(`/api/orders/${id}/line`, { units }, { idempotencyKey }));
  const passDeadline = (id: string) =>
    store.act({ name: 'test.deadline', actor: system('test') }, (tx) => {
      tx.prepare('UPDATE orders SET deadline_at_ms = @past WHERE public_id = @id').run({ id, past: Date.now() - 1 });
    });
  const stateOf = (id: string) => store.read((reader) => room.view(reader, id, nobody))!.state;

  const usedKey = randomUUID();
  const orders = {
    open: await open(),
    lastCall: await open({ executes: 'at-last-call' }),
    large: await open({ targetMicros: 5_000_000_000, unitPriceMicros: 500_000_000 }),
    settled: await open(),
    cancelled: await open(),
    failed: await open(),
    awaiting: await open({ executes: 'at-last-call' }),
  };
  await join(ben!, orders.open, 1, usedKey);
  await join(ben!, orders.lastCall, 1);
  await join(ben!, orders.settled, 6);
  await join(ben!, orders.failed, 1);
  await join(ben!, orders.awaiting, 6);
  await done(coordinator.post(`/api/orders/${orders.cancelled}/cancel`));
  await passDeadline(orders.failed);
  await passDeadline(orders.awaiting);
  await jobs.find(({ name }) => name === 'orders.close')!.run(new AbortController().signal);

  const reference = 'WIRE-77';
  await done(treasurer.post('/api/deposits', { seat: people[8]!.seat, amountMicros: 1_000_000, reference }));
  const gardener = await named('gardener');
  const { body: sensor } = await gardener.post<{ id: string }>('/api/sensors', { name: 'Tower 9' });

  const certifier = await named('certifier');
  async function lot(): Promise<string> {
    return (await gardener.post<{ id: string }>('/api/lots', newLot())).body.id;
  }
  const lots = { recorded: await lot(), certified: await lot() };
  await done(certifier.post(`/api/lots/${lots.certified}/certificate`, { grams: 500 }));
  const shares = [{ seat: people[13]!.seat, grams: 300 }];
  await done(certifier.post('/api/harvests', { lotId: lots.certified, shares }));
  const { body: shifts } = await ben!.post<{ items: { id: string }[] }>('/api/shifts', newShift());

  const kiosk = await house.kiosk();
  const padKiosk = await house.kiosk();
  const lobby = await house.kiosk();
  const { body: tiles } = await kiosk.get<{ items: { tileId: string; label: string }[] }>('/api/tiles');
  const tileId = tiles.items.find(({ label }) => label === people[13]!.name)!.tileId;
  await done(lobby.post('/api/sessions', { tileId, pin: people[13]!.pin }));
  const meOf = async (browser: Browser) => (await browser.get<{ device: { id: string } }>('/api/me')).body;
  const expired = await house.phone(people[14]!);
  await store.act({ name: 'test.expire', actor: system('test') }, (tx) => {
    const id = hub.building!.members.authenticate(tokensOf(expired)).actor.sessionId;
    tx.prepare('UPDATE sessions SET expires_at_ms = @past WHERE id = @id').run({ id, past: Date.now() - 1 });
  });

  await house.until(() => stateOf(orders.settled) === 'settled' && store.read(outbox.waiting).length === 0);
  // The watcher books what the chain issued a moment later.
  const gro = createJournal('GRO', () => []);
  await house.until(() => store.read((reader) => gro.balance(reader, people[13]!.seat)).availableMicros > 0);
  // What ran out is taken away now instead of in the middle of the table.
  await jobs.find(({ name }) => name === 'members.expire')!.run(new AbortController().signal);

  const device = (browser: Browser) => browser.cookies().split('; ')[0]!;
  const session = (browser: Browser) => browser.cookies().split('; ')[1]!;
  const cookies: Record<Who, string> = {
    nobody: '',
    ana: ana!.cookies(),
    ben: ben!.cookies(),
    cal: cal!.cookies(),
    benNoGrant: (await house.phone(people[13]!, { mayNotSign: true })).cookies(),
    coordinator: coordinator.cookies(),
    treasurer: treasurer.cookies(),
    board: (await house.phone(people[9]!)).cookies(),
    maintainer: (await named('maintainer')).cookies(),
    gardener: gardener.cookies(),
    certifier: certifier.cookies(),
    kiosk: kiosk.cookies(),
    padKiosk: padKiosk.cookies(),
    benAtKiosk: lobby.cookies(),
    expired: expired.cookies(),
    borrowed: `${device(ben!)}; ${session(ana!)}`,
    garbage: `${device(ben!)}; stoop-session=${'A'.repeat(43)}`,
    shortGarbage: 'stoop-device=1; stoop-session=../../etc/passwd',
    injected: `stoop-session=' OR 1=1 --; stoop-device=<script>`,
  };
  return {
    house,
    cookies,
    seats: { ana: people[8]!.seat, ben: people[13]!.seat },
    pins: { ana: people[8]!.pin, ben: people[13]!.pin },
    tileId,
    bensPhoneId: (await meOf(ben!)).device.id,
    kioskId: (await meOf(kiosk)).device.id,
    supplierId,
    otherSupplierId: other.id,
    goodId,
    sensorName: sensor.id,
    reference,
    orders,
    lots,
    shift: shifts.items[0]!.id,
    usedKey,
  };
}

/** An order that anybody may open; six units fill it. */
export const newOrder = ({ supplierId, goodId }: { supplierId: string; goodId: string }) => ({
  title: 'Rice',
  supplierId,
  goodId,
  unit: 'bag',
  unitPriceMicros: 2_000_000,
  unitsPerCase: 6,
  targetMicros: 12_000_000,
  deadlineAtMs: Date.now() + hourMs,
  executes: 'at-target',
});

const today = () => new Date().toISOString().slice(0, 10);
export const newLot = () => ({ farm: 'Tower 1', crop: 'Lettuce', harvestedOn: today(), grams: 500 });
export const newShift = () => ({ work: 'Cleaned the towers', shifts: 1, doneOn: today() });

function tokensOf(browser: Browser): { deviceToken: string; sessionToken: string } {
  const [device, session] = browser.cookies().split('; ');
  return { deviceToken: device!.slice('stoop-device='.length), sessionToken: session!.slice('stoop-session='.length) };
}

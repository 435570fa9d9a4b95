import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Order } from '../src/modules/orders/index.ts';
import type { Answer, Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { digestOfTables } from './support/digest.ts';
import { enrolUpTo, phonesOf } from './support/residents.ts';

const residents = 50;
const priceMicros = 2_000_000;

interface Holds {
  readonly count: number;
  readonly seats: number;
  readonly micros: number;
}

interface Wave {
  readonly answers: Answer<Order>[];
  readonly commits: number;
  /** From the first request to the last answer. */
  readonly tookMs: number;
}

describe('fifty residents and one order', () => {
  let house: TestHub;
  let phones: Browser[];

  before(async () => {
    house = await createTestHub();
    const people = await enrolUpTo(house, residents + 1);
    phones = await phonesOf(house, people);
  });
  after(() => house.dispose());

  const store = () => house.hub.building!.store;
  const latecomer = () => phones[residents]!;

  async function open(units: number): Promise<string> {
    const [good] = (await latecomer().get<{ items: { id: string; supplierId: string }[] }>('/api/goods')).body.items;
    const { status, body } = await latecomer().post<Order>('/api/orders', {
      title: 'Rice',
      supplierId: good!.supplierId,
      goodId: good!.id,
      unit: 'bag',
      unitPriceMicros: priceMicros,
      unitsPerCase: 10,
      targetMicros: units * priceMicros,
      deadlineAtMs: Date.now() + 3_600_000,
      executes: 'at-target',
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body.id;
  }

  /** Everybody at once, each with the key of their intention. */
  async function join(id: string, keys: readonly string[]): Promise<Wave> {
    const commits = store().commits;
    const beganMs = performance.now();
    const answers = await Promise.all(
      keys.map((idempotencyKey, index) =>
        phones[index % residents]!.post<Order>(`/api/orders/${id}/line`, { units: 1 }, { idempotencyKey }),
      ),
    );
    return { answers, commits: store().commits - commits, tookMs: performance.now() - beganMs };
  }

  const holdsOf = (id: string, states: string): Holds =>
    store().read(
      (reader) =>
        reader
          .prepare(
            `SELECT COUNT(*) AS count, COUNT(DISTINCT seat) AS seats, COALESCE(SUM(amount_micros), 0) AS micros
           FROM holds WHERE subject_noun = 'order' AND subject_id = @id AND state IN (${states})`,
          )
          .get<Holds>({ id })!,
    );
  const linesOf = (id: string): Holds =>
    store().read(
      (reader) =>
        reader
          .prepare(
            `SELECT COUNT(*) AS count, COUNT(DISTINCT l.seat) AS seats, COALESCE(SUM(l.amount_micros), 0) AS micros
           FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.public_id = @id`,
          )
          .get<Holds>({ id })!,
    );
  const orderOf = async (id: string) => (await latecomer().get<Order>(`/api/orders/${id}`)).body;
  const keys = (count: number) => Array.from({ length: count }, () => randomUUID());
  const countOf = ({ answers }: Wave, status: number, code?: string) =>
    answers.filter((answer) => answer.status === status && (answer.body as { code?: string }).code === code).length;
  const each = (count: number): Holds => ({ count, seats: count, micros: count * priceMicros });

  it('sets fifty lines aside, one hold each, and a retry with the same keys changes nothing', async (t) => {
    const id = await open(2 * residents);
    const own = keys(residents);
    const wave = await join(id, own);
    t.diagnostic(`${residents} joins in ${Math.round(wave.tookMs)} ms, ${wave.commits} commits`);
    assert.equal(countOf(wave, 201), residents);
    // At most one COMMIT in ten milliseconds, whatever else the hub writes meanwhile.
    assert.ok(wave.commits < residents && wave.commits <= wave.tookMs / 10 + 2, `${wave.commits} commits`);

    const order = await orderOf(id);
    assert.equal(order.state, 'open');
    assert.equal(order.joinedCount, residents);
    assert.equal(order.committedMicros, residents * priceMicros);
    assert.equal(order.revision, 1 + residents, 'no update was lost');
    assert.deepEqual(linesOf(id), each(residents));
    assert.deepEqual(holdsOf(id, `'held'`), each(residents));

    const before = digestOfTables(store());
    const again = await join(id, own);
    assert.equal(countOf(again, 201), residents);
    assert.deepEqual(
      again.answers.map(({ body }) => body.myLine),
      wave.answers.map(({ body }) => body.myLine),
    );
    assert.deepEqual(digestOfTables(store()), before);
    assert.deepEqual(store().read(checkBooks), []);
  });

  it('takes a request that comes twice at the same moment once', async () => {
    const id = await open(2 * residents);
    const own = keys(residents);
    const wave = await join(id, [...own, ...own]);
    assert.equal(countOf(wave, 201), 2 * residents);
    assert.deepEqual(linesOf(id), each(residents));
    assert.deepEqual(holdsOf(id, `'held', 'released', 'charged', 'owed'`), each(residents));
    assert.deepEqual(store().read(checkBooks), []);
  });

  it('executes with the fiftieth, exactly at its target, and is closed to the next', async (t) => {
    const id = await open(residents);
    const money = await latecomer().get('/api/money');
    const wave = await join(id, keys(residents));
    t.diagnostic(`${residents} joins in ${Math.round(wave.tookMs)} ms, ${wave.commits} commits`);
    assert.equal(countOf(wave, 201), residents);
    const late = await latecomer().post(`/api/orders/${id}/line`, { units: 1 });
    assert.equal(late.body.code, 'order_closed');
    assert.deepEqual((await latecomer().get('/api/money')).body, money.body);

    const order = await orderOf(id);
    assert.equal(order.state, 'executing');
    assert.equal(order.committedMicros, order.targetMicros);
    assert.ok(wave.answers.some(({ body }) => body.state === 'executing'));
    assert.deepEqual(linesOf(id), each(residents));
    assert.deepEqual(holdsOf(id, `'charged'`), each(residents));
    assert.deepEqual(holdsOf(id, `'held', 'released', 'owed'`), each(0));
    assert.deepEqual(store().read(checkBooks), []);
  });

  it('lets in as many as it takes and charges no other', async () => {
    const places = 37;
    const id = await open(places);
    const wave = await join(id, keys(residents));
    assert.equal(countOf(wave, 201), places);
    assert.equal(countOf(wave, 409, 'order_closed'), residents - places);
    const order = await orderOf(id);
    assert.equal(order.state, 'executing');
    assert.equal(order.committedMicros, order.targetMicros);
    assert.deepEqual(linesOf(id), each(places));
    assert.deepEqual(holdsOf(id, `'charged'`), each(places));
    assert.deepEqual(holdsOf(id, `'held', 'released', 'owed'`), each(0));
    assert.deepEqual(store().read(checkBooks), []);
  });

  it('holds what every member sees: free and set aside and spent is what was paid in', async () => {
    for (const [index, phone] of phones.slice(house.people.length, residents).entries()) {
      const { body } = await phone.get<{ availableMicros: number; heldMicros: number; items: unknown[] }>('/api/money');
      const { body: mine } = await phone.get<{ items: Order[] }>('/api/orders?state=mine');
      const lines = mine.items.filter(({ myLine }) => myLine !== undefined);
      assert.equal(body.availableMicros, 100_000_000 - lines.length * priceMicros, `neighbour ${index + 1}`);
      assert.equal(body.heldMicros, lines.filter(({ state }) => state === 'open').length * priceMicros);
    }
  });
});

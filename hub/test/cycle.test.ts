import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Cycle, CycleArticle, CycleFill, MyBasket, MyShare } from '../src/modules/orders/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

interface Good {
  readonly id: string;
  readonly supplierId: string;
  readonly unitPriceMicros: number;
  readonly unitsPerCase: number;
}

const dayMs = 86_400_000;

describe('a cycle of two suppliers', () => {
  let house: TestHub;
  let coordinator: Browser;
  let members: Browser[];
  let goods: [Good, Good];

  before(async () => {
    house = await createTestHub();
    coordinator = await house.phone(house.personWith('coordinator'));
    members = await Promise.all([2, 4, 5].map((index) => house.phone(house.people[index]!)));
    goods = [
      await goodOf('Mill', { title: 'Oats', unit: 'bag', unitPriceMicros: 1_900_000, unitsPerCase: 20 }),
      await goodOf('Third floor', { title: 'Kombucha', unit: 'bottle', unitPriceMicros: 3_335_000, unitsPerCase: 6 }),
    ];
  });
  after(() => house.dispose());

  async function goodOf(name: string, good: object): Promise<Good> {
    const supplier = (await coordinator.post<{ id: string }>('/api/suppliers', { name })).body;
    return (await coordinator.post<Good>('/api/goods', { ...good, supplierId: supplier.id })).body;
  }

  const store = () => house.hub.building!.store;
  const money = async (browser: Browser) =>
    (await browser.get<{ availableMicros: number; heldMicros: number }>('/api/money')).body;

  async function opened(more: object = {}, articles: readonly object[] = [{}, {}]) {
    const now = Date.now();
    const { body: cycle, status } = await coordinator.post<Cycle>('/api/cycles', {
      title: 'Saturday pickup',
      lastCallAtMs: now + dayMs,
      closesAtMs: now + 2 * dayMs,
      pickupFromMs: now + 4 * dayMs,
      pickupToMs: now + 4 * dayMs + 3_600_000,
      policy: 'first-come',
      setsAside: 'at-commit',
      creditLimitMicros: 0,
      ifMissed: 'cancel',
      markupBasisPoints: 0,
      ...more,
    });
    assert.equal(status, 201, JSON.stringify(cycle));
    const ids: string[] = [];
    for (const [index, article] of articles.entries()) {
      const answer = await coordinator.post<{ id: string }>(`/api/cycles/${cycle.id}/articles`, {
        goodId: goods[index]!.id,
        ...article,
      });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      ids.push(answer.body.id);
    }
    await step(cycle.id, { to: 'open' });
    return { id: cycle.id, articles: ids };
  }

  async function step(id: string, body: object): Promise<Cycle> {
    const answer = await coordinator.post<Cycle>(`/api/cycles/${id}/steps`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  }

  const basketOf = async (browser: Browser, id: string) =>
    (await browser.get<MyBasket>(`/api/cycles/${id}/basket`)).body;
  const put = async (browser: Browser, id: string, items: readonly (readonly [string, number, number, number])[]) => {
    const { revision } = await basketOf(browser, id);
    return browser.put<MyBasket>(`/api/cycles/${id}/basket`, {
      revision,
      items: items.map(([articleId, atLeast, want, upTo]) => ({ articleId, atLeast, want, upTo })),
    });
  };
  const fill = async (id: string) => {
    const answer = await coordinator.post(`/api/cycles/${id}/filling`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return (await coordinator.get<CycleFill>(`/api/cycles/${id}/filling`)).body;
  };

  it('goes from baskets to the chain: shares, charges and what the journal says are one', async () => {
    const [a, b] = goods;
    const start = await Promise.all(members.map(money));
    const { id, articles } = await opened();
    const [x, y] = articles as [string, string];
    const u = a.unitsPerCase;
    // Of the first good one case and a half is wanted, of the second one unit and tolerance for a case.
    assert.equal(
      (
        await put(members[0]!, id, [
          [x, 0, u, u],
          [y, 0, 1, b.unitsPerCase],
        ])
      ).status,
      200,
    );
    assert.equal((await put(members[1]!, id, [[x, 0, Math.ceil(u / 2), Math.ceil(u / 2)]])).status, 200);
    const { items } = (await members[1]!.get<{ items: CycleArticle[] }>(`/api/cycles/${id}/articles`)).body;
    const progress = items.find((item) => item.id === x)!.progress;
    assert.equal(progress.cases, 1);
    assert.equal(progress.missing, u - Math.ceil(u / 2));
    assert.equal((await money(members[0]!)).heldMicros - start[0]!.heldMicros, worst(u, a) + worst(b.unitsPerCase, b));

    await step(id, { to: 'closed' });
    assert.equal((await put(members[0]!, id, [])).status, 409);
    const filling = await fill(id);
    assert.deepEqual(
      filling.articles.map(({ cases, units }) => ({ cases, units })),
      [
        { cases: 1, units: u },
        { cases: 1, units: b.unitsPerCase },
      ],
    );
    const shares = (await members[1]!.get<{ items: MyShare[] }>(`/api/cycles/${id}/shares`)).body.items;
    assert.deepEqual(
      shares.map(({ units, why }) => ({ units, why })),
      [{ units: 0, why: 'none' }],
    );
    const { status, body } = await coordinator.post<Cycle>(`/api/cycles/${id}/closings`, {
      revision: filling.revision,
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.state, 'ordered');
    const after = await Promise.all(members.map(money));
    assert.equal(start[0]!.availableMicros - after[0]!.availableMicros, worst(u, a) + worst(b.unitsPerCase, b));
    assert.deepEqual(after[1], { ...start[1], items: (after[1] as unknown as { items: unknown }).items });

    await house.until(
      () =>
        store().read((reader) =>
          reader
            .prepare(
              `SELECT 1 FROM orders o JOIN cycles c ON c.id = o.cycle_id WHERE c.public_id = @id AND o.state <> 'settled'`,
            )
            .get({ id }),
        ) === undefined,
    );
    const late = await coordinator.post(`/api/cycles/${id}/steps`, { to: 'closed', reason: 'too late' });
    assert.equal(late.body.code, 'already_sent');
    await step(id, { to: 'received' });
    await step(id, { to: 'picked-up' });
    await house.until(() => stateOf(id) === 'settled');
    const treasurer = await house.phone(house.personWith('treasurer'));
    const { body: settlement } = await treasurer.get<{ differences: string[] }>('/api/settlement');
    assert.deepEqual(settlement.differences, []);
    assert.deepEqual(store().read(checkBooks), []);
  });

  const worst = (units: number, { unitPriceMicros }: Good) => Math.ceil((units * unitPriceMicros) / 10_000) * 10_000;
  const stateOf = (id: string) =>
    store().read(
      (reader) => reader.prepare('SELECT state FROM cycles WHERE public_id = @id').get<{ state: string }>({ id })!,
    ).state;
});

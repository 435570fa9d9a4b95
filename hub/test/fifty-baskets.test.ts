import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { checkBooks } from '../src/journal/index.ts';
import type { Basket, Cycle, CycleArticle, MyBasket } from '../src/modules/orders/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { digestOfTables } from './support/digest.ts';
import { enrolUpTo, phonesOf } from './support/residents.ts';

const members = 50;
const dayMs = 86_400_000;

describe('fifty members and the same articles', () => {
  let house: TestHub;
  let phones: Browser[];
  let id: string;
  let articles: CycleArticle[];

  before(async () => {
    house = await createTestHub();
    phones = await phonesOf(house, await enrolUpTo(house, members));
    const coordinator = await house.phone(house.personWith('coordinator'));
    const { items } = (await coordinator.get<{ items: { id: string }[] }>('/api/goods')).body;
    const now = Date.now();
    const { body } = await coordinator.post<Cycle>('/api/cycles', {
      title: 'Saturday pickup',
      lastCallAtMs: now + dayMs,
      closesAtMs: now + 2 * dayMs,
      pickupFromMs: now + 3 * dayMs,
      pickupToMs: now + 3 * dayMs,
      policy: 'pro-rata',
      setsAside: 'at-commit',
      creditLimitMicros: 0,
      ifMissed: 'cancel',
      markupBasisPoints: 0,
    });
    id = body.id;
    for (const good of items.slice(0, 2)) await coordinator.post(`/api/cycles/${id}/articles`, { goodId: good.id });
    await coordinator.post(`/api/cycles/${id}/steps`, { to: 'open' });
    articles = await offered();
  });
  after(() => house.dispose());

  const store = () => house.hub.building!.store;
  const offered = async () =>
    (await phones[0]!.get<{ items: CycleArticle[] }>(`/api/cycles/${id}/articles`)).body.items;
  const wish = (article: number, want: number, upTo: number) => ({
    articleId: articles[article]!.id,
    atLeast: 0,
    want,
    upTo,
  });
  /** Everybody at once, each with the key of their intention. */
  const putAll = (keys: readonly string[], basketOf: (member: number) => Basket) =>
    Promise.all(
      keys.map((idempotencyKey, index) =>
        phones[index % members]!.call<MyBasket & { code?: string }>(
          'PUT',
          `/api/cycles/${id}/basket`,
          basketOf(index % members),
          {
            idempotencyKey,
          },
        ),
      ),
    );
  const keys = (count: number) => Array.from({ length: count }, () => randomUUID());
  const held = () =>
    store().read(
      (reader) =>
        reader
          .prepare(
            `SELECT COUNT(*) AS count, COUNT(DISTINCT h.seat) AS seats, SUM(h.amount_micros) AS micros
          FROM holds h JOIN orders o ON o.public_id = h.subject_id WHERE o.kind = 'cycle' AND h.state = 'held'`,
          )
          .get<{ count: number; seats: number; micros: number }>()!,
    );

  it('loses no update and holds nothing twice, however often they ask', async () => {
    const [rice, beans] = articles.map(({ tiers }) => tiers[0]!.unitPriceMicros) as [number, number];
    const first = keys(members);
    const one = (member: number): Basket => ({ revision: 0, items: [wish(0, 1 + (member % 3), 4), wish(1, 1, 1)] });
    // Each request twice at the same moment.
    const answers = await putAll([...first, ...first], one);
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200], JSON.stringify(answers[0]!.body));
    const wants = Array.from({ length: members }, (_, member) => 1 + (member % 3));
    const wanted = wants.reduce((sum, want) => sum + want, 0);
    const [riceNow, beansNow] = (await offered()).map(({ progress }) => progress);
    assert.deepEqual([riceNow!.wantedUnits, riceNow!.toleratedUnits], [wanted, 4 * members - wanted]);
    assert.deepEqual([beansNow!.wantedUnits, beansNow!.memberCount], [members, members]);
    assert.deepEqual(held(), { count: members, seats: members, micros: members * (4 * rice + beans) });

    // Everybody changes their mind at once, from the basket that they saw.
    const second = keys(members);
    const two: Basket = { revision: 1, items: [wish(1, 2, 3)] };
    assert.ok((await putAll(second, () => two)).every(({ status }) => status === 200));
    assert.deepEqual(
      (await offered()).map(({ progress }) => progress.wantedUnits),
      [0, 2 * members],
    );
    assert.deepEqual(held(), { count: members, seats: members, micros: 3 * members * beans });

    const before = digestOfTables(store());
    assert.ok((await putAll(second, () => two)).every(({ status }) => status === 200));
    const stale = await putAll(keys(members), () => ({ revision: 1, items: [] }));
    assert.deepEqual([...new Set(stale.map(({ status, body }) => `${status} ${body.code}`))], ['409 conflict']);
    assert.deepEqual(digestOfTables(store()), before);
    assert.deepEqual(store().read(checkBooks), []);
  });

  it('lets one of two changes of the same basket win, whole', async () => {
    const revision = (await phones[0]!.get<MyBasket>(`/api/cycles/${id}/basket`)).body.revision;
    const [a, b] = [wish(0, 3, 3), wish(1, 5, 5)];
    const answers = await Promise.all(
      [a, b].map((item) =>
        phones[0]!.put<MyBasket & { code?: string }>(`/api/cycles/${id}/basket`, { revision, items: [item] }),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const winner = answers.find(({ status }) => status === 200)!.body;
    const { body } = await phones[0]!.get<MyBasket>(`/api/cycles/${id}/basket`);
    assert.equal(body.revision, revision + 1);
    assert.deepEqual(body.items, winner.items);
    assert.equal(held().count, members);
    assert.deepEqual(store().read(checkBooks), []);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Order } from '../../src/modules/orders/index.ts';
import type { Good, Supplier } from '../../src/modules/suppliers/index.ts';
import type { Browser } from '../support/browser.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import type { Visit } from './support/visit.ts';

type List<T> = { items: T[] };
const csv = (...rows: string[]) => Buffer.from(['SKU,Description,Case Qty,Case Cost', ...rows].join('\r\n'));

describe('a coordinator with a supplier’s price file', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let desk: Visit;
  let api: Browser;
  let supplierId: string;

  before(async () => {
    house = await createTestHub();
    const coordinator = house.personWith('coordinator');
    api = await house.phone(coordinator);
    const { items } = (await api.get<List<Supplier>>('/api/suppliers')).body;
    supplierId = items.find(({ name }) => name.startsWith('Hunts Point'))!.id;
    chromium = await startChromium();
    desk = await chromium.visit(house.http, { device: 'phone' });
    await desk.use(await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Desk', seat: coordinator.seat }));
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  const list = async () =>
    (await api.get<List<Good>>(`/api/goods?supplier=${supplierId}&status=any&limit=100`)).body.items.map(
      ({ title, unitPriceMicros, status }) => [title, unitPriceMicros, status],
    );
  async function look(buffer: Buffer): Promise<void> {
    await desk.page
      .getByLabel('The supplier’s file')
      .setInputFiles({ name: 'november.csv', mimeType: 'text/csv', buffer });
    await desk.page.getByRole('button', { name: 'Look at it first' }).tap();
  }
  const apply = () => desk.page.getByRole('button', { name: 'Put it in force' });

  it('is told what is wrong with one, and nothing changes', async () => {
    const held = await list();
    await desk.load(`/suppliers/${supplierId}/prices`);
    await look(csv('HP-1001,Rice,12,43.20', 'HP-1002,=cmd(),20,38.00'));
    await desk.page.getByText('Row 3, column B (Description): is a formula').waitFor();
    assert.deepEqual(await list(), held);
  });

  it('looks, confirms the price that moves far, puts it in force and takes it back', async () => {
    const held = await list();
    const { page } = desk;
    await look(
      csv(
        'HP-1001,"Long-grain rice, 5 lb bag",12,86.40',
        'HP-1002,"Black beans, 2 lb bag",20,39.00',
        'HP-9,Figs,8,40.00',
      ),
    );
    await page.getByText('1 price moves far.').waitFor();
    assert.ok(await apply().isDisabled());
    await page.getByText('$3.60 → $7.20 (+100%)').waitFor();
    assert.deepEqual(await list(), held);

    await page.getByRole('button', { name: 'The price is right: Long-grain rice, 5 lb bag' }).tap();
    await page.getByText('$1.90 → $1.95 (+2.6%)').waitFor();
    await apply().tap();
    await page.getByText('Done. The new prices hold').waitFor();
    const now = await list();
    assert.deepEqual(
      now.find(([title]) => title === 'Figs'),
      ['Figs', 5_000_000, 'on-sale'],
    );
    assert.deepEqual(now.find(([title]) => String(title).includes('rice'))?.[1], 7_200_000);
    assert.deepEqual(now.find(([title]) => String(title).startsWith('Olive'))?.[2], 'out');

    // Whoever joins an order that is open pays what it was opened at.
    const orders = (await api.get<List<Order>>('/api/orders?state=open')).body.items;
    assert.equal(orders.find(({ title }) => title.includes('rice'))?.unitPriceMicros, 3_600_000);

    await page.getByRole('button', { name: 'Put back what held before' }).tap();
    await page.getByText('What held before the file holds again.').waitFor();
    assert.deepEqual(await list(), held);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { addressOf, memberOf } from '../../src/modules/members/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import type { Visit } from './support/visit.ts';

// One building: each test goes on where the one before has ended.
describe('officers who make something good, and who end a seat', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let desk: Visit;
  let board: Visit;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
    desk = await visitOf(house.personWith('treasurer'));
    board = await visitOf(house.personWith('board'));
    await earn();
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  async function visitOf(person: DemoPerson): Promise<Visit> {
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Desk', seat: person.seat });
    const visit = await chromium.visit(house.http, { device: 'phone' });
    await visit.use(tokens);
    return visit;
  }
  /** An order that goes ahead: the co-op's own account then has something to give. */
  async function earn(): Promise<void> {
    const { demo, orders, store } = house.hub.building!;
    const browser = await house.phone(house.people[0]!);
    const { items } = (await browser.get<{ items: { id: string; executes: string }[] }>('/api/orders')).body;
    const { id } = items.find(({ executes }) => executes === 'at-target')!;
    await browser.post(`/api/orders/${id}/line`, { units: 1 });
    await demo!.sendNeighbours(id);
    await house.until(() => store.read((reader) => orders.view(reader, id, { roles: [] }))?.state === 'settled');
  }
  const card = (visit: Visit, text: string) => visit.page.locator('section.card').filter({ hasText: text });

  it('gives back what came spoiled, at once when it is little, and the chain has it', async () => {
    const { page } = desk;
    const { chain, store } = house.hub.building!;
    const someone = house.people[9]!;
    const address = store.read((reader) => addressOf(reader, someone.seat))!;
    const balance = async () =>
      Number(await chain.reads!.read<bigint>({ contract: 'FoodUSD', fn: 'balanceOf', args: [address] }, 'finalized'));
    await desk.load('/treasurer/reversals');
    await page.getByText('Make something good').first().click();
    await page.getByLabel('Who gets it?').selectOption(String(someone.seat));
    await page.getByLabel('Amount in dollars').fill('1000');
    await page.getByText('At most $100.00 at once.').waitFor();
    await page.getByLabel('Amount in dollars').fill('2.50');
    await page.getByLabel('Why?').fill('Three eggs were broken');
    const before = await balance();
    await page.getByRole('button', { name: 'Give $2.50 back' }).click();
    await page.getByText(`$2.50 is on its way to ${someone.name}.`).waitFor();
    await card(desk, 'Three eggs were broken').getByText('Recorded', { exact: true }).waitFor();
    assert.equal((await balance()) - before, 2_500_000);
  });

  it('asks a second officer above the threshold, who may not agree', async () => {
    const { page } = desk;
    await page.getByLabel('Who gets it?').selectOption(String(house.people[9]!.seat));
    await page.getByLabel('Amount in dollars').fill('26');
    await page.getByLabel('Why?').fill('A whole box');
    await page.getByRole('button', { name: 'Give $26.00 back' }).click();
    await card(desk, 'A whole box').getByText('Waits for a second officer').waitFor();
    assert.equal(await card(desk, 'A whole box').getByRole('button', { name: 'Agree', exact: true }).count(), 0);
    await board.load('/treasurer/reversals');
    await card(board, 'A whole box').getByRole('button', { name: 'Do not agree' }).click();
    await card(board, 'A whole box').getByText('A second officer did not agree').waitFor();
    await card(desk, 'A whole box').getByText('A second officer did not agree').waitFor();
  });

  it('ends a seat for good, with its reason, and the registry says so', async () => {
    const { page } = board;
    const leaver = house.people[19]!;
    const listed = page.getByRole('listitem').filter({ hasText: leaver.name });
    await board.load('/board');
    await page.getByRole('button', { name: `Change tasks of ${leaver.name}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('End the seat', { exact: true }).click();
    assert.ok(await dialog.getByRole('button', { name: 'End the seat for good' }).isDisabled());
    await dialog.getByLabel('Why?').fill('Moved to Yonkers');
    await dialog.getByRole('button', { name: 'End the seat for good' }).click();
    await dialog.waitFor({ state: 'detached' });
    await listed.getByText('The seat was given back').waitFor();
    const { store } = house.hub.building!;
    assert.ok(store.read((reader) => memberOf(reader, leaver.seat))!.retiredAtMs !== undefined);
  });
});

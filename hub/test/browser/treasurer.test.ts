import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Reconciliation } from '../../src/modules/treasury/index.ts';
import { depositReferenceOf } from '../../src/modules/treasury/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import type { Visit } from './support/visit.ts';

// One morning at the desk: each test goes on where the one before has ended.
describe('the treasurer at the desk', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let desk: Visit;
  let board: Visit;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
    desk = await visitOf('treasurer');
    board = await visitOf('board');
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  async function visitOf(role: string): Promise<Visit> {
    const { members } = house.hub.building!;
    const tokens = await members.openDoor({ kind: 'phone', name: role, seat: house.personWith(role).seat });
    const visit = await chromium.visit(house.http, { device: 'phone', width: 1280 });
    await visit.use(tokens);
    return visit;
  }
  const row = (visit: Visit, text: string) => visit.page.getByRole('row').filter({ hasText: text });

  it('looks at a bank’s file, imports it, books what is matched and names the rest', async () => {
    const [ana, isaac] = [house.people[2]!, house.people[8]!];
    const csv = [
      'Date,Description,Credit,Debit,Balance',
      `11/20/2026,ZELLE ${depositReferenceOf(ana.seat)},40.50,,1040.50`,
      `11/21/2026,"TRANSFER ${isaac.name}",25.00,,1065.50`,
      '11/21/2026,MONTHLY FEE,,3.50,1062.00',
    ].join('\r\n');
    const { page } = desk;
    await desk.load('/treasurer/bank');
    await page.getByLabel('Which bank?').fill('Credit Union');
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'nov.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('button', { name: 'Look at it first' }).click();
    await page.getByText('3 bookings', { exact: true }).waitFor();
    await page.getByText('$1,062.00').waitFor();
    await page.getByRole('button', { name: 'Import 3 bookings' }).click();
    await page.getByText('3 new lines came in.').waitFor();
    await page.getByRole('button', { name: 'Book 1 matched line' }).click();
    await page.getByText('1 deposit was booked.').waitFor();
    await row(desk, isaac.name).getByRole('button', { name: 'Name it' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `It is ${isaac.name}’s` })
      .click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row(desk, 'MONTHLY FEE').getByRole('button', { name: 'Name it' }).click();
    await page.getByRole('dialog').getByLabel('It is').selectOption('fee');
    await page.getByRole('dialog').getByRole('button', { name: 'Keep that' }).click();
    await page.getByText('No lines here').waitFor();
    await page.getByRole('button', { name: 'Attest $1,062.00' }).waitFor();
    await page.getByRole('button', { name: 'Book 1 matched line' }).click();
    await page.getByText('1 deposit was booked.').waitFor();
  });

  it('takes cash, prints the receipt and counts the till', async () => {
    const { page } = desk;
    await desk.go('/treasurer/cash');
    await page.getByLabel('What is in it now').fill('0');
    await page.getByRole('button', { name: 'Open the till' }).click();
    await page.getByText('Should be in it').first().waitFor();
    await page.getByLabel('Whose deposit?').selectOption(String(house.people[4]!.seat));
    await page.getByLabel('Amount in dollars').first().fill('20');
    await page.getByRole('button', { name: 'Take $20.00' }).click();
    await page.getByText(/Receipt 1: \$20\.00 from/).waitFor();
    const printed = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Print the receipt', exact: true }).click();
    assert.equal((await printed).suggestedFilename(), 'receipt-1.pdf');
    await page.getByLabel('Counted').fill('19.95');
    await page.getByLabel('Why does it differ?').fill('a nickel under the drawer');
    await page.getByRole('button', { name: 'Count and close' }).click();
    await row(desk, 'a nickel under the drawer').getByText('−$0.05').waitFor();
  });

  it('reconciles: every cent has a name', async () => {
    const { page } = desk;
    await desk.go('/treasurer/reconciliation');
    await page.getByText('Every cent of it has a name').first().waitFor();
    await page.getByRole('row').filter({ hasText: 'Differences of till counts' }).getByText('−$0.05').waitFor();
    assert.equal(await page.getByText('Without explanation').count(), 0);
    const treasurer = await house.phone(house.personWith('treasurer'));
    const { pairs } = (await treasurer.get<Reconciliation>('/api/reconciliation')).body;
    for (const { unexplainedMicros } of pairs) assert.equal(unexplainedMicros, 0);
  });

  it('asks for a reversal that a second officer confirms', async () => {
    const name = house.people[8]!.name;
    await desk.go('/treasurer/deposits');
    await row(desk, name).first().getByRole('button', { name: 'Reverse' }).click();
    await desk.page.getByLabel('Why?').fill('It was for the garden');
    await desk.page.getByRole('button', { name: 'Ask for it' }).click();
    await desk.page.getByText('Waits for a second officer').waitFor();
    assert.equal(await desk.page.getByRole('button', { name: 'Confirm' }).count(), 0);
    await board.load('/treasurer/reversals');
    await board.page.getByRole('button', { name: 'Confirm' }).click();
    await board.page.getByText(/^Reversed, confirmed by/).waitFor();
    await desk.page.getByText(/^Reversed, confirmed by/).waitFor();
  });

  it('prints a member’s statement and the books', async () => {
    const { page } = desk;
    await desk.go('/treasurer/papers');
    await page.getByLabel('Member', { exact: true }).selectOption(String(house.people[2]!.seat));
    for (const [link, file] of [
      ['PDF to print', /^statement-3-.*\.pdf$/],
      ['For beancount', /^books-.*\.beancount$/],
    ] as const) {
      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name: link }).click();
      assert.match((await saved).suggestedFilename(), file);
    }
  });

  it('sees on the morning page what needs somebody, and that food stamps are not handled', async () => {
    await desk.go('/treasurer');
    await desk.page.getByText(/EBT \/ SNAP is not handled here/).waitFor();
    await desk.page.getByRole('heading', { name: 'What settling costs' }).waitFor();
  });
});

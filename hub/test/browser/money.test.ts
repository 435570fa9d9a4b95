import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { violationsOn } from './support/axe.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { enterPin } from './support/glass.ts';
import type { Visit } from './support/visit.ts';

// One building: each test goes on where the one before has ended.
describe('a member who sends money and gets it back', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let sender: DemoPerson;
  let receiver: DemoPerson;
  let visit: Visit;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
    [sender, receiver] = [house.people[12]!, house.people[13]!];
    visit = await phoneOf(sender, 'en');
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  async function phoneOf(person: DemoPerson, language: 'en' | 'es'): Promise<Visit> {
    const phone = await chromium.visit(house.http, { device: 'phone', language });
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Phone', seat: person.seat });
    const browser = house.browser();
    browser.keep(tokens);
    await browser.put('/api/me/language', { language });
    await phone.use(tokens);
    await phone.load('/me/money');
    return phone;
  }

  it('sends to a neighbour with one button and the PIN, and reads that it is on its way or recorded', async () => {
    const { page } = visit;
    // Before the PIN the hub asks for it.
    visit.expects(/status of 403.*transfers/);
    await page.getByRole('link', { name: 'Send money to a neighbor' }).tap();
    await page.getByLabel('Who gets it?').selectOption({ label: receiver.name });
    await page.getByLabel('Amount in dollars').fill('100000');
    await page.getByText('free to use.').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled());
    await page.getByLabel('Amount in dollars').fill('4.50');
    await page.getByLabel('A word for them, if you like').fill('For the bread');
    await page.getByText(`${receiver.name} gets $4.50 as soon as it is recorded.`).waitFor();
    await page.getByRole('button', { name: 'Send $4.50' }).tap();
    await enterPin(page.getByRole('dialog', { name: 'Sign with your PIN' }), sender.pin, /^Sign$/);
    await page.getByText(`$4.50 is on its way to ${receiver.name}.`).waitFor();
    await visit.go('/me/money');
    await page.getByText(`To ${receiver.name}`, { exact: true }).waitFor();
    await house.until(
      () =>
        house.hub.building!.store.read((reader) =>
          reader.prepare("SELECT 1 FROM transfers WHERE state = 'recorded'").get(),
        ) !== undefined,
    );
    const other = await phoneOf(receiver, 'es');
    await other.page.getByText(`De ${sender.name}`, { exact: true }).waitFor();
    await other.context.close();
  });

  it('takes back what is still here', async () => {
    const { page } = visit;
    const { store } = house.hub.building!;
    await house.hub.building!.dispatcher.stop();
    await visit.go('/me/money/send');
    await page.getByLabel('Who gets it?').selectOption({ label: receiver.name });
    await page.getByLabel('Amount in dollars').fill('2');
    await page.getByRole('button', { name: 'Send $2.00' }).tap();
    await page.getByText(`$2.00 is on its way to ${receiver.name}.`).waitFor();
    await visit.go('/me/money');
    await page.getByRole('heading', { name: 'On its way' }).waitFor();
    await page.getByRole('button', { name: `Take it back: $2.00 to ${receiver.name}` }).tap();
    await page.getByText(`Not sent to ${receiver.name}; free again`).waitFor();
    assert.equal(await page.getByRole('heading', { name: 'On its way' }).count(), 0);
    const row = store.read((reader) =>
      reader.prepare('SELECT state FROM transfers ORDER BY id DESC LIMIT 1').get<{ state: string }>(),
    );
    assert.equal(row?.state, 'cancelled');
    await house.hub.building!.dispatcher.start(new AbortController().signal);
  });

  it('asks for money back and reads how far it is', async () => {
    const { page } = visit;
    await page.getByRole('link', { name: 'Get money back' }).tap();
    await page.getByLabel('Amount in dollars').fill('10');
    await page.getByLabel('How should the treasurer pay you?').fill('Cash');
    await page.getByRole('button', { name: 'Ask for $10.00' }).tap();
    await page.getByText('Asked for $10.00. The treasurer sees it.').waitFor();
    await page.getByText('Recorded. The treasurer pays you next.').waitFor();
  });

  it('raises the daily limit, reads from when it counts, and takes it back', async () => {
    const { page } = visit;
    const lookUp = house.hub.building!.jobs.find(({ name }) => name === 'limits.read')!;
    await lookUp.run(new AbortController().signal);
    await visit.go('/me/money/limit');
    await page.getByText('In one day up to $1,000.00 may leave your account.').waitFor();
    await page.getByLabel('New daily limit in dollars').fill('1500');
    await page.getByText('It goes up to $1,500.00 two days after it is recorded.').waitFor();
    await page.getByRole('button', { name: 'Set it to $1,500.00' }).tap();
    await page.getByText(/^From .* it is \$1,500\.00\.$/).waitFor();
    await page.getByRole('button', { name: 'Take it back: stay at $1,000.00' }).tap();
    await page.getByText(/^From .* it is/).waitFor({ state: 'detached' });
  });

  it('finds all pages without violations of WCAG 2.2 AA, in both themes', async () => {
    for (const at of ['/me/money', '/me/money/send', '/me/money/back', '/me/money/limit']) {
      await visit.go(at);
      for (const colorScheme of ['light', 'dark'] as const) {
        await visit.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await violationsOn(visit.page), [], `${at} ${colorScheme}`);
      }
    }
  });
});

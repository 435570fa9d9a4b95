import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { enterPin, signIn } from './support/glass.ts';
import type { Visit } from './support/visit.ts';

describe('the garden’s harvests on the page', () => {
  let house: TestHub;
  let chromium: TestChromium;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  const phoneOf = async ({ seat }: DemoPerson, language: 'en' | 'es' = 'en'): Promise<Visit> => {
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Own phone', seat });
    const browser = house.browser();
    browser.keep(tokens);
    await browser.put('/api/me/language', { language });
    const visit = await chromium.visit(house.http, { device: 'phone', language });
    await visit.use(tokens);
    await visit.load('/');
    return visit;
  };
  const resident = () => house.people.find(({ name }) => name === 'Isaac Boateng')!;

  it('go from the gardener over the certifier to a neighbour, who eats', async () => {
    const gardener = await phoneOf(house.personWith('gardener'));
    await gardener.go('/garden/harvests');
    await gardener.page.getByText('Nothing was harvested yet').waitFor();
    await gardener.page.getByText('Write down a harvest').tap();
    await gardener.page.getByText('Basil').tap();
    await gardener.page.getByLabel('Where did it grow?').fill('Tower 1');
    await gardener.page.getByLabel('How many grams in all?').fill('1,000');
    await gardener.page.getByRole('button', { name: 'Write it down' }).tap();
    await gardener.page.getByText('Written down: 1,000 g of Basil. The certifier weighs it next.').waitFor();
    await gardener.page.getByText('Waits for the certifier', { exact: true }).waitFor();

    const certifier = await phoneOf(house.personWith('certifier'));
    const { page } = certifier;
    await certifier.go('/garden/harvests');
    await page.getByRole('button', { name: 'Confirm the weight' }).tap();
    const weighing = page.getByRole('dialog', { name: 'Confirm the weight' });
    await weighing.getByLabel('What did you weigh, in grams?').fill('1001');
    await weighing.getByText('Whole grams, at most 1,000 g.').waitFor();
    await weighing.getByLabel('What did you weigh, in grams?').fill('900');
    await weighing.getByText('You say: 900 g of Basil are good and may be handed out.').waitFor();
    await weighing.getByRole('button', { name: 'Confirm' }).tap();
    await page.getByText('0 g handed out, 900 g left').waitFor();
    await page.getByRole('button', { name: 'Hand it out' }).tap();
    const handing = page.getByRole('dialog', { name: 'Hand it out' });
    await handing.getByLabel(resident().name).check();
    await handing.getByLabel('Rosa Delgado').check();
    await handing.getByLabel('How many grams each?').fill('300');
    await handing.getByText('2 neighbors get 300 g each, 600 g in all.').waitFor();
    await handing.getByRole('button', { name: 'Hand it out' }).tap();
    await page.getByText('600 g handed out, 300 g left').waitFor();

    const visit = await phoneOf(resident());
    visit.expects(/status of 403.*consumptions/);
    await visit.go('/garden/harvests');
    await visit.page.getByText('300 g', { exact: true }).waitFor();
    await visit.page.getByRole('button', { name: 'I ate it' }).tap();
    const eating = visit.page.getByRole('dialog', { name: 'I ate it' });
    await eating.getByLabel('How many grams?').fill('120');
    await eating.getByText('You ate 120 g of Basil.').waitFor();
    await eating.getByRole('button', { name: 'Yes, that is right' }).tap();
    await enterPin(visit.page.getByRole('dialog', { name: 'Sign with your PIN' }), resident().pin, /^Sign$/);
    await visit.page.getByText('180 g', { exact: true }).waitFor();
    await visit.page.getByText('What became of it').tap();
    const meal = visit.page.getByRole('listitem').filter({ hasText: 'You ate 120 g of Basil' });
    await meal.getByText('Recorded', { exact: true }).waitFor();
    await visit.page.getByText(/You have 0\.3 GRO/).waitFor();

    await page.getByRole('button', { name: 'Recall' }).tap();
    await page.getByRole('dialog', { name: 'Recall' }).getByRole('button', { name: 'Yes, recall it' }).tap();
    // On the neighbour's phone by itself.
    await visit.page.getByText('Do not eat').first().waitFor();
    assert.equal(await visit.page.getByRole('button', { name: 'I ate it' }).count(), 0);
    for (const each of [gardener, certifier, visit]) await each.context.close();
  });

  it('take a shift in the garden from the kiosk to a coordinator’s phone', async () => {
    const kiosk = await chromium.visit(house.http, { device: 'kiosk', language: 'en' });
    await kiosk.use(await house.hub.building!.members.openDoor({ kind: 'kiosk', name: 'Lobby' }));
    await kiosk.load('/');
    await signIn(kiosk.page, resident());
    await kiosk.go('/garden/shifts');
    await kiosk.page.getByLabel('What did you do?').fill('Cleaned tower 2');
    await kiosk.page.getByRole('button', { name: 'Write it down' }).tap();
    await kiosk.page.getByText('Waits for a coordinator').waitFor();

    const coordinator = await phoneOf(house.personWith('coordinator'), 'es');
    await coordinator.go('/garden/shifts');
    const shift = coordinator.page.getByRole('listitem').filter({ hasText: 'Cleaned tower 2' });
    await shift.getByText(/Isaac Boateng · 1 turno/).waitFor();
    await shift.getByRole('button', { name: 'Se hizo', exact: true }).tap();
    await coordinator.page.getByText('Ningún turno le espera.').waitFor();
    await kiosk.page.getByText('5 GRO earned').waitFor();
    for (const each of [kiosk, coordinator]) await each.context.close();
  });
});

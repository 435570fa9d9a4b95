import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import mqtt from 'mqtt';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { walkIn } from './support/glass.ts';

describe('the demonstration', () => {
  let house: TestHub;
  let chromium: TestChromium;

  before(async () => {
    // As after `npm start`: nobody has opened the officers' keys.
    house = await createTestHub({ areOfficersAsleep: true });
    chromium = await startChromium();
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  it('begins with a page that says what it is and offers four doors', async () => {
    const { page, load, context } = await chromium.visit(house.http, { device: 'phone' });
    await load('/');
    await page.getByRole('heading', { level: 1, name: 'A demonstration building' }).waitFor();
    assert.match(await page.locator('body').innerText(), /on its own chain/);
    assert.deepEqual(await page.getByRole('listitem').getByRole('button').locator('.name').allInnerTexts(), [
      'The lobby kiosk',
      'A resident’s phone',
      'The treasurer',
      'The maintainer',
    ]);
    await context.close();
  });

  const doors = [
    { door: 'kiosk', path: '/', shell: 'kiosk', heading: /What is filling now/ },
    { door: 'phone', path: '/', shell: 'phone', heading: /Hola, Rosa/ },
    { door: 'treasurer', path: '/treasurer', shell: 'phone', heading: /^Treasurer$/ },
    { door: 'maintainer', path: '/maintainer', shell: 'phone', heading: /^Maintainer$/ },
  ] as const;
  for (const { door, path, shell, heading } of doors) {
    it(`leads through the ${door}’s door to where it says, and back to the others`, async () => {
      const { page, context } = await chromium.visit(house.http, { device: door === 'kiosk' ? 'kiosk' : 'phone' });
      await walkIn(page, door);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      assert.equal(new URL(page.url()).pathname, path);
      assert.equal(await page.locator('html').getAttribute('data-shell'), shell);
      await page.getByRole('link', { name: /Other doors|Otras puertas/ }).tap();
      await page.getByRole('button', { name: /^(The lobby kiosk|El quiosco)/ }).waitFor();
      await context.close();
    });
  }

  it('shows the treasurer the passphrase of the officers’ keys, which open for a while and lock again', async () => {
    const visit = await chromium.visit(house.http, { device: 'phone' });
    const { page, context } = visit;
    await walkIn(page, 'treasurer');
    await visit.go('/treasurer/deposits');
    await page.getByLabel('Whose deposit?').selectOption({ index: 4 });
    await page.getByLabel('Amount in dollars').fill('12.50');
    await page.getByLabel('Receipt or transfer number').fill('RCPT-1');
    await page.getByRole('button', { name: 'Book $12.50' }).tap();
    await page.getByText('Done here. It waits for the treasurer’s signature.').waitFor();
    await visit.go('/treasurer');
    await page.getByRole('link', { name: '1 message waits for an officer’s signature.' }).tap();
    await page.getByText('1 message waits for a signature. Unlock the keys and it is signed.').waitFor();

    visit.expects(/status of 403.*officer-keys/);
    await page.getByLabel('Passphrase').fill('open sesame');
    await page.getByRole('button', { name: 'Unlock' }).tap();
    await page.getByText('That passphrase is not right.').waitFor();
    const shown = await page.getByText('The passphrase of this demonstration is').innerText();
    await page.getByLabel('Passphrase').fill(shown.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){2}/)![0]);
    await page.getByRole('button', { name: 'Unlock' }).tap();
    await page.getByText(/signed at once, for another 1[45] min/).waitFor();
    await page.getByText('Nothing waits for a signature').waitFor();
    await page.getByRole('button', { name: 'Lock now' }).tap();
    await page.getByText('The officers’ keys are locked').waitFor();
    await visit.go('/treasurer/deposits');
    await page.getByText('Recorded', { exact: true }).first().waitFor();
    await context.close();
  });

  it('has a guided day that can be done by touching what it shows', async () => {
    const { page, context } = await chromium.visit(house.http, { device: 'phone' });
    await walkIn(page, 'phone');
    const step = (name: string) => page.getByRole('listitem').filter({ hasText: name });
    await step('Únase a un pedido').getByRole('link').tap();
    await page.getByRole('link', { name: /Huevos marrones/ }).tap();
    await page.getByRole('button', { name: /^Unirse por/ }).tap();
    await page.getByText(/Listo\. Usted lleva/).waitFor();
    await page.getByRole('button', { name: 'Que se unan los vecinos' }).tap();
    await page.getByText('Registrado', { exact: true }).first().waitFor();

    await page.getByRole('link', { name: 'Inicio' }).tap();
    for (const name of ['Únase a un pedido', 'Mire cómo se registra']) await step(name).getByText('hecho').waitFor();
    const { sensors } = JSON.parse(readFileSync(join(house.dir, 'demo/sensors.json'), 'utf8')) as {
      sensors: { username: string; token: string }[];
    };
    const { username, token } = sensors[0]!;
    const sensor = await mqtt.connectAsync(house.mqtt, { username, password: token });
    await sensor.publishAsync(`stoop/${username}/ph`, '6.21', { qos: 1 });
    await step('Vea moverse un sensor').getByText('hecho').waitFor();
    await step('Vea moverse un sensor').getByRole('link').tap();
    await page.getByText('6.21').waitFor();
    await sensor.endAsync();
    await context.close();
  });
});

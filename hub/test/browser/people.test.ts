import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import mqtt, { type MqttClient } from 'mqtt';
import type { Page } from 'playwright-core';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { lanName, startChromium, type TestChromium } from './support/chromium.ts';
import { signIn, signOut, walkIn } from './support/glass.ts';
import type { Visit } from './support/visit.ts';

interface Settlement {
  journalMicros: number;
  supplyMicros: number;
  differences: unknown[];
  attempts: { lane: string; state: string; itemCount: number }[];
  waiting: unknown[];
}

const rice = /Long-grain rice/;
const portOf = (url: string): number => Number(new URL(url).port);

// One evening in the lobby: each test goes on where the one before has ended.
describe('people in the building', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let kiosk: Visit;
  let phone: Visit;
  let sensor: MqttClient;
  let kioskLoads = 0;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium({ trusts: house });
    kiosk = await chromium.visit(house.http, { device: 'kiosk' });
    phone = await chromium.visit(`https://${lanName}:${portOf(house.https)}`, { device: 'phone' });
    const { sensors } = JSON.parse(readFileSync(join(house.dir, 'demo/sensors.json'), 'utf8')) as {
      sensors: { username: string; token: string }[];
    };
    const { username, token } = sensors.find((each) => each.username === 'garden-air')!;
    sensor = await mqtt.connectAsync(house.mqtt, { username, password: token, reconnectPeriod: 100 });
    await walkIn(kiosk.page, 'kiosk');
    kiosk.page.on('load', () => kioskLoads++);
  });
  after(async () => {
    await sensor?.endAsync(true);
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  const person = (name: string) => house.people.find((each) => each.name === name)!;
  const measures = (value: number) =>
    sensor.publishAsync('stoop/garden-air/air_temperature', JSON.stringify({ value, takenAtMs: Date.now() }), {
      qos: 1,
    });
  const joinOne = async (page: Page, action: RegExp, done: RegExp) => {
    await page.getByRole('button', { name: action }).tap();
    await page.getByText(done).waitFor();
  };
  const settlement = async () => {
    const treasurer = await house.phone(house.personWith('treasurer'));
    return (await treasurer.get<Settlement>('/api/settlement')).body;
  };

  it('see on the open kiosk what a sensor has just measured, without loading the page anew', async () => {
    await measures(21.7);
    await kiosk.page.getByText('21.7').waitFor();
    await measures(23.4);
    await kiosk.page.getByText('23.4').waitFor();
    assert.equal(await kiosk.page.getByText('21.7').count(), 0);
    assert.equal(kioskLoads, 0);
  });

  it('sign in on the glass and join, one in English', async () => {
    const { page } = kiosk;
    await signIn(page, person('Olga Petrova'));
    await page.getByRole('link', { name: 'Group orders' }).tap();
    await page.getByRole('link', { name: rice }).tap();
    await joinOne(page, /^Join for \$3\.60$/, /Done\. You take 1 bag of Long-grain rice.*\$3\.60 is set aside/);
    await page.getByText('2 more bags and it goes ahead').waitFor();
    await signOut(page);
  });

  it('and another in Spanish, straight from the card in the lobby', async () => {
    const { page } = kiosk;
    await page.getByRole('link', { name: rice }).tap();
    await page.getByRole('link', { name: /Sign in to join/ }).tap();
    await page.getByRole('button', { name: 'Luis Ángel Cruz' }).tap();
    for (const digit of person('Luis Ángel Cruz').pin)
      await page.getByRole('button', { name: digit, exact: true }).tap();
    await page.getByRole('button', { name: /Sign in|Entrar/ }).tap();
    await joinOne(page, /^Unirse por \$3\.60$/, /Listo\. Usted lleva 1 bolsa de Arroz.*hay \$3\.60 apartados/);
    await page.getByText('1 bolsa más y se hace').waitFor();
    await signOut(page);
  });

  it('connect a phone with six digits from the kiosk, over HTTPS under the hub’s own name', async () => {
    await signIn(kiosk.page, person('Keisha Brown'));
    await kiosk.page.getByRole('link', { name: 'Connect a phone' }).tap();
    await kiosk.page.getByRole('button', { name: 'Connect a phone' }).tap();
    const digits = (await kiosk.page.getByText(/^\d{3} \d{3}$/).innerText()).replace(' ', '');
    await signOut(kiosk.page);

    await phone.page.goto('/phone');
    await phone.page.getByLabel('Six digits').fill(digits);
    await phone.page.getByRole('button', { name: 'Connect' }).tap();
    await phone.page.waitForURL((url) => url.pathname === '/');
    await phone.page.getByRole('link', { name: rice }).first().waitFor();
    assert.equal(await phone.page.evaluate<boolean>('window.isSecureContext'), true);
  });

  it('open that phone’s page without any network, with the last known state and its age', async () => {
    const { page, context } = phone;
    await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
    await page.reload();
    assert.equal(await page.evaluate<boolean>('navigator.serviceWorker.controller !== null'), true);
    await page.getByRole('link', { name: rice }).first().tap();
    // The card on the page before says "1 more bag" too: only the order's own page has the button.
    await page.getByRole('button', { name: /^Join for \$3\.60$/ }).waitFor();

    phone.expects(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
    await context.setOffline(true);
    await page.clock.setSystemTime(Date.now() + 10 * 60_000);
    await page.reload();
    await page.getByText('As it was 10 min ago').waitFor();
    await page.getByText('1 more bag and it goes ahead').waitFor();
    await page.getByText(/The hub does not answer\. You see what was known/).waitFor();

    await page.clock.setSystemTime(Date.now());
    await context.setOffline(false);
    await page.getByText(/The hub does not answer/).waitFor({ state: 'detached' });
    await page.getByText('As it was').waitFor({ state: 'detached' });
  });

  it('reach the target from the phone: one transaction, the chain equals the journal, the page says Recorded', async () => {
    const { page } = phone;
    await page.getByRole('button', { name: /^Join for \$3\.60$/ }).tap();
    const sheet = page.getByRole('dialog', { name: 'Sign with your PIN' });
    for (const digit of person('Keisha Brown').pin) await sheet.getByRole('button', { name: digit, exact: true }).tap();
    await sheet.getByRole('button', { name: 'Sign', exact: true }).tap();
    await page.getByText(/Done\. You take 1 bag of Long-grain rice/).waitFor();
    await page.getByText('Recorded', { exact: true }).first().waitFor();

    const { attempts, differences, waiting, journalMicros, supplyMicros } = await settlement();
    const orders = attempts.filter(({ lane }) => lane === 'orders');
    assert.deepEqual(
      orders.map(({ state, itemCount }) => ({ state, itemCount })),
      [{ state: 'final', itemCount: 8 }],
    );
    assert.deepEqual(differences, []);
    assert.deepEqual(waiting, []);
    assert.equal(journalMicros, supplyMicros);
  });

  it('show the treasurer that it is right to the cent', async () => {
    const desk = await chromium.visit(house.http, { device: 'phone', width: 1280 });
    await walkIn(desk.page, 'treasurer');
    await desk.page.getByText('Equal to the cent').waitFor();
    const orders = desk.page.getByRole('row').filter({ hasText: 'Orders' });
    assert.equal(await orders.count(), 1);
    await desk.context.close();
  });

  it('find it recorded at the kiosk too, in their own language', async () => {
    const { page } = kiosk;
    await signIn(page, person('Luis Ángel Cruz'));
    await page.getByRole('link', { name: 'Mis pedidos' }).tap();
    await page.getByRole('link', { name: /Arroz de grano largo/ }).tap();
    await page.getByText('Le costó $3.60.').waitFor();
    await page.getByText('Registrado', { exact: true }).first().waitFor();
    await signOut(page);
  });

  it('see the pages come back by themselves after hub and chain were started again, and all is still true', async () => {
    for (const visit of [kiosk, phone]) visit.expects(/ERR_|Failed to load resource/);
    const ports = { http: portOf(house.http), https: portOf(house.https), mqtt: portOf(house.mqtt) };
    await house.stop();
    await Promise.all([kiosk, phone].map(({ page }) => page.getByText(/The hub does not answer/).waitFor()));
    house = await createTestHub({
      dir: house.dir,
      config: (config) => ({
        ...config,
        http: { ...config.http, port: ports.http },
        https: { ...config.https, port: ports.https },
        mqtt: { ...config.mqtt, port: ports.mqtt },
      }),
    });
    for (const { page } of [kiosk, phone])
      await page.getByText(/The hub does not answer/).waitFor({ state: 'detached' });
    await measures(19.3);
    await kiosk.page.getByText('19.3').waitFor();
    assert.equal(kioskLoads, 0);
    await phone.page.getByText('Recorded', { exact: true }).first().waitFor();
    await house.until(() => house.hub.building!.chain.state().isOnline);
    const { attempts, differences } = await settlement();
    assert.deepEqual(
      attempts.filter(({ lane }) => lane === 'orders').map(({ state }) => state),
      ['final'],
    );
    assert.deepEqual(differences, []);
  });
});

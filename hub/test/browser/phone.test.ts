import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Request } from 'playwright-core';
import { demoSensorNames } from '../../../scripts/demo/sensor-values.ts';
import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { englishOn } from './support/english.ts';
import { enterPin } from './support/glass.ts';
import { type LivedIn, liveIn } from './support/lived-in.ts';
import { whatDoesNotFit } from './support/measure.ts';
import { placesOf } from './support/routes.ts';
import type { Visit } from './support/visit.ts';

describe('a resident’s phone', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let building: LivedIn;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
    building = await liveIn(house);
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  const person = (name: string) => house.people.find((each) => each.name === name)!;
  /** That person's approved phone; it may not sign until its owner has entered the PIN. */
  const phoneOf = async ({ seat }: DemoPerson, language: 'en' | 'es', width?: number): Promise<Visit> => {
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Own phone', seat });
    const browser = house.browser();
    browser.keep(tokens);
    await browser.put('/api/me/language', { language });
    const visit = await chromium.visit(house.http, { device: 'phone', language, width });
    await visit.use(tokens);
    await visit.load('/');
    return visit;
  };
  const onEveryPage = async (visit: Visit, look: () => Promise<string[]>): Promise<string[]> => {
    const found: string[] = [];
    for (const { at, route, shells } of placesOf(building)) {
      if (!shells.includes('phone') || at === '/' || route === '/*') continue;
      await visit.go(at);
      found.push(...(await look()).map((problem) => `${at}: ${problem}`));
    }
    return found;
  };

  for (const language of ['en', 'es'] as const) {
    it(`fits 320 px on every page in ${language}`, async () => {
      const visit = await phoneOf(building.officer, language, 320);
      assert.deepEqual(await onEveryPage(visit, () => whatDoesNotFit(visit.page)), []);
      await visit.context.close();
    });

    it(`fits with its text twice as large on every page in ${language}`, async () => {
      const visit = await phoneOf(building.officer, language);
      await visit.page.evaluate(`(() => {
        const root = document.documentElement;
        root.style.fontSize = 2 * parseFloat(getComputedStyle(root).fontSize) + 'px';
      })()`);
      assert.deepEqual(await onEveryPage(visit, () => whatDoesNotFit(visit.page)), []);
      await visit.context.close();
    });
  }

  it('speaks no English to whoever reads only Spanish, on any page', async () => {
    const visit = await phoneOf(building.officer, 'es');
    assert.deepEqual(await onEveryPage(visit, () => englishOn(visit.page, Object.values(demoSensorNames))), []);
    await visit.context.close();
  });

  it('asks for the PIN when money moves, and then does the same intention once', async () => {
    const isaac = person('Isaac Boateng');
    const heldMicros = async () => {
      const own = await house.phone(isaac, { mayNotSign: true });
      return (await own.get<{ heldMicros: number }>('/api/money')).body.heldMicros;
    };
    const heldBefore = await heldMicros();
    const visit = await phoneOf(isaac, 'en');
    const { page } = visit;
    visit.expects(/status of 40[13].*(line|grants)/);
    const writes: Request[] = [];
    page.on('request', (request) => request.method() === 'POST' && writes.push(request));
    await visit.go(`/orders/${building.openId}`);
    await page.getByRole('button', { name: 'Join for $8.40' }).tap();
    const sheet = page.getByRole('dialog', { name: 'Sign with your PIN' });
    await enterPin(sheet, isaac.pin === '0000' ? '1111' : '0000', /^Sign$/);
    await sheet.getByText('That PIN is not right.').waitFor();
    await enterPin(sheet, isaac.pin, /^Sign$/);
    await page.getByText(/Done\. You take 1 bottle of Olive oil/).waitFor();
    assert.equal(await sheet.count(), 0);

    const path = `/api/orders/${building.openId}/line`;
    assert.deepEqual(
      writes.map((request) => new URL(request.url()).pathname),
      [path, '/api/grants', '/api/grants', path],
    );
    const keys = await Promise.all([writes[0]!, writes[3]!].map((request) => request.headerValue('idempotency-key')));
    assert.equal(keys[0], keys[1]);
    assert.equal((await heldMicros()) - heldBefore, 8_400_000);
    await visit.context.close();
  });

  it('does nothing when the PIN sheet is closed', async () => {
    const visit = await phoneOf(person('Winston Clarke'), 'en');
    const { page } = visit;
    visit.expects(/status of 40[13].*line/);
    await visit.go(`/orders/${building.openId}`);
    await page.getByRole('button', { name: 'Join for $8.40' }).tap();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).tap();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Join for $8.40' }).waitFor();
    assert.equal(await page.getByText(/Done\./).count(), 0);
    await visit.context.close();
  });

  it('lets its owner in again with the PIN after signing out', async () => {
    const tomas = person('Tomás Guzmán');
    const visit = await phoneOf(tomas, 'es');
    const { page } = visit;
    await visit.go('/me');
    await page.getByRole('button', { name: 'Cerrar sesión', exact: true }).tap();
    await page.getByRole('link', { name: 'Yo', exact: true }).tap();
    await enterPin(page, tomas.pin, /^Entrar$/);
    await page.getByRole('heading', { level: 1, name: tomas.name, exact: true }).waitFor();
    await visit.context.close();
  });
});

describe('a phone while the building has no internet', () => {
  let house: TestHub;
  let chromium: TestChromium;

  before(async () => {
    house = await createTestHub({
      config: (config) => ({
        ...config,
        chain: { ...config.chain, isEmbedded: false, rpcUrls: ['http://127.0.0.1:9'] },
      }),
    });
    chromium = await startChromium();
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });

  it('says so, works on, and tells when it is recorded after all', async () => {
    const olga = house.people.find(({ name }) => name === 'Olga Petrova')!;
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Own phone', seat: olga.seat });
    const visit = await chromium.visit(house.http, { device: 'phone' });
    const { page } = visit;
    visit.expects(/status of 403|ERR_|Failed to load/);
    await visit.use(tokens);
    await visit.load('/');
    await page.getByText('No internet. Everything here still works.').waitFor();

    await page.getByRole('link', { name: /Long-grain rice/ }).tap();
    for (let more = 0; more < 2; more++) await page.getByRole('button', { name: 'One more' }).tap();
    await page.getByRole('button', { name: 'Join for $10.80' }).tap();
    await enterPin(page.getByRole('dialog'), olga.pin, /^Sign$/);
    await page.getByText(/Done\. You take 3 bags/).waitFor();
    await page.getByText('Done here. It will be recorded when the internet is back.').first().waitFor();

    const ports = { http: Number(new URL(house.http).port), https: Number(new URL(house.https).port) };
    await house.stop();
    house = await createTestHub({
      dir: house.dir,
      config: (config) => ({
        ...config,
        http: { ...config.http, port: ports.http },
        https: { ...config.https, port: ports.https },
      }),
    });
    await page.getByText('Recorded', { exact: true }).first().waitFor();
    await page.getByText('No internet').waitFor({ state: 'detached' });
  });
});

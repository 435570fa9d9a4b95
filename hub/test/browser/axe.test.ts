import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { violationsOn } from './support/axe.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { signIn, walkIn } from './support/glass.ts';
import { type LivedIn, liveIn } from './support/lived-in.ts';
import { type Place, placesOf } from './support/routes.ts';
import type { Visit } from './support/visit.ts';

const languages = ['en', 'es'] as const;
const themes = ['light', 'dark'] as const;

describe('axe finds nothing against WCAG 2.2 AA', () => {
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

  const inBothThemes = async ({ page }: Visit, where: string): Promise<string[]> => {
    const found: string[] = [];
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      found.push(...(await violationsOn(page)).map((violation) => `${where} ${colorScheme} ${violation}`));
    }
    return found;
  };
  const onAll = async (visit: Visit, places: readonly Place[], where: string): Promise<void> => {
    const found: string[] = [];
    for (const { at, route } of places) {
      // What the router does not know is loaded like any address that somebody types.
      if (route === '/*') await visit.load(at);
      else await visit.go(at);
      found.push(...(await inBothThemes(visit, `${where} ${at}`)));
      // A page that only says what went wrong proves nothing.
      const alerts = await visit.page.getByRole('alert').allInnerTexts();
      found.push(...alerts.map((alert) => `${where} ${at} says ${alert}`));
    }
    assert.deepEqual(found, []);
  };
  const placesIn = (shell: 'phone' | 'kiosk') => {
    const [home, ...others] = placesOf(building).filter(({ shells }) => shells.includes(shell));
    return [...others, home!];
  };

  for (const language of languages) {
    it(`on every route of the phone in ${language}`, async () => {
      const visit = await chromium.visit(house.http, { device: 'phone', language });
      const { members } = house.hub.building!;
      const { seat } = building.officer;
      const tokens = await members.openDoor({ kind: 'phone', name: 'Officer’s phone', seat });
      const browser = house.browser();
      browser.keep(tokens);
      await browser.put('/api/me/language', { language });
      await visit.use(tokens);
      await visit.load('/');
      await onAll(visit, placesIn('phone'), `phone ${language}`);
      await visit.context.close();
    });

    it(`on every route of the kiosk in ${language}, with somebody signed in`, async () => {
      const visit = await chromium.visit(house.http, { device: 'kiosk', language });
      await walkIn(visit.page, 'kiosk');
      await signIn(visit.page, building.officer);
      await visit.page.getByRole('button', { name: language === 'en' ? 'EN English' : 'ES Español' }).tap();
      await onAll(visit, placesIn('kiosk'), `kiosk ${language}`);
      await visit.context.close();
    });
  }

  it('on the resting kiosk in both languages at once, its tiles and its PIN pad', async () => {
    const visit = await chromium.visit(house.http, { device: 'kiosk' });
    const { page } = visit;
    await walkIn(page, 'kiosk');
    // The cards share the glass with what was arranged and an open vote: not every order is on the first turn.
    await page
      .getByRole('link', { name: /rice|Olive oil/ })
      .first()
      .waitFor();
    const found = await inBothThemes(visit, 'resting');
    await visit.go('/sign-in');
    found.push(...(await inBothThemes(visit, 'tiles')));
    await page.getByRole('button', { name: 'Rosa Delgado' }).tap();
    await page.getByRole('heading', { name: /Rosa Delgado/ }).waitFor();
    found.push(...(await inBothThemes(visit, 'PIN pad')));
    assert.deepEqual(found, []);
    await visit.context.close();
  });

  it('on what opens over a page: the PIN sheet, a question before leaving, and whether somebody is still here', async () => {
    const phone = await chromium.visit(house.http, { device: 'phone' });
    phone.expects(/status of 403.*line/);
    const { members } = house.hub.building!;
    const { seat } = building.officer;
    await phone.use(await members.openDoor({ kind: 'phone', name: 'Officer’s phone', seat }));
    await phone.load(`/orders/${building.openId}`);
    await phone.page.getByRole('button', { name: /^(Join|Unirse) / }).tap();
    await phone.page.getByRole('dialog').waitFor();
    const found = await inBothThemes(phone, 'PIN sheet');
    await phone.load(`/orders/${building.joinedId}`);
    await phone.page.getByRole('button', { name: /^(Leave the order|Salir del pedido)/ }).tap();
    await phone.page.getByRole('dialog').waitFor();
    found.push(...(await inBothThemes(phone, 'leaving')));
    await phone.context.close();

    const kiosk = await chromium.visit(house.http, { device: 'kiosk' });
    await kiosk.page.clock.install();
    await walkIn(kiosk.page, 'kiosk');
    await signIn(kiosk.page, building.officer);
    await kiosk.page.clock.fastForward(60_000);
    await kiosk.page.getByRole('dialog').waitFor();
    found.push(...(await inBothThemes(kiosk, 'still here')));
    assert.deepEqual(found, []);
    await kiosk.context.close();
  });

  it('on the demonstration’s first page and a phone that only looks', async () => {
    const visit = await chromium.visit(house.http, { device: 'phone', language: 'es' });
    await visit.page.goto('/');
    await visit.page.getByRole('button', { name: /^El quiosco/ }).waitFor();
    const found = await inBothThemes(visit, 'doors');
    for (const at of ['/me', '/me/money', '/phone', '/orders']) {
      await visit.go(at);
      found.push(...(await inBothThemes(visit, `looking ${at}`)));
    }
    assert.deepEqual(found, []);
    await visit.context.close();
  });
});

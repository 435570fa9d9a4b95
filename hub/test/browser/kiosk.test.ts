import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { system } from '../../src/platform/ports/index.ts';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { violationsOn } from './support/axe.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { enterPin, signIn, signOut, walkIn } from './support/glass.ts';
import { type LivedIn, liveIn } from './support/lived-in.ts';
import { smallTargets, whatDoesNotFit } from './support/measure.ts';
import { placesOf } from './support/routes.ts';
import type { Visit } from './support/visit.ts';

const minuteMs = 60_000;

describe('the kiosk in the lobby', () => {
  let house: TestHub;
  let chromium: TestChromium;
  let building: LivedIn;
  let kiosk: Visit;

  before(async () => {
    house = await createTestHub();
    chromium = await startChromium();
    building = await liveIn(house);
    kiosk = await chromium.visit(house.http, { device: 'kiosk' });
    // Nobody is signed in where each test begins, unless the one before failed.
    kiosk.expects(/status of 401.*sessions\/current/);
    await kiosk.page.clock.install();
    await walkIn(kiosk.page, 'kiosk');
  });
  after(async () => {
    const problems = await chromium?.close();
    await house?.dispose();
    assert.deepEqual(problems, []);
  });
  beforeEach(async () => {
    await kiosk.page.evaluate(`fetch('/api/sessions/current', {
      method: 'DELETE', headers: { 'idempotency-key': crypto.randomUUID() },
    })`);
    await kiosk.load('/');
  });

  const person = (name: string) => house.people.find((each) => each.name === name)!;
  const whoIsIn = () =>
    kiosk.page.evaluate<number | undefined>(
      `fetch('/api/me').then((answer) => answer.json()).then((me) => me.member?.seat)`,
    );

  it('rests in both languages at once', async () => {
    const { page } = kiosk;
    const heading = page.getByRole('heading', { level: 1 });
    assert.match(await heading.innerText(), /What is filling now\W+Lo que se está llenando/);
    await page.locator('[lang=es]', { hasText: 'y se hace' }).first().waitFor();
    await page.locator('[lang=en]', { hasText: 'and it goes ahead' }).first().waitFor();
    await page.getByRole('link', { name: 'It’s me Soy yo' }).waitFor();
    await page.getByText('The Concourse House').first().waitFor();
  });

  it('rests on one glass: nothing of it lies below', async () => {
    const { page } = kiosk;
    await page.getByText('Recorded').waitFor();
    await page.getByText('Air temperature').first().waitFor();
    const below = await page.evaluate<number>(`(() => {
      const main = document.querySelector('main');
      return main.scrollHeight - main.clientHeight;
    })()`);
    assert.equal(below, 0);
  });

  it('lets somebody in with four touches at most, beside the PIN', async () => {
    const { page } = kiosk;
    const olga = person('Olga Petrova');
    await page.evaluate(
      `window.touches = 0; addEventListener('pointerdown', () => window.touches++, { capture: true })`,
    );
    await signIn(page, olga);
    assert.ok((await page.evaluate<number>('window.touches')) - olga.pin.length <= 4);
    assert.equal(await whoIsIn(), olga.seat);
    await signOut(page);
    assert.equal(await whoIsIn(), undefined);
  });

  it('says what a wrong PIN leads to, and takes the right one afterwards', async () => {
    const { page } = kiosk;
    kiosk.expects(/status of 40[13].*api\/sessions/);
    const nelson = person('Nelson Figueroa');
    await page.getByRole('link', { name: /It’s me/ }).tap();
    await page.getByRole('button', { name: nelson.name }).tap();
    await enterPin(page, nelson.pin === '0000' ? '1111' : '0000', /Sign in/);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(
      await alert.innerText(),
      /That PIN is not right\.\s+Nothing is locked yet\. Try again\. Tries left: 2\./,
    );
    assert.equal(await whoIsIn(), undefined);
    await enterPin(page, nelson.pin, /Sign in/);
    await page.getByRole('heading', { level: 1, name: nelson.name }).waitFor();
    await signOut(page);
  });

  it('lets somebody with an office unlock a neighbour’s PIN pad, who stands beside them', async () => {
    const { page } = kiosk;
    kiosk.expects(/status of (401|403|429).*api\/sessions/);
    const pedro = person('Pedro Santana');
    const toPad = async () => {
      await page.getByRole('link', { name: /It’s me/ }).tap();
      await page.getByRole('button', { name: pedro.name }).tap();
    };
    await toPad();
    for (const left of ['2', '1', '0']) {
      await enterPin(page, pedro.pin === '0000' ? '1111' : '0000', /Sign in/);
      await page.getByRole('alert').getByText(`Tries left: ${left}`).waitFor();
    }
    // As after many more tries: the first rest is over in five seconds.
    await house.hub.building!.store.act({ name: 'test.lock', actor: system('test') }, (tx) => {
      tx.prepare('UPDATE pin_locks SET failures = 7').run({});
    });
    await kiosk.load('/');
    await signIn(page, building.officer);
    await page.getByRole('button', { name: 'Unlock the PIN pad of Pedro Santana' }).tap();
    const dialog = page.getByRole('dialog', { name: 'Unlock the PIN pad of Pedro Santana' });
    await dialog.getByText('Do it only when they stand beside you.').waitFor();
    assert.deepEqual(await violationsOn(page), []);
    await dialog.getByRole('button', { name: 'Yes, they stand here' }).tap();
    await page.getByText('Done. Pedro Santana can try the PIN again.').waitFor();
    await page.getByRole('button', { name: /Unlock the PIN pad/ }).waitFor({ state: 'detached' });
    await signOut(page);
    await signIn(page, pedro);
    await signOut(page);
  });

  it('asks whether somebody is still here after a minute, and stays when they are', async () => {
    const { page } = kiosk;
    await signIn(page, person('Olga Petrova'));
    await page.clock.fastForward(minuteMs - 5000);
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.clock.fastForward(5000);
    const dialog = page.getByRole('dialog', { name: 'Still here?' });
    await dialog.waitFor();
    await dialog.getByText('Signing out in 20 seconds.').waitFor();
    await dialog.getByRole('button', { name: 'Yes, I’m here' }).tap();
    await dialog.waitFor({ state: 'detached' });
    await page.clock.fastForward(30_000);
    assert.equal(await whoIsIn(), person('Olga Petrova').seat);
    await signOut(page);
  });

  it('signs out and clears the glass when nobody answers', async () => {
    const { page } = kiosk;
    const olga = person('Olga Petrova');
    await signIn(page, olga);
    await page.getByRole('link', { name: 'My money' }).tap();
    await page.getByRole('heading', { level: 1, name: 'My money' }).waitFor();
    await page.clock.fastForward(minuteMs);
    await page.getByRole('dialog', { name: 'Still here?' }).waitFor();
    await page.clock.fastForward(20_000);
    await page.getByRole('link', { name: 'It’s me Soy yo' }).waitFor();
    await page.getByRole('heading', { name: /What is filling now/ }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/');
    assert.equal(await whoIsIn(), undefined);
    const glass = await page.locator('body').innerText();
    assert.ok(!glass.includes(olga.name) && !glass.includes('Free to use'), glass);
    // The way back leads to nobody's money either.
    await page.goBack().catch(() => undefined);
    await page
      .getByRole('link', { name: /It’s me/ })
      .first()
      .waitFor();
    assert.ok(!(await page.locator('body').innerText()).includes('Free to use'));
  });

  it('keeps what somebody began for them alone', async () => {
    const { page } = kiosk;
    // The order with the latest last call stands on the cards' second page.
    await page.getByRole('button', { name: /Next/ }).tap();
    await page.getByRole('link', { name: /Olive oil/ }).tap();
    await page.getByRole('link', { name: 'Sign in to join' }).tap();
    await page.getByRole('button', { name: 'Olga Petrova' }).tap();
    await enterPin(page, person('Olga Petrova').pin, /Sign in/);
    await page.getByRole('button', { name: 'One more' }).tap();
    await page.getByRole('button', { name: 'One more' }).tap();
    await page.getByText('You take 3 bottles of Olive oil').waitFor();
    await page.clock.fastForward(minuteMs);
    await page.clock.fastForward(20_000);
    await page.getByRole('link', { name: 'It’s me Soy yo' }).waitFor();

    await signIn(page, person('Isaac Boateng'));
    assert.equal(await page.getByText('You were in the middle of something').count(), 0);
    await signOut(page);

    await signIn(page, person('Olga Petrova'));
    await page.getByRole('heading', { name: 'You were in the middle of something' }).waitFor();
    await page.getByRole('link', { name: 'Go on: Olive oil, 1 L' }).tap();
    await page.getByText('You take 3 bottles of Olive oil').waitFor();
    await signOut(page);
  });

  it('brings its own keyboard where letters are needed', async () => {
    const { page } = kiosk;
    await kiosk.go('/recover');
    const code = page.getByLabel('Recovery code');
    await code.tap();
    const keyboard = page.getByRole('group', { name: /Keyboard|Teclado/ });
    await keyboard.waitFor();
    for (const letter of ['a', 'b', '7']) await keyboard.getByRole('button', { name: letter, exact: true }).tap();
    assert.equal((await code.inputValue()).toLowerCase(), 'ab7');
  });

  it('becomes the kiosk with a code that a maintainer made', async () => {
    const maintainer = await chromium.visit(house.http, { device: 'phone' });
    await walkIn(maintainer.page, 'maintainer');
    await maintainer.page.getByRole('button', { name: 'Make a kiosk code' }).tap();
    const code = await maintainer.page.locator('main .code').innerText();
    const bare = await chromium.visit(house.http, { device: 'kiosk' });
    await bare.load('/claim?kiosk');
    await bare.page.getByLabel('Kiosk code').fill(code);
    await bare.page.getByRole('button', { name: 'Make it the kiosk' }).tap();
    await bare.page.getByRole('link', { name: 'It’s me Soy yo' }).waitFor();
    assert.equal(await bare.page.locator('html').getAttribute('data-shell'), 'kiosk');
    await bare.context.close();
    await maintainer.context.close();
  });

  it('has no way out: no menu, no selecting, no link to elsewhere', async () => {
    const { page } = kiosk;
    for (const type of ['contextmenu', 'selectstart', 'dragstart']) {
      const isLeft = await page.evaluate<boolean>(
        `document.querySelector('main').dispatchEvent(new Event('${type}', { bubbles: true, cancelable: true }))`,
      );
      assert.equal(isLeft, false, type);
    }
    const links = await page.evaluate<string[]>(`[...document.links].map((link) => link.target || link.origin)`);
    assert.deepEqual([...new Set(links)], [house.http]);
  });

  for (const language of ['en', 'es'] as const) {
    it(`fits its glass and its fingers on every page in ${language}`, async () => {
      const { page } = kiosk;
      await signIn(page, building.officer);
      await page.getByRole('button', { name: language === 'en' ? 'EN English' : 'ES Español' }).tap();
      const found: string[] = [];
      for (const { at, route, shells } of placesOf(building)) {
        if (!shells.includes('kiosk') || route === '/*' || at === '/me') continue;
        await kiosk.go(at);
        found.push(...(await whatDoesNotFit(page)).map((problem) => `${at}: ${problem}`));
        found.push(...(await smallTargets(page, 72)).map((problem) => `${at}: ${problem}`));
      }
      assert.deepEqual(found, []);
      await signOut(page);
    });
  }
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTestHub, type TestHub } from '../support/create-test-hub.ts';
import { startChromium, type TestChromium } from './support/chromium.ts';
import { type LivedIn, liveIn } from './support/lived-in.ts';
import { placesOf } from './support/routes.ts';
import type { Visit } from './support/visit.ts';

const kB = 1000;
const firstLoadMost = 100 * kB;
const routeMost = 60 * kB;
const shiftMost = 0.01;

describe('the page', () => {
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

  const deviceOf = async (kind: 'kiosk' | 'phone'): Promise<Visit> => {
    const { seat } = building.officer;
    const door = kind === 'kiosk' ? { kind, name: 'Lobby' } : { kind, name: 'Own phone', seat };
    const tokens = await house.hub.building!.members.openDoor(door);
    const visit = await chromium.visit(house.http, { device: kind });
    await visit.use(tokens);
    await visit.page.addInitScript(`
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries()) {
          if (!hadRecentInput) window.shifts.push({ value, what: sources.map(({ node }) => node?.textContent?.trim().slice(0, 40)) });
        }
      }).observe({ type: 'layout-shift', buffered: true });
    `);
    return visit;
  };
  /** Loads the page anew; answers how many bytes of script came over the line. Another host would be a problem of the visit. */
  const scriptBytes = async (visit: Visit, at: string): Promise<number> => {
    const sizes: Promise<number>[] = [];
    const weigh = (request: import('playwright-core').Request) => {
      if (request.resourceType() !== 'script') return;
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    };
    visit.page.on('requestfinished', weigh);
    await visit.load(at);
    await visit.page.waitForLoadState('load');
    visit.page.off('requestfinished', weigh);
    return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
  };
  const shifts = async ({ page }: Visit) => {
    // Two frames later everything that was drawn has been told.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    return page.evaluate<{ value: number; what: string[] }[]>('window.shifts');
  };
  const sumOf = (all: { value: number }[]) => all.reduce((sum, { value }) => sum + value, 0);

  it('brings at most 100 kB of script to the kiosk, compressed', async (t) => {
    const kiosk = await deviceOf('kiosk');
    const bytes = await scriptBytes(kiosk, '/');
    t.diagnostic(`the kiosk's first load: ${(bytes / kB).toFixed(1)} kB of script`);
    assert.ok(bytes > 20 * kB && bytes <= firstLoadMost, `${bytes} bytes`);
    await kiosk.context.close();
  });

  it('stands still on the kiosk once it is drawn', async () => {
    const kiosk = await deviceOf('kiosk');
    await kiosk.load('/');
    const moved = await shifts(kiosk);
    assert.ok(sumOf(moved) < shiftMost, JSON.stringify(moved));
    await kiosk.context.close();
  });

  it('brings at most 60 kB more to any page of the phone, and stands still there', async (t) => {
    const moved: unknown[] = [];
    let most = 0;
    for (const { at, shells, route } of placesOf(building)) {
      if (!shells.includes('phone') || route === '/*') continue;
      // A fresh device each time: nothing is in its cache.
      const phone = await deviceOf('phone');
      most = Math.max(most, await scriptBytes(phone, at));
      const all = await shifts(phone);
      if (sumOf(all) >= shiftMost) moved.push({ at, all });
      await phone.context.close();
    }
    t.diagnostic(`the phone's heaviest page: ${(most / kB).toFixed(1)} kB of script`);
    assert.ok(most <= firstLoadMost + routeMost, `${most} bytes`);
    assert.deepEqual(moved, []);
  });
});

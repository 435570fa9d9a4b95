// npm run screenshots: a demonstration building of its own, seen by its people, as pictures.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startGroup } from './process-group.ts';
import { findChromium } from './test/tools.ts';

const root = join(import.meta.dirname, '..');
const languages = ['en', 'es'] as const;
type Language = (typeof languages)[number];

const kiosk = { width: 1080, height: 1920 };
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

interface Shot {
  readonly name: string;
  readonly door: 'kiosk' | 'phone' | 'treasurer';
  readonly size: { readonly width: number; readonly height: number };
  /** May name the first open order as `:order`. */
  readonly path: string;
  /** What to touch before the picture. */
  readonly touch?: string;
  /** What must be seen before the picture. */
  readonly shows: string;
}

const shots: readonly Shot[] = [
  { name: 'kiosk-home', door: 'kiosk', size: kiosk, path: '/', shows: 'main svg' },
  { name: 'order', door: 'kiosk', size: kiosk, path: '/orders/:order', shows: 'main h1' },
  { name: 'pin-pad', door: 'kiosk', size: kiosk, path: '/sign-in', touch: 'main li button', shows: 'main h1' },
  { name: 'my-money', door: 'phone', size: phone, path: '/me/money', shows: 'main li, main tr' },
  { name: 'phone-home', door: 'phone', size: phone, path: '/', shows: 'main li, main article' },
  { name: 'treasurer', door: 'treasurer', size: desk, path: '/treasurer', shows: 'main table, main h2' },
];

/** Starts `npm start`'s own script on free ports; answers where it looks and how to end it. */
async function startBuilding(data: string) {
  const ports = ['--port', '0', '--tls-port', '0', '--mqtt-port', '0'];
  const building = await startGroup(process.execPath, [join(root, 'scripts/start.ts'), '--data', data, ...ports], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  for await (const chunk of building.child.stdout!) {
    said += chunk;
    if (said.includes('Ctrl-C ends it')) break;
  }
  const url = /Open (\S+)/.exec(said)?.[1];
  if (url !== undefined) return { url, building };
  await building.stop(5000);
  throw new Error('The demonstration building did not start.');
}

/** The page's own call, so that cookies and origin are those of its browser. */
const call = (page: Page, method: string, path: string, body: object): Promise<void> =>
  page.evaluate(
    async ([verb, address, text, key]) => {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key! };
      const reply = await fetch(address!, { method: verb, headers, body: text });
      if (!reply.ok) throw new Error(`${address}: ${await reply.text()}`);
    },
    [method, path, JSON.stringify(body), randomUUID()],
  );

/** In the page: resolves when letters and pictures are drawn. Decoding also waits for what is still loading. */
const drawn = `document.fonts.ready.then(() => Promise.all([...document.images].map((image) => image.decode().catch(() => {}))))
  .then(() => undefined)`;

/** Sensors send what they kept for a day; the pictures wait until it has arrived. */
async function readingsArrived(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { items } = (await (await fetch(`${url}/api/readings`)).json()) as { items: { spark: unknown[] }[] };
    if (items.length >= 6 && items.every((item) => item.spark.length > 10)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('No readings arrived within 20 s.');
}

async function take(browser: Browser, url: string, shot: Shot, language: Language, file: string): Promise<void> {
  const context = await browser.newContext({
    viewport: shot.size,
    locale: language === 'en' ? 'en-US' : 'es-US',
    timezoneId: 'America/New_York',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await call(page, 'POST', '/api/demo/enter', { door: shot.door });
    if (shot.door !== 'kiosk') await call(page, 'PUT', '/api/me/language', { language });
    const { items } = (await (await fetch(`${url}/api/orders?state=open`)).json()) as { items: { id: string }[] };
    await page.goto(url + shot.path.replace(':order', items[0]?.id ?? ''));
    if (shot.door === 'kiosk')
      await page.getByRole('button', { name: language === 'en' ? 'English' : 'Español' }).click();
    if (shot.touch !== undefined) await page.locator(shot.touch).first().click();
    await page.locator(shot.shows).first().waitFor();
    await page.evaluate(drawn);
    await page.screenshot({ path: file });
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, to: { type: 'string', default: join(root, 'screenshots') } },
  });
  if (values.help) {
    console.log(`npm run screenshots [-- --to DIR]

Founds a demonstration building in a temporary folder and takes its pictures in both languages, into
./screenshots (not part of the repository). About a minute. Needs Chromium (npm test installs it).`);
    return;
  }
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('Chromium is missing: sudo apt-get install chromium');
  mkdirSync(values.to, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
  console.log('Starting a demonstration building (about 20 s)');
  const { url, building } = await startBuilding(join(folder, 'data'));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    await readingsArrived(url);
    for (const shot of shots)
      for (const language of languages) {
        const file = join(values.to, `${shot.name}-${language}.png`);
        await take(browser, url, shot, language, file);
        console.log(file);
      }
  } finally {
    await browser.close();
    await building.stop(6000);
    rmSync(folder, { recursive: true });
  }
}

await main();

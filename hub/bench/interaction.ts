import { parseArgs } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { startChromium, type TestChromium } from '../test/browser/support/chromium.ts';
import { walkIn } from '../test/browser/support/glass.ts';
import { type LivedIn, liveIn } from '../test/browser/support/lived-in.ts';
import type { Visit } from '../test/browser/support/visit.ts';
import { createTestHub, type TestHub } from '../test/support/create-test-hub.ts';
import { type TraceEvent, type Work, workOf } from './traced-work.ts';

export const about =
  'what a touch costs on a CPU that is four times slower: to the next paint, and to the page it asked for; [--rounds 3] [--rate 4]; four minutes';

/** What UI.md holds the page to. */
const mostMs = 100;
/** People look at a page before they touch it. */
const lookMs = 1500;

interface Interaction {
  readonly name: string;
  readonly touch: (page: Page) => Locator;
  /** Code that is true once what was asked for stands on the page. */
  readonly shown: string;
  /** Touched once more for the second figure, after this way back. */
  readonly back?: (page: Page) => Promise<unknown>;
}

interface Measured {
  /** From the touch to the paint after its handlers: the interaction itself. */
  readonly paintMs: number;
  /** From the touch to the paint of what was asked for, the hub's answer included. */
  readonly shownMs: number;
}

const heading = (words: string): string =>
  `(document.querySelector('main h1')?.textContent ?? '').includes('${words}')`;
const settled = `!document.querySelector('main .loading')`;

/** Told by the browser itself: `Event Timing`, as for INP. A paint of what was asked for is looked for after each change. */
const observer = `(() => {
  const told = { events: [], began: 0, shown: undefined, isShown: () => false };
  window.told = told;
  new PerformanceObserver((list) => {
    for (const { interactionId, duration, startTime } of list.getEntries())
      if (interactionId) told.events.push({ duration, startTime });
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  addEventListener('pointerdown', (event) => { told.began = event.timeStamp; }, { capture: true });
  const look = () => {
    if (told.shown !== undefined || !told.began || !told.isShown()) return;
    told.shown = 0;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { performance.mark('stoop-shown'); told.shown = performance.now() - told.began; };
      port2.postMessage(0);
    });
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
})()`;

const untilShown = `new Promise((resolve, reject) => {
  const look = () => (window.told.shown > 0 ? resolve() : setTimeout(look, 20));
  look();
  setTimeout(() => reject(new Error('never shown')), 20000);
})`;

/** A bare touch: the driver's own looking at the target would count as the page's work. */
async function tap(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  const box = (await target.boundingBox())!;
  await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
}

/** The same touch on the CPU as it is, traced. */
async function trace({ page, context }: Visit, { touch, shown }: Interaction): Promise<Work> {
  const browser = context.browser()!;
  const target = touch(page);
  await target.scrollIntoViewIfNeeded();
  await page.evaluate(
    `Object.assign(window.told, { events: [], began: 0, shown: undefined, isShown: () => ${shown} && ${settled} })`,
  );
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
  });
  await tap(page, target);
  await page.evaluate(untilShown);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return workOf(traceEvents.toSorted((a, b) => a.ts - b.ts));
}

async function measure({ page }: Visit, { touch, shown }: Interaction): Promise<Measured> {
  const target = touch(page);
  await target.scrollIntoViewIfNeeded();
  await page.evaluate(
    `Object.assign(window.told, { events: [], began: 0, shown: undefined, isShown: () => ${shown} && ${settled} })`,
  );
  await tap(page, target);
  await page.evaluate(untilShown);
  // The entries of an interaction come after its paint.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))');
  return page.evaluate<Measured>(`({
    shownMs: window.told.shown,
    paintMs: Math.max(0, ...window.told.events.filter(({ startTime }) => startTime >= window.told.began - 1).map(({ duration }) => duration)),
  })`);
}

const link = (name: RegExp) => (page: Page) => page.getByRole('link', { name }).first();
const button = (name: RegExp | string) => (page: Page) => page.getByRole('button', { name, exact: true }).first();
const inBar = (name: string) => (page: Page) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
const goBack = (page: Page) => page.goBack();

const onKiosk: readonly Interaction[] = [
  { name: 'resting → tiles', touch: link(/It’s me/), shown: heading('Who are you'), back: goBack },
  { name: 'tile → PIN pad', touch: button('Olga Petrova'), shown: heading('Olga') },
  { name: 'a digit of the PIN', touch: button('5'), shown: 'true' },
];
const onKioskHome: readonly Interaction[] = [
  { name: 'order card → order', touch: link(/Olive oil/), shown: heading('Olive'), back: goBack },
  { name: 'language', touch: button('ES Español'), shown: `document.documentElement.lang === 'es'` },
];
const onPhone: readonly Interaction[] = [
  { name: 'home → orders', touch: inBar('Orders'), shown: heading('Group orders'), back: goBack },
  { name: 'home → garden', touch: inBar('Garden'), shown: heading('Garden'), back: goBack },
  { name: 'home → listen', touch: inBar('Listen'), shown: heading('Listen'), back: goBack },
  { name: 'home → me', touch: inBar('Me'), shown: heading('Denise'), back: goBack },
  { name: 'order card → order', touch: link(/Olive oil/), shown: heading('Olive'), back: goBack },
];
const onOrders: readonly Interaction[] = [
  { name: 'filling → past', touch: link(/^Past$/), shown: `location.search.includes('past')`, back: goBack },
];
const onMe: readonly Interaction[] = [
  {
    name: 'settings unfold',
    touch: (page) => page.getByText('Settings', { exact: true }),
    shown: `[...document.querySelectorAll('main label')].some((label) => label.checkVisibility() && label.textContent.includes('Dark'))`,
  },
  {
    name: 'theme',
    touch: (page) => page.getByText('Dark', { exact: true }),
    shown: `document.documentElement.dataset.theme === 'dark'`,
  },
  {
    name: 'language',
    touch: (page) => page.getByText('Español', { exact: true }),
    shown: `document.documentElement.lang === 'es'`,
  },
];

interface Row {
  readonly where: string;
  readonly name: string;
  readonly first: Measured[];
  readonly again: Measured[];
  /** On the CPU as it is. */
  readonly work: Work[];
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const worst = (values: readonly number[]): number => Math.max(...values);
const best = (values: readonly number[]): number => Math.min(...values);

async function open(
  house: TestHub,
  chromium: TestChromium,
  building: LivedIn,
  device: 'kiosk' | 'phone',
  rate: number,
) {
  const visit = await chromium.visit(house.http, { device });
  if (device === 'kiosk') await walkIn(visit.page, 'kiosk');
  else {
    const { seat } = building.officer;
    const tokens = await house.hub.building!.members.openDoor({ kind: 'phone', name: 'Own phone', seat });
    await visit.use(tokens);
    // The round before has left it in Spanish.
    const browser = house.browser();
    browser.keep(tokens);
    await browser.put('/api/me/language', { language: 'en' });
  }
  await visit.page.addInitScript(observer);
  const cdp = await visit.context.newCDPSession(visit.page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  return visit;
}

/** Each interaction on a page that was just loaded, and once more. */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '3' }, rate: { type: 'string', default: '4' } },
  });
  const [rounds, rate] = [Number(values.rounds), Number(values.rate)];
  const house = await createTestHub();
  const chromium = await startChromium();
  const rows = new Map<string, Row>();
  const rowOf = (where: string, name: string): Row => {
    const row = rows.get(`${where} ${name}`) ?? { where, name, first: [], again: [], work: [] };
    rows.set(`${where} ${name}`, row);
    return row;
  };

  /** One after the other on one page, or each on a device of its own. */
  async function play(device: 'kiosk' | 'phone', at: string, chain: readonly Interaction[]): Promise<void> {
    const visit = await open(house, chromium, building, device, rate);
    await visit.load(at);
    await visit.page.waitForTimeout(lookMs);
    for (const interaction of chain) {
      const row = rowOf(device, interaction.name);
      row.first.push(await measure(visit, interaction));
      if (!interaction.back) continue;
      await interaction.back(visit.page);
      await visit.page.waitForTimeout(lookMs / 3);
      row.again.push(await measure(visit, interaction));
    }
    await visit.context.close();
    const traced = await open(house, chromium, building, device, 1);
    await traced.load(at);
    await traced.page.waitForTimeout(lookMs);
    for (const interaction of chain) rowOf(device, interaction.name).work.push(await trace(traced, interaction));
    await traced.context.close();
  }

  const building = await liveIn(house);
  try {
    for (let round = 0; round < rounds; round++) {
      await play('kiosk', '/', onKiosk);
      for (const one of onKioskHome) await play('kiosk', '/', [one]);
      for (const one of onPhone) await play('phone', '/', [one]);
      for (const one of onOrders) await play('phone', '/orders', [one]);
      await play('phone', '/me', onMe);
    }
  } finally {
    await chromium.close();
    await house.dispose();
  }
  return report([...rows.values()], rate);
}

function report(rows: readonly Row[], rate: number): Record<string, unknown> {
  const cell = (ms: readonly number[]): string =>
    (ms.length === 0 ? '' : `${median(ms).toFixed(0)} (${best(ms).toFixed(0)})`).padStart(12);
  const of = (all: readonly Measured[], figure: keyof Measured) => all.map((each) => each[figure]);
  // The page's own work times the rate: what other programs take meanwhile is not in it.
  const timesRate = ({ work }: Row, figure: keyof Work) => work.map((each) => each[figure] * rate);
  console.log(`ms on a CPU ${rate} times slower, median (best); work: of the page's main thread alone, times ${rate}`);
  console.log(`${''.padEnd(30)}  to the next paint                      to what was asked for`);
  console.log(`${''.padEnd(30)}        work        first        again         work        first        again`);
  for (const row of rows) {
    const { where, name, first, again } = row;
    const cells = [
      timesRate(row, 'toPaintMs'),
      of(first, 'paintMs'),
      of(again, 'paintMs'),
      timesRate(row, 'toShownMs'),
      of(first, 'shownMs'),
      of(again, 'shownMs'),
    ];
    console.log(`${`${where}: ${name}`.padEnd(30)}${cells.map(cell).join(' ')}`);
  }
  const slowest = (figures: (row: Row) => readonly number[], pick: typeof median) =>
    Math.round(worst(rows.map((row) => pick(figures(row)))));
  return {
    interactions: rows.length,
    slowestWorkMs: slowest((row) => timesRate(row, 'toPaintMs'), median),
    slowestWorkToShownMs: slowest((row) => timesRate(row, 'toShownMs'), median),
    slowestPaintMs: slowest(({ first }) => of(first, 'paintMs'), median),
    slowestBestPaintMs: slowest(({ first }) => of(first, 'paintMs'), best),
    slowestBestShownMs: slowest(({ first }) => of(first, 'shownMs'), best),
    over: rows
      .filter((row) => median(timesRate(row, 'toPaintMs')) > mostMs)
      .map(({ where, name }) => `${where}: ${name}`),
  };
}

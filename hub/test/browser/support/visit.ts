import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Page } from 'playwright-core';

const devices = {
  kiosk: { viewport: { width: 1080, height: 1920 }, hasTouch: true },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;

export interface VisitOptions {
  readonly device: keyof typeof devices;
  readonly language?: 'en' | 'es';
  readonly width?: number;
}

/** One device with the page open on it, and everything that went wrong there. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly origin: string;
  /** Loads the page anew at that address and waits until it is whole. */
  load(path: string): Promise<void>;
  /** Follows a link of the page's own router to another page and waits until that one is whole. */
  go(path: string): Promise<void>;
  /** Makes this device one that was approved elsewhere; counts from the next load. */
  use(tokens: { deviceToken?: string; sessionToken?: string }): Promise<void>;
  /** From now on problems that match are meant to happen. */
  expects(problem: RegExp): void;
  /** Console errors, thrown errors, refusals of the content security policy, requests to anywhere else. */
  problems(): string[];
  /** Fails when anything went wrong until now. */
  assertClean(): void;
}

/** Opens a fresh device at `origin`; nothing is loaded yet. */
export async function openVisit(browser: Browser, origin: string, options: VisitOptions): Promise<Visit> {
  const { viewport, ...device } = devices[options.device];
  const context = await browser.newContext({
    ...device,
    baseURL: origin,
    viewport: { ...viewport, width: options.width ?? viewport.width },
    locale: options.language === 'es' ? 'es-US' : 'en-US',
    timezoneId: 'America/New_York',
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const found: string[] = [];
  const expected: RegExp[] = [];
  const note = (problem: string) => {
    if (!expected.some((pattern) => pattern.test(problem))) found.push(problem);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => note(`thrown: ${error.stack ?? error.message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) note(`elsewhere: ${request.url()}`);
  });
  return {
    context,
    page,
    origin,
    async load(path) {
      await page.goto(path);
      await page.evaluate(wholePage('undefined', ''));
    },
    async go(path) {
      // A click on a link is what the router listens to; this one needs no place on the page.
      await page.evaluate(
        wholePage(
          "document.querySelector('main h1')",
          `const link = document.createElement('a');
           link.href = ${JSON.stringify(path)};
           document.body.append(link);
           link.click();
           link.remove();`,
        ),
      );
    },
    async use({ deviceToken, sessionToken }) {
      const prefix = origin.startsWith('https:') ? '__Host-' : '';
      const cookie = (name: string, value: string) => ({ name: `${prefix}stoop-${name}`, value, url: origin });
      await context.clearCookies();
      if (deviceToken) await context.addCookies([cookie('device', deviceToken)]);
      if (sessionToken) await context.addCookies([cookie('session', sessionToken)]);
    },
    expects(problem) {
      expected.push(problem);
    },
    problems: () => [...found],
    assertClean: () => assert.deepEqual(found, []),
  };
}

/** Code that ends when a page with another heading than `before` stands there with nothing still loading. */
const wholePage = (before: string, act: string): string => `new Promise((resolve, reject) => {
  const before = ${before};
  const look = () => {
    const heading = document.querySelector('main h1');
    if (!heading || heading === before || document.querySelector('main .loading')) return;
    observer.disconnect();
    resolve();
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  ${act}
  look();
  setTimeout(() => reject(new Error('no whole page at ' + location.href)), 20000);
})`;

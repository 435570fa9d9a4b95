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
  /** Follows a link of the page's own router, without loading anything anew. */
  go(path: string): Promise<void>;
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
    async go(path) {
      // A click on a link is what the router listens to; this one needs no place on the page.
      await page.evaluate(`(() => {
        const link = document.createElement('a');
        link.href = ${JSON.stringify(path)};
        document.body.append(link);
        link.click();
        link.remove();
      })()`);
      await page.waitForURL((url) => url.pathname + url.search === path);
    },
    expects(problem) {
      expected.push(problem);
    },
    problems: () => [...found],
    assertClean: () => assert.deepEqual(found, []),
  };
}

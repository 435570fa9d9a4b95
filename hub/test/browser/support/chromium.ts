import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { find, findChromium } from '../../../../scripts/test/tools.ts';
import type { TestHub } from '../../support/create-test-hub.ts';
import { openVisit, type Visit, type VisitOptions } from './visit.ts';

/** The name under which a phone on the LAN finds the demonstration building. */
export const lanName = 'stoop-demo.local';

export interface TestChromium {
  /** A new device in front of the page at `origin`: its own cookies, storage and service worker. */
  visit(origin: string, options: VisitOptions): Promise<Visit>;
  /** Answers everything that went wrong on any of the devices. */
  close(): Promise<string[]>;
}

/**
 * One real Chromium for a test file. It finds the hub under its LAN name; with `trusts` it holds that hub's own authority in
 * its certificate store, as a phone does after the trust page, and checks certificates as always.
 */
export async function startChromium(options: { trusts?: TestHub } = {}): Promise<TestChromium> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('Chromium is missing: apt-get install chromium');
  const home = mkdtempSync(join(tmpdir(), 'stoop-chromium-'));
  if (options.trusts) await trustAuthority(home, options.trusts);
  const browser: Browser = await chromium.launch({
    executablePath,
    headless: true,
    env: { ...process.env, HOME: home },
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      `--host-resolver-rules=MAP ${lanName} 127.0.0.1`,
    ],
  });
  const visits: Visit[] = [];
  return {
    async visit(origin, visitOptions) {
      const visit = await openVisit(browser, origin, visitOptions);
      visits.push(visit);
      return visit;
    },
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
      return visits.flatMap((visit) => visit.problems());
    },
  };
}

/** What a person does with the trust page's certificate, done to the store that Chromium reads. */
async function trustAuthority(home: string, house: TestHub): Promise<void> {
  const certutil = find('certutil');
  if (!certutil) throw new Error('certutil is missing: apt-get install libnss3-tools');
  const answer = await fetch(`${house.http}/trust/ca.crt`);
  if (!answer.ok) throw new Error(`the hub did not give its authority: ${answer.status}`);
  const store = join(home, '.pki/nssdb');
  mkdirSync(store, { recursive: true });
  const file = join(home, 'ca.crt');
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  execFileSync(certutil, ['-d', `sql:${store}`, '-N', '--empty-password']);
  execFileSync(certutil, ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'stoop', '-i', file]);
}

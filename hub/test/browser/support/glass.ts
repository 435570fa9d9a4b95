import type { Locator, Page } from 'playwright-core';
import type { DemoPerson } from '../../../src/modules/demo/index.ts';

/** Touches the digits of a PIN pad, then its button. */
export async function enterPin(where: Page | Locator, pin: string, action: RegExp): Promise<void> {
  for (const digit of pin) await where.getByRole('button', { name: digit, exact: true }).tap();
  await where.getByRole('button', { name: action }).tap();
}

/** From anywhere on a kiosk where nobody is signed in to the member's own page, by touch alone. Answers the touches beside the PIN. */
export async function signIn(page: Page, person: Pick<DemoPerson, 'name' | 'pin'>): Promise<number> {
  await page.getByRole('link', { name: /It’s me|Soy yo/ }).tap();
  await page.getByRole('button', { name: person.name }).tap();
  await enterPin(page, person.pin, /Sign in|Entrar/);
  await page.getByRole('heading', { level: 1, name: person.name, exact: true }).waitFor();
  return 3;
}

/** *I'm done*, and the lobby's page is back. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /I’m done|Terminé/ }).tap();
  await page.getByRole('link', { name: 'It’s me Soy yo' }).waitFor();
}

/** Walks through a door of the demonstration's first page. */
export async function walkIn(page: Page, door: 'kiosk' | 'phone' | 'treasurer' | 'maintainer'): Promise<void> {
  const names = {
    kiosk: /^(The lobby kiosk|El quiosco del vestíbulo)/,
    phone: /^(A resident’s phone|El teléfono de)/,
    treasurer: /^(The treasurer|Tesorería)/,
    maintainer: /^(The maintainer|Mantenimiento)/,
  };
  await page.goto('/demo');
  await page.getByRole('button', { name: names[door] }).tap();
  await page.waitForURL((url) => url.pathname !== '/demo');
}

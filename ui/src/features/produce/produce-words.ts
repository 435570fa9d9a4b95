import type { Lot } from '../../api/types.ts';
import { knownKey } from '../../messages/catalogue.ts';
import type { Text } from '../../messages/text.svelte.ts';

const MICROS = 1_000_000;
const DAY_MS = 86_400_000;
const MOST_GRAMS = 1_000_000;

/** Whole grams with their unit: 1,250 g. */
export const gramsIn = (grams: number, text: Text): string => `${text.number(grams)} g`;

/** GRO as people read it, two decimals at most: 1.25. */
export const groIn = (micros: number, text: Text): string => text.number(micros / MICROS, 2);

/** The crop in the reader's language; what only the chain has told of has no name here. */
export function cropName(lot: Pick<Lot, 'crop' | 'cropEs'>, text: Text): string {
  return lot.crop === '' ? text.t('produce.unknown') : text.either(lot.crop, lot.cropEs);
}

/** A calendar day of the hub, `YYYY-MM-DD`, in words. */
export function dayName(day: string, text: Text): string {
  const [year, month, date] = day.split('-').map(Number);
  return text.date(new Date(year!, month! - 1, date).getTime());
}

/** The day so many days before a moment, where the reader is: `YYYY-MM-DD`. */
export function dayBefore(nowMs: number, days: number): string {
  const at = new Date(nowMs - days * DAY_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Whole grams as written, `undefined` for anything else and beyond `most`. */
export function parseGrams(written: string, most = MOST_GRAMS): number | undefined {
  const plain = written.trim().replace(/[,.\s](?=\d{3}(\D|$))/g, '');
  const grams = /^\d{1,7}$/.test(plain) ? Number(plain) : 0;
  return grams >= 1 && grams <= most ? grams : undefined;
}

/** Why it waits or ended, in words where the page has some. */
export function reasonIn(reason: string | undefined, text: Text): string | undefined {
  const key = reason === undefined ? undefined : knownKey(`produce.reason.${reason}`);
  return key ? text.t(key) : undefined;
}

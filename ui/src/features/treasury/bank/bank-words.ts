import { knownKey } from '../../../messages/catalogue.ts';
import { localeOf } from '../../../messages/message.ts';
import type { Text } from '../../../messages/text.svelte.ts';

/** What a line is, or why it has no name yet; a word that the page does not know stays the hub's. */
export function noteWord(note: string, text: Text): string {
  const key = knownKey(`bank.note.${note}`);
  return key ? text.t(key) : note;
}

export function causeWord(cause: string, text: Text): string {
  const key = knownKey(`bank.cause.${cause}`);
  return key ? text.t(key) : cause;
}

const days = {
  en: new Intl.DateTimeFormat(localeOf.en, { dateStyle: 'medium' }),
  es: new Intl.DateTimeFormat(localeOf.es, { dateStyle: 'medium' }),
};

/** A bank’s day (`YYYY-MM-DD`) by the habits of the language. */
export function dayWord(day: string, text: Text): string {
  const atMs = Date.parse(`${day}T12:00:00`);
  return Number.isNaN(atMs) ? day : days[text.language].format(atMs);
}

/** Micro-units as a plain figure for files. */
export const plainDollars = (micros: number): string => (micros / 1_000_000).toFixed(2);

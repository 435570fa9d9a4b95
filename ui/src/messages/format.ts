import { type Language, localeOf } from './message.ts';

const MICROS_PER_CENT = 10_000;

/** Micro-units as dollars and cents, the sign before it; `signed` writes a plus as well. */
export function formatMoney(amountMicros: number, language: Language, signed = false): string {
  const dollars = Math.round(Math.abs(amountMicros) / MICROS_PER_CENT) / 100;
  const sign = dollars === 0 ? '' : amountMicros < 0 ? '−' : signed ? '+' : '';
  return sign + cached(`money ${language}`, () => moneyFormat(language)).format(dollars);
}

function moneyFormat(language: Language): Intl.NumberFormat {
  return new Intl.NumberFormat(localeOf[language], {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
  });
}

/** A number with at most so many decimals. */
export function formatNumber(value: number, language: Language, maximumFractionDigits = 0): string {
  return cached(
    `number ${language} ${maximumFractionDigits}`,
    () => new Intl.NumberFormat(localeOf[language], { maximumFractionDigits }),
  ).format(value);
}

/** A sensor's value with as many decimals as its size deserves: 1013, 21.4, 6.12. */
export function formatReading(value: number, language: Language): string {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  const format = cached(
    `reading ${language} ${digits}`,
    () => new Intl.NumberFormat(localeOf[language], { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  return format.format(value).replace(/^-/, '−');
}

/** Weekday and hour: Thursday, 6:00 PM. */
export function formatWeekdayHour(atMs: number, language: Language): string {
  return cached(
    `weekday ${language}`,
    () => new Intl.DateTimeFormat(localeOf[language], { weekday: 'long', hour: 'numeric', minute: '2-digit' }),
  ).format(atMs);
}

/** Date and hour, the year too when it is not this one. */
export function formatDateTime(atMs: number, language: Language): string {
  return cached(
    `datetime ${language}`,
    () => new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'medium', timeStyle: 'short' }),
  ).format(atMs);
}

export function formatDate(atMs: number, language: Language): string {
  return cached(
    `date ${language}`,
    () => new Intl.DateTimeFormat(localeOf[language], { weekday: 'long', day: 'numeric', month: 'long' }),
  ).format(atMs);
}

export function formatClock(atMs: number, language: Language): string {
  return cached(
    `clock ${language}`,
    () => new Intl.DateTimeFormat(localeOf[language], { hour: 'numeric', minute: '2-digit' }),
  ).format(atMs);
}

// Making an Intl format costs about a hundred times as much as using one.
const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function cached<F extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => F): F {
  const known = formats.get(key) as F | undefined;
  if (known) return known;
  const made = make();
  formats.set(key, made);
  return made;
}

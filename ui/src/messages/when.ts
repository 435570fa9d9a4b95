import { say } from './catalogue.ts';
import { formatDateTime, formatWeekdayHour } from './format.ts';
import type { Language } from './message.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type Span = { unit: 'now' } | { unit: 'min' | 'h' | 'd'; count: number };

/** How long it is, in the largest unit that fits, rounded down: minutes, hours, days. */
export function spanOf(durationMs: number): Span {
  const size = Math.abs(durationMs);
  if (size < MINUTE_MS) return { unit: 'now' };
  if (size < HOUR_MS) return { unit: 'min', count: Math.floor(size / MINUTE_MS) };
  if (size < DAY_MS) return { unit: 'h', count: Math.floor(size / HOUR_MS) };
  return { unit: 'd', count: Math.floor(size / DAY_MS) };
}

/** A moment as people say it: relative up to a day, then weekday and hour, after a week the date. */
export function formatWhen(atMs: number, nowMs: number, language: Language): string {
  const span = spanOf(atMs - nowMs);
  if (span.unit === 'now') return say(language, atMs > nowMs ? 'when.now' : 'when.justNow');
  if (span.unit === 'd') return span.count < 7 ? formatWeekdayHour(atMs, language) : formatDateTime(atMs, language);
  return say(language, atMs > nowMs ? 'when.in' : 'when.ago', { span: `${span.count} ${span.unit}` });
}

/** A length of time in one unit: 5 min, 3 h, 2 days. */
export function formatSpan(durationMs: number, language: Language): string {
  const span = spanOf(durationMs);
  if (span.unit === 'now') return say(language, 'when.moment');
  return span.unit === 'd' ? say(language, 'when.days', { count: span.count }) : `${span.count} ${span.unit}`;
}

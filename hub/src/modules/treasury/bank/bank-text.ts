export { parseAmount } from '../../../platform/written-amount.ts';

const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** A day as `YYYY-MM-DD`: "11/21/2026", "21.11.26", "20261121". Undefined when there is no such day. */
export function parseDay(text: string, format: 'ymd' | 'mdy' | 'dmy'): string | undefined {
  const bare = text.trim().split(/[T ]/)[0]!;
  const parts = /^\d{8}$/.test(bare) ? inEight(bare, format) : bare.split(/[/.-]/);
  if (parts.length !== 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) return undefined;
  const [a, b, c] = parts as [string, string, string];
  const [yearText, month, day] =
    format === 'ymd'
      ? [a, Number(b), Number(c)]
      : format === 'mdy'
        ? [c, Number(a), Number(b)]
        : [c, Number(b), Number(a)];
  if (yearText.length !== 2 && yearText.length !== 4) return undefined;
  const year = yearText.length === 2 ? 2000 + Number(yearText) : Number(yearText);
  if (year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function inEight(figures: string, format: 'ymd' | 'mdy' | 'dmy'): string[] {
  return format === 'ymd'
    ? [figures.slice(0, 4), figures.slice(4, 6), figures.slice(6)]
    : [figures.slice(0, 2), figures.slice(2, 4), figures.slice(4)];
}

/** The file's text: UTF-8 with or without its mark, UTF-16 with one, else Windows-1252, which banks still write. */
export function decode(bytes: Uint8Array): string {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const hidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** One line that people read: nothing hidden in it, at most 200 characters. */
export const oneLine = (text: string): string => text.replace(hidden, ' ').replace(/\s+/g, ' ').trim().slice(0, 200);

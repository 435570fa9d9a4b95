import { type MessageKey, say } from './catalogue.ts';
import { formatClock, formatDate, formatDateTime, formatMoney, formatNumber, formatReading } from './format.ts';
import type { Language, Params } from './message.ts';
import { formatSpan, formatWhen } from './when.ts';

/** Sentences, numbers, money and moments in the language that the person in front of the page reads. */
export interface Text {
  readonly language: Language;
  /** True on the idle kiosk, where nobody has chosen yet: both languages at once. */
  readonly isBoth: boolean;
  choose(language: Language): void;
  /** Back to both languages at once. */
  chooseBoth(): void;
  t(key: MessageKey, params?: Params): string;
  money(amountMicros: number, signed?: boolean): string;
  number(value: number, decimals?: number): string;
  reading(value: number): string;
  when(atMs: number): string;
  span(durationMs: number): string;
  dateTime(atMs: number): string;
  date(atMs: number): string;
  clock(atMs: number): string;
  /** What somebody wrote in two languages; the English where the Spanish is missing. */
  either(english: string, spanish: string | undefined): string;
  /** The same text in one language only, for a piece of the page that speaks both. */
  in(language: Language): Text;
}

/** Makes the page's text; `nowMs` must be reactive, so that relative times keep up. */
export function createText(first: Language, nowMs: () => number, onChosen?: (language: Language) => void): Text {
  let language = $state<Language>(first);
  let isBoth = $state(false);
  return {
    get isBoth() {
      return isBoth;
    },
    choose(wanted) {
      language = wanted;
      isBoth = false;
      onChosen?.(wanted);
    },
    chooseBoth() {
      isBoth = true;
    },
    ...textIn(() => language, nowMs),
    get language() {
      return language;
    },
  };
}

type Spoken = Omit<Text, 'isBoth' | 'choose' | 'chooseBoth' | 'language'>;

function textIn(language: () => Language, nowMs: () => number): Spoken {
  const alone: Partial<Record<Language, Text>> = {};
  return {
    t: (key, params) => say(language(), key, params),
    money: (amountMicros, signed) => formatMoney(amountMicros, language(), signed),
    number: (value, decimals) => formatNumber(value, language(), decimals),
    reading: (value) => formatReading(value, language()),
    when: (atMs) => formatWhen(atMs, nowMs(), language()),
    span: (durationMs) => formatSpan(durationMs, language()),
    dateTime: (atMs) => formatDateTime(atMs, language()),
    date: (atMs) => formatDate(atMs, language()),
    clock: (atMs) => formatClock(atMs, language()),
    either: (english, spanish) => (language() === 'es' ? (spanish ?? english) : english),
    in(wanted) {
      alone[wanted] ??= {
        ...textIn(() => wanted, nowMs),
        language: wanted,
        isBoth: false,
        choose: () => undefined,
        chooseBoth: () => undefined,
      };
      return alone[wanted];
    },
  };
}

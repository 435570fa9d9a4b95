export type Language = 'en' | 'es';

/** A sentence, or its forms by number (chosen by `count`). `{name}` is filled from the parameters. */
export type Message = string | { readonly one: string; readonly other: string };

export type Params = Readonly<Record<string, string | number>>;

/** The locale whose habits for numbers, dates and money belong to the language. */
export const localeOf: Record<Language, string> = { en: 'en-US', es: 'es-US' };

/** The sentence with its parameters; numbers are written by the language's habits. Throws on a parameter left out. */
export function fillMessage(message: Message, params: Params, language: Language): string {
  const sentence = typeof message === 'string' ? message : message[formOf(params.count, language)];
  return sentence.replace(/\{(\w+)\}(\.?)/g, (_, name: string, stop: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`"${sentence}" needs ${name}`);
    const text = typeof value === 'number' ? numbers[language]().format(value) : value;
    // "12:33 p.m." ends a sentence by itself.
    return text.endsWith('.') ? text : text + stop;
  });
}

function formOf(count: string | number | undefined, language: Language): 'one' | 'other' {
  if (typeof count !== 'number') throw new Error('a sentence with forms needs a number as its count');
  return plurals[language]().select(count) === 'one' ? 'one' : 'other';
}

// Making one costs about a hundred times as much as using it.
const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
const inEach = <T>(make: (locale: string) => T): Record<Language, () => T> => ({
  en: once(() => make(localeOf.en)),
  es: once(() => make(localeOf.es)),
});
const numbers = inEach((locale) => new Intl.NumberFormat(locale));
const plurals = inEach((locale) => new Intl.PluralRules(locale));

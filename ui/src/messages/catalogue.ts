import type { deskWords } from './desk-words.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import type { goodsWords } from './goods-words.ts';
import { fillMessage, type Language, type Message, type Params } from './message.ts';

export type MessageKey = keyof typeof en | keyof typeof deskWords.en | keyof typeof goodsWords.en;

type Words = Readonly<Record<string, Message>>;

const catalogues: Record<Language, Record<string, Message>> = { en: { ...en }, es: { ...es } };

/** Adds the words of pages that bring their own: the first load carries what everybody reads. */
export function addWords(words: Record<Language, Words>): void {
  Object.assign(catalogues.en, words.en);
  Object.assign(catalogues.es, words.es);
}

/** The sentence of that key in that language. Throws for a page's own words before the page has added them. */
export function say(language: Language, key: MessageKey, params: Params = {}): string {
  const message = catalogues[language][key];
  if (message === undefined) throw new Error(`no words for ${key}`);
  return fillMessage(message, params, language);
}

/** The key when the catalogue has it; for keys that are built from what the hub answers. */
export function knownKey(key: string): MessageKey | undefined {
  return Object.hasOwn(catalogues.en, key) ? (key as MessageKey) : undefined;
}

import type { Page } from 'playwright-core';
import { deskWords } from '../../../../ui/src/messages/desk-words.ts';
import { en } from '../../../../ui/src/messages/en.ts';
import { es } from '../../../../ui/src/messages/es.ts';

type Catalogue = Readonly<Record<string, string | { readonly one: string; readonly other: string }>>;

const formsOf = (catalogue: Catalogue): string[] =>
  Object.values(catalogue).flatMap((message) =>
    typeof message === 'string' ? [message] : [message.one, message.other],
  );

/** Sentences as patterns; a parameter may be anything. */
const patternOf = (sentence: string): RegExp =>
  new RegExp(`^${sentence.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '.+?')}$`, 'su');

// Shorter than this without its parameters, a message is a name or a sign and the same in both.
const lettersOf = (sentence: string) => sentence.replace(/\{\w+\}/g, '').replace(/[^\p{L}]/gu, '').length;

/**
 * What is shown or said in English on a page that should be Spanish, by the catalogue's own English sentences; `names` are people's
 * own words and stay as they are.
 */
export async function englishOn(page: Page, names: readonly string[]): Promise<string[]> {
  const said = await page.evaluate<string[]>(`(() => {
    const said = new Set();
    const isSpanish = (element) => element.closest('[lang]').lang === 'es';
    for (const element of document.querySelectorAll('title, body *')) {
      if (!isSpanish(element)) continue;
      for (const name of ['aria-label', 'title', 'alt', 'placeholder']) said.add(element.getAttribute(name) ?? '');
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      said.add(own.map((node) => node.data).join('').replace(/\\s+/g, ' ').trim());
    }
    return [...said].filter((words) => words !== '');
  })()`);
  const spanish = formsOf({ ...es, ...deskWords.es }).map(patternOf);
  const english = formsOf({ ...en, ...deskWords.en })
    .filter((sentence) => lettersOf(sentence) > 2)
    .map(patternOf);
  const isEnglish = (words: string) =>
    english.some((one) => one.test(words)) && !spanish.some((one) => one.test(words));
  return said.filter((words) => !names.includes(words) && isEnglish(words));
}

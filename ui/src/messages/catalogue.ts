import { en } from './en.ts';
import { es } from './es.ts';
import { fillMessage, type Language, type Message, type Params } from './message.ts';

export type MessageKey = keyof typeof en;

const catalogues: Record<Language, Readonly<Record<MessageKey, Message>>> = { en, es };

/** The sentence of that key in that language. */
export function say(language: Language, key: MessageKey, params: Params = {}): string {
  return fillMessage(catalogues[language][key], params, language);
}

/** The key when the catalogue has it; for keys that are built from what the hub answers. */
export function knownKey(key: string): MessageKey | undefined {
  return Object.hasOwn(en, key) ? (key as MessageKey) : undefined;
}

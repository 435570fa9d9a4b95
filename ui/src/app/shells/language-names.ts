import type { Language } from '../../messages/message.ts';

/** Each language in its own words, so that whoever reads only that one finds it. The label begins with what is seen. */
export const languageName: Record<Language, string> = { en: 'EN English', es: 'ES Español' };

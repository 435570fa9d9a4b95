import { bank as enBank } from './en/bank.ts';
import { books as enBooks } from './en/books.ts';
import { desk as enDesk } from './en/desk.ts';
import { deskWaits as enWaits } from './en/desk-waits.ts';
import { limits as enLimits } from './en/limits.ts';
import { bank as esBank } from './es/bank.ts';
import { books as esBooks } from './es/books.ts';
import { desk as esDesk } from './es/desk.ts';
import { deskWaits as esWaits } from './es/desk-waits.ts';
import { limits as esLimits } from './es/limits.ts';

/** The words of the treasurer's desk and of papers: few people open those pages, so the words come with them. */
export const deskWords = {
  en: { ...enBank, ...enBooks, ...enDesk, ...enLimits, ...enWaits },
  es: { ...esBank, ...esBooks, ...esDesk, ...esLimits, ...esWaits },
} as const;

import { createHash } from 'node:crypto';
import type { BankEntry } from './bank.schema.ts';

const hash = (parts: readonly (string | number)[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/**
 * What tells one booking from all others of the bank, the same each time the file or an overlapping one is read. Where the
 * bank gives no number of its own, equal lines of a day are told apart by their count.
 */
export function fingerprintsOf(bank: string, account: string, format: string, entries: readonly BankEntry[]): string[] {
  const seen = new Map<string, number>();
  const home = [bank.trim().toLowerCase(), account, format];
  return entries.map(({ bookedOn, amountMicros, payee, memo, reference }) => {
    const own = format === 'ofx' && reference ? [reference] : [payee, memo, reference ?? ''];
    const print = hash([...home, bookedOn, amountMicros, ...own]);
    const count = seen.get(print) ?? 0;
    seen.set(print, count + 1);
    return count === 0 ? print : hash([print, count]);
  });
}

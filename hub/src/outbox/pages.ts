import { setImmediate as breathe } from 'node:timers/promises';
import type { Reader, Store } from '../platform/ports/index.ts';
import type { IntentPage } from './intents.store.ts';

/** Page after page, other work in between: ten thousand that wait are never in memory at once, nor hold the thread. */
export async function* pagesOf(store: Store, read: (reader: Reader, afterRow: number) => IntentPage) {
  let next: number | undefined = 0;
  while (next !== undefined) {
    const afterRow: number = next;
    const page: IntentPage = store.read((reader) => read(reader, afterRow));
    if (page.items.length > 0) yield page.items;
    next = page.next;
    await breathe();
  }
}

import { type Carrier, type Intent, type Lane, type Reader, type Store, system } from '../platform/ports/index.ts';
import { intentsInState, isOvertaken, voidSince } from './intents.store.ts';
import { pagesOf } from './pages.ts';
import { bookFinal } from './reconcile.ts';

/** When this store was last compared with its outside after a restore, and since when it counts. */
export interface Compared {
  readonly sinceMs: number;
  readonly atMs: number;
}

/** A month without a line, and as much again: what landed in time may be seen so much later. */
const seenWithinMs = 60 * 86_400_000;

const lastComparison = `SELECT at_ms AS atMs, COALESCE(json_extract(detail, '$.sinceMs'), at_ms) AS sinceMs FROM audit
  WHERE action = 'intents.caught-up' ORDER BY seq DESC LIMIT 1`;

/** Undefined when the store was never restored. */
export const lastComparedAt = (reader: Reader): Compared | undefined =>
  reader.prepare(lastComparison).get<Compared>({});

/**
 * A former life's bytes may wait in somebody's pool and land after the comparison. What this store holds as merely
 * signed, or has given up, nobody else looks at: it is booked as what it is. Answers whether there is anything left that
 * might still land.
 */
export async function bookLate(
  store: Store,
  lane: Lane,
  carrier: Carrier,
  { sinceMs, atMs }: Compared,
  nowMs: number,
): Promise<boolean> {
  const mayLand = (intent: Intent) => intent.createdAtMs <= atMs && intent.validUntilMs + seenWithinMs > nowMs;
  let isLeft = false;
  let hasBooked = false;
  for (const state of ['void', 'signed'] as const) {
    const pages = pagesOf(store, (reader, after) =>
      state === 'void' ? voidSince(reader, lane.name, sinceMs, after) : intentsInState(reader, lane.name, state, after),
    );
    for await (const page of pages) {
      const items = store.read((reader) => page.filter((one) => mayLand(one) && !isOvertaken(reader, one.id, sinceMs)));
      if (items.length === 0) continue;
      const booked = await bookFinal(store, lane, carrier, items);
      hasBooked ||= booked > 0;
      isLeft ||= booked < items.length;
    }
  }
  if (hasBooked && lane.caughtUp)
    await store.act({ name: 'intents.landed-late', actor: system('outbox') }, (tx) => lane.caughtUp!(tx));
  return isLeft;
}

import type { Lane, Reader } from '../platform/ports/index.ts';
import type { Due } from './due.store.ts';
import { intentsOfRows } from './intents.store.ts';

const pageSize = 100;

/** What travels together, by what the lane says of each intent; remembered, since an intent's group never changes. */
export interface Groups {
  /** Whole groups, in the order of their first member. */
  of(due: readonly Due[], read: <T>(work: (reader: Reader) => T) => T): Promise<Due[][]>;
}

export function createGroups(lane: Lane, breathe: () => Promise<unknown>): Groups {
  let keys = new Map<number, string>();

  return {
    async of(due, read) {
      const missing = due.filter(({ rowId }) => !keys.has(rowId)).map(({ rowId }) => rowId);
      for (let from = 0; from < missing.length; from += pageSize) {
        const rows = missing.slice(from, from + pageSize);
        const intents = read((reader) => intentsOfRows(reader, rows));
        for (const [index, intent] of intents.entries()) keys.set(rows[index]!, lane.groupOf(intent));
        await breathe();
      }
      if (keys.size > 2 * due.length + pageSize) keys = new Map(due.map(({ rowId }) => [rowId, keys.get(rowId)!]));
      return [...Map.groupBy(due, ({ rowId }) => keys.get(rowId)!).values()];
    },
  };
}

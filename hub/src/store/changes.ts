import type { Change, Reader } from '../platform/ports/index.ts';

const after = 'SELECT seq, noun, id, revision, audience FROM change_log WHERE seq > @seq ORDER BY seq LIMIT @limit';
const bounds = 'SELECT MIN(seq) AS first, MAX(seq) AS last FROM change_log';
const insert =
  'INSERT INTO change_log (at_ms, noun, id, revision, audience) VALUES (@atMs, @noun, @id, @revision, @audience)';

/** Changes after `seq`, oldest first; `undefined` when some of them were pruned or `seq` is from another life. */
export function changesAfter(reader: Reader, seq: number, limit: number): Change[] | undefined {
  const { first, last } = reader.prepare(bounds).get<{ first: number | null; last: number | null }>()!;
  if (seq > (last ?? 0) || (first !== null && seq < first - 1)) return undefined;
  return reader.prepare(after).all<Change>({ seq, limit });
}

export function lastSeq(reader: Reader): number {
  return reader.prepare(bounds).get<{ last: number | null }>()!.last ?? 0;
}

export function appendChange(reader: Reader, atMs: number, change: Omit<Change, 'seq'>): Change {
  const { lastInsertRowid } = reader.prepare(insert).run({ atMs, ...change });
  return { seq: lastInsertRowid, ...change };
}

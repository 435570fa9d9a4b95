import type { Job, Reader, Store } from '../platform/ports/index.ts';
import type { MovementKind } from './journal.store.ts';

export interface HistoryRow {
  readonly cursor: number;
  readonly id: string;
  readonly atMs: number;
  readonly kind: MovementKind;
  /** The effect on what is free to use. */
  readonly amountMicros: number;
  readonly subjectNoun?: string;
  readonly subjectId?: string;
  readonly reason?: string;
}

const history = `
  SELECT m.id AS cursor, m.public_id AS id, m.at_ms AS atMs, m.kind, p.amount_micros AS amountMicros,
    m.subject_noun AS subjectNoun, m.subject_id AS subjectId, m.reason
  FROM postings p
  JOIN accounts a ON a.id = p.account_id AND a.owner = @owner AND a.kind = 'available'
  JOIN currencies c ON c.id = a.currency_id AND c.code = @code
  JOIN movements m ON m.id = p.movement_id
  WHERE p.movement_id < @before
  ORDER BY p.movement_id DESC LIMIT @limit`;

const unbalancedMovements = `
  SELECT movement_id AS id FROM postings GROUP BY movement_id HAVING SUM(amount_micros) <> 0`;
const wrongBalances = `
  SELECT a.id, a.owner, a.kind, a.balance_micros AS kept, COALESCE(SUM(p.amount_micros), 0) AS derived
  FROM accounts a LEFT JOIN postings p ON p.account_id = a.id GROUP BY a.id HAVING kept <> derived`;
const wrongHolds = `
  SELECT a.owner, a.balance_micros AS kept,
    COALESCE((SELECT SUM(h.amount_micros) FROM holds h WHERE h.state IN ('held', 'owed')
      AND 'seat:' || h.seat = a.owner AND h.currency_id = a.currency_id), 0) AS derived
  FROM accounts a WHERE a.kind = 'held' AND kept <> derived`;

/** A seat's movements, newest first, that come before the cursor. */
export function historyOf(reader: Reader, code: string, seat: number, before: number, limit: number): HistoryRow[] {
  return reader.prepare(history).all<HistoryRow>({ code, owner: `seat:${seat}`, before, limit });
}

/** What does not add up: movements that do not balance, balances that differ from their postings, leaked holds. */
export function checkBooks(reader: Reader): string[] {
  const wrong = reader.prepare(wrongBalances).all<{ owner: string; kind: string; kept: number; derived: number }>();
  const holds = reader.prepare(wrongHolds).all<{ owner: string; kept: number; derived: number }>();
  return [
    ...reader
      .prepare(unbalancedMovements)
      .all<{ id: number }>()
      .map(({ id }) => `movement ${id} does not balance`),
    ...wrong.map((row) => `${row.owner} ${row.kind}: kept ${row.kept}, derived ${row.derived}`),
    ...holds.map((row) => `${row.owner}: ${row.kept} held, ${row.derived} in open holds`),
  ];
}

/** Nightly: books that do not add up are a fault. */
export function booksJob(store: Store): Job {
  return {
    name: 'journal.check',
    async run() {
      const wrong = store.read(checkBooks);
      if (wrong.length > 0) throw new Error(wrong.join('; '));
    },
  };
}

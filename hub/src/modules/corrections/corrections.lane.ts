import type { Journal } from '../../journal/index.ts';
import type { Lane, Micros, Reader } from '../../platform/ports/index.ts';
import { transferBatch, transferCalls, transferReadiness, transfersUsed } from '../transfers/index.ts';
import { correctionOfIntent, setCorrection } from './corrections.store.ts';
import { correctionsLane } from './corrections.ts';

const batchMax = 50;
const longestWaitMs = 15 * 60_000;

/** The co-op's transfers to its members, by its own seat. */
export function createCorrectionsLane(
  journal: Journal,
  read: <T>(work: (reader: Reader) => T) => T,
  nowMs: () => number,
): Lane {
  return {
    name: correctionsLane,
    carrier: 'chain',
    rank: 31,
    policy: { batchMax, longestWaitMs },
    calls: transferCalls,
    groupOf: (intent) => intent.id,
    preflight(items, reads) {
      const seats = read((reader) => new Map(items.map(({ id }) => [id, correctionOfIntent(reader, id)?.toSeat])));
      return transferReadiness(items, reads, nowMs(), batchMax, ({ id }) => seats.get(id));
    },
    prepare: (items) => transferBatch(items),
    landed: transfersUsed,

    settled(tx, intent) {
      const row = correctionOfIntent(tx, intent.id);
      if (!row || row.state === 'recorded') return;
      const about = { noun: 'correction', id: row.id };
      const amount = row.amountMicros as Micros;
      if (row.state === 'waiting')
        journal.move(tx, { kind: 'charge', from: 'leaving', to: row.toSeat, amount }, { ...about, reason: row.note });
      // Given up here after a restore, and carried all the same.
      else {
        const late = { ...about, reason: 'settled_before_restore' };
        journal.postForeign(tx, { from: 'clearing', to: row.toSeat, amount }, late);
      }
      setCorrection(tx, row, { state: 'recorded' });
    },

    voided(tx, intent, reason) {
      const row = correctionOfIntent(tx, intent.id);
      if (row?.state !== 'waiting') return;
      const back = { kind: 'reversal', from: 'leaving', to: 'clearing', amount: row.amountMicros as Micros } as const;
      journal.move(tx, back, { noun: 'correction', id: row.id, reason });
      setCorrection(tx, row, { state: 'void', reason });
    },
  };
}

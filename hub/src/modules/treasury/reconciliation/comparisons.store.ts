import type { Reader, Tx } from '../../../platform/ports/index.ts';
import type { Comparison, Reconciliation } from './reconciliation.schema.ts';

type Row = Omit<Comparison, 'figures' | 'driftMicros'> & {
  readonly figures: string;
  readonly driftMicros: number | null;
};

const sql = {
  put: `INSERT INTO comparisons (day, at_ms, drift_micros, figures) VALUES (@day, @atMs, @driftMicros, @figures)
    ON CONFLICT (day) DO UPDATE SET at_ms = @atMs, drift_micros = @driftMicros, figures = @figures
    WHERE @driftMicros IS NOT NULL OR drift_micros IS NULL`,
  page: `SELECT day, at_ms AS atMs, drift_micros AS driftMicros, figures FROM comparisons
    WHERE day < @before ORDER BY day DESC LIMIT @limit`,
} as const;

/** Keeps the day's comparison; one that could not read the chain does not replace one that did. */
export function putComparison(tx: Tx, day: string, driftMicros: number | undefined, figures: Reconciliation): void {
  tx.prepare(sql.put).run({
    day,
    atMs: tx.nowMs,
    driftMicros: driftMicros ?? null,
    figures: JSON.stringify(figures),
  });
  tx.changed('comparison', day, 1, 'role:treasurer');
}

export const listComparisons = (reader: Reader, before: string, limit: number): Comparison[] =>
  reader
    .prepare(sql.page)
    .all<Row>({ before, limit })
    .map((row) => ({
      ...row,
      driftMicros: row.driftMicros ?? undefined,
      figures: JSON.parse(row.figures) as Reconciliation,
    }));

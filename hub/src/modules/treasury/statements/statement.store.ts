import type { Reader, SeatNumber } from '../../../platform/ports/index.ts';

export interface StatementRow {
  readonly id: string;
  readonly atMs: number;
  readonly kind: string;
  /** The effect on what is free to use. */
  readonly amountMicros: number;
  readonly noun: string | null;
  readonly subjectId: string | null;
  readonly reason: string | null;
}

const available = `FROM postings p
  JOIN accounts a ON a.id = p.account_id AND a.owner = @owner AND a.kind = 'available'
  JOIN currencies c ON c.id = a.currency_id AND c.code = 'FUSD'
  JOIN movements m ON m.id = p.movement_id`;
const sql = {
  before: `SELECT COALESCE(SUM(p.amount_micros), 0) AS micros ${available} WHERE m.at_ms < @fromMs`,
  rows: `SELECT m.public_id AS id, m.at_ms AS atMs, m.kind, p.amount_micros AS amountMicros, m.subject_noun AS noun,
      m.subject_id AS subjectId, m.reason ${available} WHERE m.at_ms >= @fromMs AND m.at_ms < @toMs ORDER BY m.id`,
} as const;

/** What was free to use before `fromMs`, and every movement from then until before `toMs`, oldest first. */
export function statementOf(reader: Reader, seat: SeatNumber, fromMs: number, toMs: number) {
  const owner = `seat:${seat}`;
  return {
    openingMicros: reader.prepare(sql.before).get<{ micros: number }>({ owner, fromMs })!.micros,
    rows: reader.prepare(sql.rows).all<StatementRow>({ owner, fromMs, toMs }),
  };
}

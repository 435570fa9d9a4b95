import type { DeliveryAnswer, Reader, Tx } from '../platform/ports/index.ts';

/** An answer and the attempt that got it: a later attempt of the same delivery has not been answered yet. */
export interface KeptAnswer extends DeliveryAnswer {
  readonly attemptId: string;
}

const sql = {
  keep: `INSERT INTO carrier_answers (carrier, key, attempt_id, outcome, words, tries, until_ms, at_ms)
    VALUES (@carrier, @key, @attemptId, @outcome, @words, @tries, @untilMs, @atMs)
    ON CONFLICT (carrier, key) DO UPDATE SET attempt_id = excluded.attempt_id, outcome = excluded.outcome,
      words = excluded.words, tries = excluded.tries, until_ms = excluded.until_ms, at_ms = excluded.at_ms
    WHERE carrier_answers.outcome <> 'taken'`,
  find: `SELECT attempt_id AS attemptId, outcome, words, tries, until_ms AS untilMs, at_ms AS atMs
    FROM carrier_answers WHERE carrier = @carrier AND key = @key`,
} as const;

/** Keeps the newest answer; what was taken stays taken. */
export function keepAnswer(tx: Tx, carrier: string, key: string, answer: Omit<KeptAnswer, 'atMs'>): void {
  tx.prepare(sql.keep).run({ ...answer, carrier, key, atMs: tx.nowMs });
}

export const answerTo = (reader: Reader, carrier: string, key: string): KeptAnswer | undefined =>
  reader.prepare(sql.find).get<KeptAnswer>({ carrier, key });

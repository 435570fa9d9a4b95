import type { Authorisation, Hex, Intent, IntentState, Reader, SignedMessage, Tx } from '../platform/ports/index.ts';

interface Row {
  readonly rowId: number;
  readonly id: string;
  readonly lane: string;
  readonly subject: Hex;
  readonly seat: number | null;
  readonly message: string;
  readonly authorisations: string;
  readonly notBeforeMs: number;
  readonly validUntilMs: number;
  readonly urgentAtMs: number | null;
  readonly queuedAtMs: number | null;
  readonly state: IntentState;
  readonly reason: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly after: string | null;
}

const columns = `i.id AS rowId, i.public_id AS id, i.lane, i.subject, i.seat, i.message, i.authorisations,
  i.not_before_ms AS notBeforeMs, i.valid_until_ms AS validUntilMs, i.urgent_at_ms AS urgentAtMs,
  i.queued_at_ms AS queuedAtMs, i.state, i.reason,
  i.created_at_ms AS createdAtMs, i.updated_at_ms AS updatedAtMs,
  (SELECT group_concat(a.public_id) FROM intent_after x JOIN intents a ON a.id = x.after_id
    WHERE x.intent_id = i.id) AS "after"`;

const sql = {
  insert: `INSERT INTO intents (public_id, lane, subject, seat, message, authorisations, not_before_ms, valid_until_ms,
      urgent_at_ms, state, created_at_ms, updated_at_ms)
    VALUES (@id, @lane, @subject, @seat, @message, @authorisations, @notBeforeMs, @validUntilMs, @urgentAtMs, 'signed',
      @atMs, @atMs)`,
  insertAfter: `INSERT INTO intent_after (intent_id, after_id)
    SELECT @intentId, id FROM intents WHERE public_id = @afterId`,
  byId: `SELECT ${columns} FROM intents i WHERE i.public_id = @id`,
  byState: `SELECT ${columns} FROM intents i WHERE i.lane = @lane AND i.state = @state ORDER BY i.id LIMIT @limit`,
  voidSince: `SELECT ${columns} FROM intents i WHERE i.lane = @lane AND i.state = 'void' AND i.updated_at_ms >= @sinceMs
    ORDER BY i.id`,
  due: `SELECT ${columns} FROM intents i
    WHERE i.lane = @lane AND i.state = 'queued' AND i.not_before_ms <= @nowMs
      AND NOT EXISTS (SELECT 1 FROM intent_after x JOIN intents a ON a.id = x.after_id
        WHERE x.intent_id = i.id AND a.state <> 'final')
    ORDER BY i.id LIMIT @limit`,
  bySubject: `SELECT ${columns} FROM intents i WHERE i.subject = @subject ORDER BY i.id`,
  expired: `SELECT ${columns} FROM intents i
    WHERE i.lane = @lane AND i.state IN ('signed', 'queued') AND i.valid_until_ms <= @nowMs ORDER BY i.id LIMIT @limit`,
  orphaned: `SELECT ${columns} FROM intents i
    WHERE i.lane = @lane AND i.state = 'queued' AND EXISTS (SELECT 1 FROM intent_after x JOIN intents a ON a.id = x.after_id
        WHERE x.intent_id = i.id AND a.state = 'void') LIMIT @limit`,
  setState: `UPDATE intents SET state = @state, reason = @reason, updated_at_ms = @atMs,
    queued_at_ms = CASE @state WHEN 'queued' THEN COALESCE(queued_at_ms, @atMs) ELSE queued_at_ms END
    WHERE public_id = @id`,
  logState: `INSERT INTO intent_states (intent_id, state, reason, at_ms)
    SELECT id, @state, @reason, @atMs FROM intents WHERE public_id = @id`,
  setReason: 'UPDATE intents SET reason = @reason WHERE public_id = @id AND reason IS NOT @reason',
  authorise: 'UPDATE intents SET authorisations = @authorisations WHERE public_id = @id',
  waiting: `SELECT lane, COUNT(*) AS count, MIN(created_at_ms) AS oldestAtMs FROM intents
    WHERE state IN ('queued', 'sent', 'landed') GROUP BY lane ORDER BY lane`,
} as const;

function toIntent(row: Row): Intent {
  return {
    id: row.id,
    lane: row.lane,
    subject: row.subject,
    seat: row.seat ?? undefined,
    message: JSON.parse(row.message) as SignedMessage,
    authorisations: JSON.parse(row.authorisations) as Authorisation[],
    notBeforeMs: row.notBeforeMs,
    validUntilMs: row.validUntilMs,
    urgentAtMs: row.urgentAtMs ?? undefined,
    queuedAtMs: row.queuedAtMs ?? undefined,
    after: row.after?.split(',') ?? [],
    state: row.state,
    reason: row.reason ?? undefined,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
  };
}

export type NewIntent = Omit<Intent, 'state' | 'reason' | 'queuedAtMs' | 'createdAtMs' | 'updatedAtMs'>;

export function insertIntent(tx: Tx, intent: NewIntent): void {
  const { lastInsertRowid } = tx.prepare(sql.insert).run({
    id: intent.id,
    lane: intent.lane,
    subject: intent.subject,
    seat: intent.seat ?? null,
    message: JSON.stringify(intent.message),
    authorisations: JSON.stringify(intent.authorisations),
    notBeforeMs: intent.notBeforeMs,
    validUntilMs: intent.validUntilMs,
    urgentAtMs: intent.urgentAtMs ?? null,
    atMs: tx.nowMs,
  });
  for (const afterId of intent.after) tx.prepare(sql.insertAfter).run({ intentId: lastInsertRowid, afterId });
  tx.prepare(sql.logState).run({ id: intent.id, state: 'signed', reason: null, atMs: tx.nowMs });
}

export function findIntent(reader: Reader, id: string): Intent | undefined {
  const row = reader.prepare(sql.byId).get<Row>({ id });
  return row && toIntent(row);
}

const many = (reader: Reader, text: string, params: object): Intent[] =>
  reader.prepare(text).all<Row>(params).map(toIntent);

export const intentsInState = (reader: Reader, lane: string, state: IntentState, limit: number) =>
  many(reader, sql.byState, { lane, state, limit });
export const voidSince = (reader: Reader, lane: string, sinceMs: number) =>
  many(reader, sql.voidSince, { lane, sinceMs });
export const dueIntents = (reader: Reader, lane: string, nowMs: number, limit: number) =>
  many(reader, sql.due, { lane, nowMs, limit });
export const expiredIntents = (reader: Reader, lane: string, nowMs: number, limit: number) =>
  many(reader, sql.expired, { lane, nowMs, limit });
export const orphanedIntents = (reader: Reader, lane: string, limit: number) =>
  many(reader, sql.orphaned, { lane, limit });
export const intentsOfSubject = (reader: Reader, subject: Hex) => many(reader, sql.bySubject, { subject });

export function setIntentState(tx: Tx, id: string, state: IntentState, reason?: string): void {
  const row = { id, state, reason: reason ?? null, atMs: tx.nowMs };
  tx.prepare(sql.setState).run(row);
  tx.prepare(sql.logState).run(row);
}

/** Why it still waits, for people; not a new state. Answers whether that is news. */
export function noteReason(tx: Tx, id: string, reason: string): boolean {
  return tx.prepare(sql.setReason).run({ id, reason }).changes > 0;
}

export function setAuthorisations(tx: Tx, id: string, authorisations: readonly Authorisation[]): void {
  tx.prepare(sql.authorise).run({ id, authorisations: JSON.stringify(authorisations) });
}

export const waitingByLane = (reader: Reader) =>
  reader.prepare(sql.waiting).all<{ lane: string; count: number; oldestAtMs: number }>();

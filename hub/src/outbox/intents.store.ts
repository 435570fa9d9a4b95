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
  page: `SELECT ${columns} FROM intents i WHERE i.lane = @lane AND i.state = @state AND i.id > @afterRow
    ORDER BY i.id LIMIT @limit`,
  voidPage: `SELECT ${columns} FROM intents i WHERE i.lane = @lane AND i.state = 'void' AND i.updated_at_ms >= @sinceMs
    AND i.id > @afterRow ORDER BY i.id LIMIT @limit`,
  isOvertaken: `SELECT 1 FROM intents i JOIN intents n ON n.subject = i.subject AND n.seat IS i.seat AND n.lane = i.lane
    AND n.id > i.id AND (n.state IN ('signed', 'queued', 'sent', 'landed')
      OR (n.state = 'void' AND n.updated_at_ms >= @sinceMs)) WHERE i.public_id = @id LIMIT 1`,
  byRows: `SELECT ${columns} FROM json_each(@rows) r JOIN intents i ON i.id = r.value ORDER BY r.key`,
  bySubject: `SELECT ${columns} FROM intents i WHERE i.subject = @subject ORDER BY i.id`,
  expired: `SELECT ${columns} FROM intents i
    WHERE i.lane = @lane AND i.state IN ('signed', 'queued') AND i.valid_until_ms <= @nowMs AND i.id > @afterRow
    ORDER BY i.id LIMIT @limit`,
  orphaned: `SELECT ${columns} FROM intents i
    WHERE i.state = 'queued' AND i.id IN (SELECT x.intent_id FROM intent_after x JOIN intents a ON a.id = x.after_id
        WHERE a.state = 'void') ORDER BY i.id LIMIT @limit`,
  setState: `UPDATE intents SET state = @state, reason = @reason, updated_at_ms = @atMs,
    queued_at_ms = CASE @state WHEN 'queued' THEN COALESCE(queued_at_ms, @atMs) ELSE queued_at_ms END
    WHERE public_id = @id`,
  logState: `INSERT INTO intent_states (intent_id, state, reason, at_ms)
    SELECT id, @state, @reason, @atMs FROM intents WHERE public_id = @id`,
  lanesUnderWay: `SELECT DISTINCT lane FROM intents WHERE state IN ('sent', 'landed')`,
  setReason: `UPDATE intents SET reason = @reason WHERE public_id = @id AND state = 'queued'`,
  authorise: 'UPDATE intents SET authorisations = @authorisations WHERE public_id = @id',
  waiting: `SELECT lane, COUNT(*) AS count, MIN(COALESCE(queued_at_ms, created_at_ms)) AS oldestAtMs FROM intents
    WHERE state IN ('queued', 'sent', 'landed') GROUP BY lane ORDER BY lane`,
  waitingReasons: `SELECT lane, reason, COUNT(*) AS count FROM intents
    WHERE state = 'queued' AND reason IS NOT NULL GROUP BY lane, reason ORDER BY lane, count DESC`,
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

/** Some of them, and where the next page begins; nobody holds all that waits in memory. */
export interface IntentPage {
  readonly items: readonly Intent[];
  /** Undefined: that was the last. */
  readonly next?: number;
}

const pageSize = 100;

function page(reader: Reader, text: string, params: object, afterRow: number): IntentPage {
  const rows = reader.prepare(text).all<Row>({ ...params, afterRow, limit: pageSize });
  return { items: rows.map(toIntent), next: rows.length === pageSize ? rows.at(-1)!.rowId : undefined };
}

export const intentsInState = (reader: Reader, lane: string, state: IntentState, afterRow: number) =>
  page(reader, sql.page, { lane, state }, afterRow);
export const voidSince = (reader: Reader, lane: string, sinceMs: number, afterRow: number) =>
  page(reader, sql.voidPage, { lane, sinceMs }, afterRow);
export const expiredIntents = (reader: Reader, lane: string, nowMs: number, afterRow: number) =>
  page(reader, sql.expired, { lane, nowMs }, afterRow);
/** Lanes of which something has left and is not final. */
export const lanesUnderWay = (reader: Reader): Set<string> =>
  new Set(
    reader
      .prepare(sql.lanesUnderWay)
      .all<{ lane: string }>()
      .map(({ lane }) => lane),
  );
/** Queued behind something void, of every lane. */
export const orphanedIntents = (reader: Reader): Intent[] => many(reader, sql.orphaned, { limit: pageSize });
/** A seat that left and came again has signed more than once: the nullifier is one, and counts for the last. */
export const isOvertaken = (reader: Reader, id: string, sinceMs: number): boolean =>
  reader.prepare(sql.isOvertaken).get({ id, sinceMs }) !== undefined;
/** In the order in which they are asked for. */
export const intentsOfRows = (reader: Reader, rows: readonly number[]) =>
  many(reader, sql.byRows, { rows: JSON.stringify(rows) });
export const intentsOfSubject = (reader: Reader, subject: Hex) => many(reader, sql.bySubject, { subject });

export function setIntentState(tx: Tx, id: string, state: IntentState, reason?: string): void {
  const row = { id, state, reason: reason ?? null, atMs: tx.nowMs };
  tx.prepare(sql.setState).run(row);
  tx.prepare(sql.logState).run(row);
}

/** Why it still waits, for people; not a new state. */
export function noteReason(tx: Tx, id: string, reason: string): void {
  tx.prepare(sql.setReason).run({ id, reason });
}

export function setAuthorisations(tx: Tx, id: string, authorisations: readonly Authorisation[]): void {
  tx.prepare(sql.authorise).run({ id, authorisations: JSON.stringify(authorisations) });
}

export const waitingByLane = (reader: Reader) =>
  reader.prepare(sql.waiting).all<{ lane: string; count: number; oldestAtMs: number }>();
/** Why queued ones were left behind when they were looked at last. */
export const waitingReasons = (reader: Reader) =>
  reader.prepare(sql.waitingReasons).all<{ lane: string; reason: string; count: number }>();

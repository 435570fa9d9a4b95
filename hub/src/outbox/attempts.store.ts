import type { Attempt, Hex, Reader, Tx } from '../platform/ports/index.ts';

type State = Attempt['state'];
type Row = Omit<Attempt, 'intentIds'> & { readonly intentIds: string | null };

const columns = `t.public_id AS id, t.lane, t.carrier, t.payload, t.locator, t.sender_nonce AS senderNonce, t.state,
  t.created_at_ms AS createdAtMs,
  (SELECT group_concat(i.public_id) FROM attempt_items x JOIN intents i ON i.id = x.intent_id
    WHERE x.attempt_id = t.id) AS intentIds`;

const sql = {
  insert: `INSERT INTO attempts (public_id, lane, carrier, payload, locator, sender, sender_nonce, state,
      created_at_ms, updated_at_ms)
    VALUES (@id, @lane, @carrier, @payload, @locator, @sender, @senderNonce, 'prepared', @atMs, @atMs)`,
  insertItem: `INSERT INTO attempt_items (attempt_id, intent_id) SELECT @attemptId, id FROM intents WHERE public_id = @id`,
  open: `SELECT ${columns} FROM attempts t WHERE t.carrier = @carrier AND t.state IN ('prepared', 'sent', 'mined')
    ORDER BY t.sender_nonce`,
  highestNonce: `SELECT MAX(sender_nonce) AS nonce FROM attempts WHERE carrier = @carrier AND state <> 'dropped'
    AND (sender = @sender OR (sender = '' AND state IN ('prepared', 'sent')))`,
  setState: `UPDATE attempts SET state = @state, gas_used = COALESCE(@gasUsed, gas_used),
    block_number = COALESCE(@blockNumber, block_number), updated_at_ms = @atMs WHERE public_id = @id`,
  recent: `SELECT t.public_id AS id, t.lane, t.state, t.created_at_ms AS atMs, t.locator AS txHash, t.gas_used AS gasUsed,
      (SELECT COUNT(*) FROM attempt_items x WHERE x.attempt_id = t.id) AS itemCount
    FROM attempts t ORDER BY t.id DESC LIMIT @limit`,
  byLocator: 'SELECT 1 FROM attempts WHERE locator = @locator',
  ofIntent: `SELECT t.locator AS txHash, t.state FROM attempts t JOIN attempt_items x ON x.attempt_id = t.id
    JOIN intents i ON i.id = x.intent_id WHERE i.public_id = @id ORDER BY t.id DESC LIMIT 1`,
} as const;

const toAttempt = (row: Row): Attempt => ({ ...row, intentIds: row.intentIds?.split(',') ?? [] });

export interface NewAttempt {
  readonly id: string;
  readonly lane: string;
  readonly carrier: string;
  readonly payload: Hex;
  readonly locator: string;
  readonly sender: string;
  readonly senderNonce: number;
  readonly intentIds: readonly string[];
}

export function insertAttempt(tx: Tx, attempt: NewAttempt): void {
  const { intentIds, ...row } = attempt;
  const { lastInsertRowid } = tx.prepare(sql.insert).run({ ...row, atMs: tx.nowMs });
  for (const id of intentIds) tx.prepare(sql.insertItem).run({ attemptId: lastInsertRowid, id });
}

/** Attempts that may still land, lowest nonce first. */
export const openAttempts = (reader: Reader, carrier: string): Attempt[] =>
  reader.prepare(sql.open).all<Row>({ carrier }).map(toAttempt);

/** The sender's highest nonce ever stored and not known to be free again; -1 when there is none. */
export const highestNonce = (reader: Reader, carrier: string, sender: string): number =>
  reader.prepare(sql.highestNonce).get<{ nonce: number | null }>({ carrier, sender })!.nonce ?? -1;

export function setAttemptState(
  tx: Tx,
  id: string,
  state: State,
  seen: { gasUsed?: number; blockNumber?: number } = {},
): void {
  const { gasUsed = null, blockNumber = null } = seen;
  tx.prepare(sql.setState).run({ id, state, gasUsed, blockNumber, atMs: tx.nowMs });
}

export interface AttemptSummary {
  readonly id: string;
  readonly lane: string;
  readonly state: State;
  readonly atMs: number;
  readonly txHash: string;
  readonly gasUsed: number | null;
  readonly itemCount: number;
}

export const recentAttempts = (reader: Reader, limit: number) =>
  reader.prepare(sql.recent).all<AttemptSummary>({ limit });

/** The transaction that carries or carried the intent, if any. */
export const carriedBy = (reader: Reader, intentId: string) =>
  reader.prepare(sql.ofIntent).get<{ txHash: string; state: State }>({ id: intentId });

/** Whether these bytes were ours. */
export const isCarried = (reader: Reader, locator: string): boolean =>
  reader.prepare(sql.byLocator).get({ locator }) !== undefined;

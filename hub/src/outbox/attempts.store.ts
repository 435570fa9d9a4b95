import type { Attempt, AttemptVersion, Hex, Prepared, Probed, Reader, Tx } from '../platform/ports/index.ts';

type State = Attempt['state'];
type Row = Omit<Attempt, 'intentIds' | 'earlier' | 'isCancel'> & {
  readonly rowId: number;
  readonly intentIds: string | null;
  readonly isCancel: number;
  readonly costWei: string;
};

/** With what its newest version may cost. */
export type OpenAttempt = Attempt & { readonly costWei: bigint };

const columns = `t.id AS rowId, t.public_id AS id, t.lane, t.carrier, t.payload, t.locator, t.sender_nonce AS senderNonce,
  t.state, t.is_cancel AS isCancel, t.cost_wei AS costWei, t.created_at_ms AS createdAtMs,
  COALESCE(t.version_at_ms, t.created_at_ms) AS versionAtMs,
  (SELECT group_concat(i.public_id) FROM attempt_items x JOIN intents i ON i.id = x.intent_id
    WHERE x.attempt_id = t.id) AS intentIds`;

const sql = {
  insert: `INSERT INTO attempts (public_id, lane, carrier, payload, locator, sender, sender_nonce, state, cost_wei,
      is_cancel, version_at_ms, created_at_ms, updated_at_ms)
    VALUES (@id, @lane, @carrier, @payload, @locator, @sender, @senderNonce, 'prepared', @costWei, @isCancel, @atMs,
      @atMs, @atMs)`,
  insertItem: `INSERT INTO attempt_items (attempt_id, intent_id) SELECT @attemptId, id FROM intents WHERE public_id = @id`,
  open: `SELECT ${columns} FROM attempts t WHERE t.carrier = @carrier AND t.state IN ('prepared', 'sent', 'mined')
    ORDER BY t.sender_nonce`,
  unmined: `SELECT ${columns} FROM attempts t WHERE t.carrier = @carrier AND t.state IN ('prepared', 'sent')
    AND t.sender IN (@sender, '') ORDER BY t.sender_nonce`,
  unminedLanes: `SELECT t.lane FROM attempts t WHERE t.carrier = @carrier AND t.state IN ('prepared', 'sent')
    AND t.sender IN (@sender, '')`,
  isUrged: `SELECT 1 FROM attempts t JOIN attempt_items x ON x.attempt_id = t.id JOIN intents i ON i.id = x.intent_id
    JOIN settle_now n ON n.carrier = t.carrier WHERE t.public_id = @id AND i.queued_at_ms <= n.at_ms LIMIT 1`,
  versions: `SELECT payload, locator, is_cancel AS isCancel FROM attempt_versions WHERE attempt_id = @rowId
    ORDER BY version`,
  keepVersion: `INSERT INTO attempt_versions (attempt_id, version, payload, locator, cost_wei, is_cancel, at_ms)
    SELECT t.id, (SELECT COUNT(*) FROM attempt_versions v WHERE v.attempt_id = t.id), t.payload, t.locator, t.cost_wei,
      t.is_cancel, COALESCE(t.version_at_ms, t.created_at_ms) FROM attempts t WHERE t.public_id = @id`,
  renew: `UPDATE attempts SET payload = @payload, locator = @locator, cost_wei = @costWei, is_cancel = @isCancel,
    version_at_ms = @atMs, updated_at_ms = @atMs WHERE public_id = @id`,
  highestNonce: `SELECT MAX(sender_nonce) AS nonce FROM attempts WHERE carrier = @carrier AND state <> 'dropped'
    AND (sender = @sender OR (sender = '' AND state IN ('prepared', 'sent')))`,
  setState: `UPDATE attempts SET state = @state, gas_used = COALESCE(@gasUsed, gas_used),
    block_number = COALESCE(@blockNumber, block_number), paid_wei = COALESCE(@paidWei, paid_wei),
    landed_locator = @landedLocator, updated_at_ms = @atMs WHERE public_id = @id`,
  recent: `SELECT t.public_id AS id, t.lane, t.state, t.created_at_ms AS atMs,
      COALESCE(t.landed_locator, t.locator) AS txHash, t.gas_used AS gasUsed, t.paid_wei AS paidWei,
      (SELECT COUNT(*) FROM attempt_versions v WHERE v.attempt_id = t.id) AS replacedCount,
      (SELECT COUNT(*) FROM attempt_items x WHERE x.attempt_id = t.id) AS itemCount
    FROM attempts t WHERE t.carrier = @carrier AND t.created_at_ms >= @sinceMs ORDER BY t.id DESC LIMIT @limit`,
  byLocator: `SELECT 1 FROM attempts WHERE locator = @locator
    UNION ALL SELECT 1 FROM attempt_versions WHERE locator = @locator`,
  ofIntent: `SELECT COALESCE(t.landed_locator, t.locator) AS txHash, t.state FROM attempts t
    JOIN attempt_items x ON x.attempt_id = t.id
    JOIN intents i ON i.id = x.intent_id WHERE i.public_id = @id ORDER BY t.id DESC LIMIT 1`,
  spent: `SELECT paid_wei AS paidWei, cost_wei AS costWei, state FROM attempts
    WHERE carrier = @carrier AND created_at_ms > @sinceMs - 7 * 86400000
      AND COALESCE(version_at_ms, created_at_ms) > @sinceMs`,
  seatsUnderWay: `SELECT DISTINCT i.seat FROM attempts t JOIN attempt_items x ON x.attempt_id = t.id
    JOIN intents i ON i.id = x.intent_id
    WHERE t.carrier = @carrier AND t.sender IN (@sender, '') AND t.state IN ('prepared', 'sent')
      AND i.seat IS NOT NULL`,
} as const;

function toAttempt(reader: Reader, { rowId, ...row }: Row): OpenAttempt {
  const versions = reader.prepare(sql.versions).all<Omit<AttemptVersion, 'isCancel'> & { isCancel: number }>({ rowId });
  return {
    ...row,
    intentIds: row.intentIds?.split(',') ?? [],
    isCancel: row.isCancel === 1,
    costWei: BigInt(row.costWei),
    earlier: versions.map((version) => ({ ...version, isCancel: version.isCancel === 1 })),
  };
}

export interface NewAttempt {
  readonly id: string;
  readonly lane: string;
  readonly carrier: string;
  readonly payload: Hex;
  readonly locator: string;
  readonly sender: string;
  readonly senderNonce: number;
  readonly costWei: bigint;
  readonly isCancel?: boolean;
  readonly intentIds: readonly string[];
}

export function insertAttempt(tx: Tx, attempt: NewAttempt): void {
  const { intentIds, costWei, isCancel, ...row } = attempt;
  const given = { ...row, costWei: String(costWei), isCancel: Number(isCancel ?? false), atMs: tx.nowMs };
  const { lastInsertRowid } = tx.prepare(sql.insert).run(given);
  for (const id of intentIds) tx.prepare(sql.insertItem).run({ attemptId: lastInsertRowid, id });
}

/** The attempt's next version: other bytes in the same place; the ones so far are kept, since they may land all the same. */
export function renewAttempt(tx: Tx, id: string, made: Prepared, isCancel: boolean): void {
  tx.prepare(sql.keepVersion).run({ id });
  const { payload, locator } = made;
  const row = { id, payload, locator, costWei: String(made.costWei), isCancel: Number(isCancel), atMs: tx.nowMs };
  tx.prepare(sql.renew).run(row);
}

/** Attempts that may still land, lowest nonce first. */
export const openAttempts = (reader: Reader, carrier: string): OpenAttempt[] =>
  reader
    .prepare(sql.open)
    .all<Row>({ carrier })
    .map((row) => toAttempt(reader, row));

/** The sender's own that have not been seen mined, lowest nonce first. */
export const unminedAttempts = (reader: Reader, carrier: string, sender: string): OpenAttempt[] =>
  reader
    .prepare(sql.unmined)
    .all<Row>({ carrier, sender })
    .map((row) => toAttempt(reader, row));

/** The lane of each of them. */
export const unminedLanes = (reader: Reader, carrier: string, sender: string): string[] =>
  reader
    .prepare(sql.unminedLanes)
    .all<{ lane: string }>({ carrier, sender })
    .map(({ lane }) => lane);

/** The treasurer pressed for something in it. */
export const isUrgedAttempt = (reader: Reader, id: string): boolean =>
  reader.prepare(sql.isUrged).get({ id }) !== undefined;

/** Seats of which something has left and is not mined: what they have next is looked at when that is there. */
export const seatsUnderWay = (reader: Reader, carrier: string, sender: string): Set<number> =>
  new Set(
    reader
      .prepare(sql.seatsUnderWay)
      .all<{ seat: number }>({ carrier, sender })
      .map(({ seat }) => seat),
  );

/** The sender's highest nonce ever stored and not known to be free again; -1 when there is none. */
export const highestNonce = (reader: Reader, carrier: string, sender: string): number =>
  reader.prepare(sql.highestNonce).get<{ nonce: number | null }>({ carrier, sender })!.nonce ?? -1;

/** What was paid since, and what may have to be paid for what is under way. */
export function spentSince(reader: Reader, carrier: string, sinceMs: number): bigint {
  const rows = reader.prepare(sql.spent).all<{ paidWei: string | null; costWei: string; state: State }>({
    carrier,
    sinceMs,
  });
  return rows.reduce((sum, { paidWei, costWei, state }) => {
    return sum + BigInt(paidWei ?? (state === 'dropped' ? '0' : costWei));
  }, 0n);
}

export function setAttemptState(tx: Tx, id: string, state: State, seen: Partial<Probed> = {}): void {
  const { gasUsed = null, blockNumber = null, paidWei, locator = null } = seen;
  const paid = paidWei === undefined ? null : String(paidWei);
  const row = { id, state, gasUsed, blockNumber, paidWei: paid, landedLocator: locator, atMs: tx.nowMs };
  tx.prepare(sql.setState).run(row);
}

export interface AttemptSummary {
  readonly id: string;
  readonly lane: string;
  readonly state: State;
  readonly atMs: number;
  readonly txHash: string;
  readonly gasUsed: number | null;
  /** In the chain's smallest coin; null until it is known. */
  readonly paidWei: string | null;
  /** How often its fees were raised. */
  readonly replacedCount: number;
  readonly itemCount: number;
}

/** One carrier's, newest first. */
export const recentAttempts = (reader: Reader, carrier: string, limit: number, sinceMs = 0) =>
  reader.prepare(sql.recent).all<AttemptSummary>({ carrier, limit, sinceMs });

/** The transaction that carries or carried the intent, if any. */
export const carriedBy = (reader: Reader, intentId: string) =>
  reader.prepare(sql.ofIntent).get<{ txHash: string; state: State }>({ id: intentId });

/** Whether these bytes were ours. */
export const isCarried = (reader: Reader, locator: string): boolean =>
  reader.prepare(sql.byLocator).get({ locator }) !== undefined;

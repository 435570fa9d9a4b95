import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { ProposalContent } from '../../signing/index.ts';
import type { Counts, NewValue, ProposalKind, ProposalState, Spending } from './governance.schema.ts';
import type { Terms } from './tally.ts';

/** What a proposal changes when it passes; a text changes nothing. */
export type Change = { readonly spending: Spending } | { readonly number: NewValue & { readonly before?: number } };

export interface ProposalRow {
  readonly rowId: number;
  readonly id: string;
  readonly revision: number;
  /** Its id on chain. */
  readonly hash: Hex;
  readonly kind: ProposalKind;
  readonly title: string;
  readonly titleEs?: string;
  readonly text: string;
  readonly textSalt: Hex;
  readonly content: ProposalContent;
  readonly change?: Change;
  readonly proposedBySeat: SeatNumber;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  readonly submissionEndMs: number;
  readonly season: number;
  readonly seasonLengthS: number;
  readonly terms: Terms;
  /** The chain has taken the terms down. */
  readonly isBound: boolean;
  readonly state: ProposalState;
  readonly reason?: string;
  /** Once it is closed. */
  readonly counts?: Counts;
  readonly intentId: string;
  readonly executeIntentId?: string;
  readonly createdAtMs: number;
}

type Row = { readonly [K in keyof ProposalRow]-?: string | number | null };

const columns = `p.id AS rowId, p.public_id AS id, p.revision, p.hash, p.kind, p.title, p.title_es AS titleEs, p.text,
  p.text_salt AS textSalt, p.content, p.change, p.proposed_by_seat AS proposedBySeat, p.opens_at_ms AS opensAtMs,
  p.closes_at_ms AS closesAtMs, p.submission_end_ms AS submissionEndMs, p.season, p.season_length_s AS seasonLengthS, p.terms,
  p.is_bound AS isBound, p.state, p.reason, p.counts, p.intent_id AS intentId, p.execute_intent_id AS executeIntentId,
  p.created_at_ms AS createdAtMs`;

const sql = {
  byId: `SELECT ${columns} FROM proposals p WHERE p.public_id = @id`,
  byRow: `SELECT ${columns} FROM proposals p WHERE p.id = @rowId`,
  byHash: `SELECT ${columns} FROM proposals p WHERE p.hash = @hash`,
  byIntent: `SELECT ${columns} FROM proposals p WHERE p.intent_id = @intentId OR p.execute_intent_id = @intentId`,
  open: `SELECT ${columns} FROM proposals p WHERE p.state = 'open' AND p.public_id > @after ORDER BY p.public_id LIMIT @limit`,
  decided: `SELECT ${columns} FROM proposals p WHERE p.state <> 'open' AND p.public_id < @before
    ORDER BY p.public_id DESC LIMIT @limit`,
  due: `SELECT ${columns} FROM proposals p WHERE p.state = 'open' AND p.closes_at_ms <= @nowMs ORDER BY p.closes_at_ms, p.id`,
  madeIn: `SELECT COUNT(*) AS count FROM proposals WHERE proposed_by_seat = @seat AND season = @season
    AND season_length_s = @seasonLengthS AND NOT (state = 'void' AND is_bound = 0)`,
  insert: `INSERT INTO proposals (public_id, hash, kind, title, title_es, text, text_salt, content, change, proposed_by_seat,
      opens_at_ms, closes_at_ms, submission_end_ms, season, season_length_s, terms, state, intent_id, created_at_ms)
    VALUES (@id, @hash, @kind, @title, @titleEs, @text, @textSalt, @content, @change, @proposedBySeat, @opensAtMs,
      @closesAtMs, @submissionEndMs, @season, @seasonLengthS, @terms, 'open', @intentId, @atMs)`,
  bind: `UPDATE proposals SET terms = @terms, season = @season, season_length_s = @seasonLengthS, is_bound = 1
    WHERE id = @rowId`,
  setState: 'UPDATE proposals SET state = @state, reason = @reason WHERE id = @rowId',
  setCounts: 'UPDATE proposals SET counts = @counts WHERE id = @rowId',
  setExecution: 'UPDATE proposals SET execute_intent_id = @intentId WHERE id = @rowId',
  touch: 'UPDATE proposals SET revision = revision + 1 WHERE id = @rowId RETURNING revision',
} as const;

/** Before and behind every UUIDv7. */
const beforeAll = '00000000-0000-0000-0000-000000000000';
const afterAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function toProposal(row: Row): ProposalRow {
  const { titleEs, change, reason, counts, executeIntentId, content, terms, isBound, ...rest } = row;
  const parsed = (text: string | number | null) => (text === null ? undefined : JSON.parse(String(text)));
  return {
    ...rest,
    titleEs: titleEs ?? undefined,
    reason: reason ?? undefined,
    executeIntentId: executeIntentId ?? undefined,
    change: parsed(change),
    counts: parsed(counts),
    content: parsed(content),
    terms: parsed(terms),
    isBound: isBound === 1,
  } as ProposalRow;
}

const first = (row: Row | undefined): ProposalRow | undefined => row && toProposal(row);

export const findProposal = (reader: Reader, id: string) => first(reader.prepare(sql.byId).get<Row>({ id }));
export const proposalAt = (reader: Reader, rowId: number) => first(reader.prepare(sql.byRow).get<Row>({ rowId }));
export const proposalOfHash = (reader: Reader, hash: Hex) => first(reader.prepare(sql.byHash).get<Row>({ hash }));
/** Whose recording or execution that is. */
export const proposalOfIntent = (reader: Reader, intentId: string) =>
  first(reader.prepare(sql.byIntent).get<Row>({ intentId }));

export function listProposals(
  reader: Reader,
  { state, after, limit }: { state: 'open' | 'decided'; after?: string; limit: number },
): ProposalRow[] {
  const rows =
    state === 'open'
      ? reader.prepare(sql.open).all<Row>({ after: after ?? beforeAll, limit })
      : reader.prepare(sql.decided).all<Row>({ before: after ?? afterAll, limit });
  return rows.map(toProposal);
}

export const dueProposals = (reader: Reader, nowMs: number): ProposalRow[] =>
  reader.prepare(sql.due).all<Row>({ nowMs }).map(toProposal);

/** How many proposals the seat has made in a season; those that never reached the chain do not count there either. */
export const proposalsMadeIn = (
  reader: Reader,
  of: { seat: SeatNumber; season: number; seasonLengthS: number },
): number => reader.prepare(sql.madeIn).get<{ count: number }>(of)!.count;

export type NewProposalRow = Pick<
  ProposalRow,
  | 'id'
  | 'hash'
  | 'kind'
  | 'title'
  | 'titleEs'
  | 'text'
  | 'textSalt'
  | 'content'
  | 'change'
  | 'proposedBySeat'
  | 'opensAtMs'
  | 'closesAtMs'
  | 'submissionEndMs'
  | 'season'
  | 'seasonLengthS'
  | 'terms'
  | 'intentId'
>;

export function insertProposal(tx: Tx, row: NewProposalRow): void {
  tx.prepare(sql.insert).run({
    ...row,
    titleEs: row.titleEs ?? null,
    content: JSON.stringify(row.content),
    change: row.change ? JSON.stringify(row.change) : null,
    terms: JSON.stringify(row.terms),
    atMs: tx.nowMs,
  });
}

export function bindTerms(tx: Tx, rowId: number, bound: { terms: Terms; season: number; seasonLengthS: number }): void {
  tx.prepare(sql.bind).run({ ...bound, rowId, terms: JSON.stringify(bound.terms) });
}

export function setProposalState(tx: Tx, rowId: number, state: ProposalState, reason?: string): void {
  tx.prepare(sql.setState).run({ rowId, state, reason: reason ?? null });
}

export function setCounts(tx: Tx, rowId: number, counts: Counts): void {
  tx.prepare(sql.setCounts).run({ rowId, counts: JSON.stringify(counts) });
}

export function setExecution(tx: Tx, rowId: number, intentId: string | undefined): void {
  tx.prepare(sql.setExecution).run({ rowId, intentId: intentId ?? null });
}

/** The proposal's next revision, told to everybody. */
export function touchProposal(tx: Tx, proposal: Pick<ProposalRow, 'rowId' | 'id'>): void {
  const { revision } = tx.prepare(sql.touch).get<{ revision: number }>({ rowId: proposal.rowId })!;
  tx.changed('proposal', proposal.id, revision);
}

import type { Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { Support } from './governance.schema.ts';

export interface BallotRow {
  readonly id: number;
  readonly proposalId: number;
  readonly seat: SeatNumber;
  readonly revision: number;
  readonly support: Support;
  readonly votes: number;
  /** None for a ballot that the chain alone has told of. */
  readonly intentId: string | null;
  readonly state: 'cast' | 'recorded' | 'void';
  readonly reason: string | null;
}

const columns = `b.id, b.proposal_id AS proposalId, b.seat, b.revision, b.support, b.votes, b.intent_id AS intentId, b.state,
  b.reason`;

const sql = {
  one: `SELECT ${columns} FROM ballots b WHERE b.proposal_id = @proposalId AND b.seat = @seat`,
  all: `SELECT ${columns} FROM ballots b WHERE b.proposal_id = @proposalId AND b.state <> 'void' ORDER BY b.seat`,
  byIntent: `SELECT ${columns} FROM ballots b WHERE b.intent_id = @intentId`,
  put: `INSERT INTO ballots (proposal_id, seat, revision, support, votes, intent_id, state, cast_at_ms)
    VALUES (@proposalId, @seat, @revision, @support, @votes, @intentId, @state, @atMs)
    ON CONFLICT (proposal_id, seat) DO UPDATE SET revision = excluded.revision, support = excluded.support,
      votes = excluded.votes, intent_id = excluded.intent_id, state = excluded.state, reason = NULL,
      cast_at_ms = excluded.cast_at_ms`,
  setState: 'UPDATE ballots SET state = @state, reason = @reason WHERE id = @id',
  others: `SELECT b.votes, p.opens_at_ms AS opensAtMs, p.terms FROM ballots b JOIN proposals p ON p.id = b.proposal_id
    WHERE b.seat = @seat AND b.state <> 'void' AND p.season = @season AND p.season_length_s = @seasonLengthS
      AND p.id <> @proposalId`,
} as const;

export const findBallot = (reader: Reader, proposalId: number, seat: SeatNumber) =>
  reader.prepare(sql.one).get<BallotRow>({ proposalId, seat });
/** What counts, by seat. */
export const ballotsOf = (reader: Reader, proposalId: number) => reader.prepare(sql.all).all<BallotRow>({ proposalId });
export const ballotOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.byIntent).get<BallotRow>({ intentId });

export function putBallot(
  tx: Tx,
  ballot: Pick<BallotRow, 'proposalId' | 'seat' | 'revision' | 'support' | 'votes' | 'intentId' | 'state'>,
): void {
  tx.prepare(sql.put).run({ ...ballot, atMs: tx.nowMs });
}

export function setBallot(tx: Tx, id: number, state: BallotRow['state'], reason?: string): void {
  tx.prepare(sql.setState).run({ id, state, reason: reason ?? null });
}

/** The seat's ballots on the season's other proposals. */
export const otherBallots = (
  reader: Reader,
  of: { seat: SeatNumber; season: number; seasonLengthS: number; proposalId: number },
): { votes: number; opensAtMs: number; lockCapMicros: number }[] =>
  reader
    .prepare(sql.others)
    .all<{ votes: number; opensAtMs: number; terms: string }>(of)
    .map(({ terms, ...rest }) => ({ ...rest, lockCapMicros: JSON.parse(terms).lockCapMicros as number }));

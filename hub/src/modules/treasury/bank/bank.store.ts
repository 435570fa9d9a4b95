import type { Reader, Tx } from '../../../platform/ports/index.ts';
import type { BankStatement, Cause, LineState, Mapping } from './bank.schema.ts';

export interface LineRow {
  readonly rowId: number;
  readonly id: string;
  readonly bank: string;
  readonly bookedOn: string;
  readonly amountMicros: number;
  readonly payee: string;
  readonly memo: string;
  readonly fingerprint: string;
  readonly state: LineState;
  readonly seat: number | null;
  readonly candidates: string;
  readonly note: string | null;
  readonly cause: Cause | null;
  readonly subjectId: string | null;
  readonly bookings: number;
}

const columns = `id AS rowId, public_id AS id, bank, booked_on AS bookedOn, amount_micros AS amountMicros, payee, memo,
  fingerprint, state, seat, candidates, note, cause, subject_id AS subjectId, bookings`;
const statementColumns = `public_id AS id, id AS cursor, bank, format, file_name AS fileName, file_hash AS fileHash,
  line_count AS lineCount, added_count AS addedCount, first_on AS firstOn, last_on AS lastOn,
  balance_micros AS balanceMicros, balance_on AS balanceOn, is_whole AS isWhole, at_ms AS atMs`;

const sql = {
  mapping: 'SELECT mapping FROM bank_mappings WHERE bank = @bank',
  mappings: 'SELECT bank, mapping FROM bank_mappings ORDER BY bank',
  saveMapping: `INSERT INTO bank_mappings (bank, mapping, at_ms) VALUES (@bank, @mapping, @atMs)
    ON CONFLICT (bank) DO UPDATE SET mapping = excluded.mapping, at_ms = excluded.at_ms`,
  insertStatement: `INSERT INTO bank_statements (public_id, bank, format, file_name, file_hash, line_count, first_on, last_on,
      balance_micros, balance_on, at_ms)
    VALUES (@id, @bank, @format, @fileName, @fileHash, @lineCount, @firstOn, @lastOn, @balanceMicros, @balanceOn, @atMs)`,
  countAdded: 'UPDATE bank_statements SET added_count = added_count + @count WHERE id = @rowId',
  finishStatement: 'UPDATE bank_statements SET is_whole = 1 WHERE id = @rowId',
  statement: `SELECT ${statementColumns} FROM bank_statements WHERE public_id = @id`,
  statements: `SELECT ${statementColumns} FROM bank_statements WHERE id < @before ORDER BY id DESC LIMIT @limit`,
  insertLine: `INSERT INTO bank_lines (public_id, statement_id, bank, fingerprint, booked_on, amount_micros, payee, memo,
      state, seat, candidates, note)
    VALUES (@id, @statementId, @bank, @fingerprint, @bookedOn, @amountMicros, @payee, @memo, @state, @seat, @candidates, @note)
    ON CONFLICT (fingerprint) DO NOTHING`,
  known: 'SELECT 1 FROM bank_lines WHERE fingerprint = @fingerprint',
  twin: `SELECT 1 FROM bank_lines l JOIN bank_statements s ON s.id = l.statement_id
    WHERE l.bank = @bank AND l.booked_on = @bookedOn AND l.amount_micros = @amountMicros AND s.format <> @format LIMIT 1`,
  line: `SELECT ${columns} FROM bank_lines WHERE public_id = @id`,
  lines: `SELECT ${columns} FROM bank_lines WHERE id < @before AND (@state IS NULL OR state = @state)
      AND (@sign = 0 OR sign(amount_micros) = @sign)
      AND (@find IS NULL OR instr(lower(payee || ' ' || memo || ' ' || booked_on), @find) > 0)
    ORDER BY id DESC LIMIT @limit`,
  matched: `SELECT ${columns} FROM bank_lines WHERE state = 'matched' ORDER BY id LIMIT @limit`,
  countMatched: `SELECT COUNT(*) AS count FROM bank_lines WHERE state = 'matched'`,
  set: `UPDATE bank_lines SET state = @state, seat = @seat, note = @note, cause = @cause, subject_id = @subjectId,
    bookings = @bookings WHERE id = @rowId`,
  states: `SELECT state, COUNT(*) AS count, SUM(amount_micros) AS micros FROM bank_lines GROUP BY state ORDER BY state`,
  ofSubject: 'SELECT 1 FROM bank_lines WHERE subject_id = @subjectId',
} as const;

type StatementRow = Omit<BankStatement, 'isWhole'> & { readonly isWhole: number; readonly cursor: number };

const toStatement = ({ isWhole, ...row }: StatementRow) => ({
  ...row,
  firstOn: row.firstOn ?? undefined,
  lastOn: row.lastOn ?? undefined,
  balanceMicros: row.balanceMicros ?? undefined,
  balanceOn: row.balanceOn ?? undefined,
  isWhole: isWhole === 1,
});

export function savedMapping(reader: Reader, bank: string): Mapping | undefined {
  const row = reader.prepare(sql.mapping).get<{ mapping: string }>({ bank });
  return row && (JSON.parse(row.mapping) as Mapping);
}
export const listMappings = (reader: Reader) =>
  reader
    .prepare(sql.mappings)
    .all<{ bank: string; mapping: string }>()
    .map(({ bank, mapping }) => ({ bank, mapping: JSON.parse(mapping) as Mapping }));

export function saveMapping(tx: Tx, bank: string, mapping: Mapping): void {
  tx.prepare(sql.saveMapping).run({ bank, mapping: JSON.stringify(mapping), atMs: tx.nowMs });
}

export function insertStatement(
  tx: Tx,
  row: Pick<BankStatement, 'id' | 'bank' | 'format' | 'fileName' | 'fileHash' | 'lineCount'> & {
    firstOn: string | null;
    lastOn: string | null;
    balanceMicros: number | null;
    balanceOn: string | null;
  },
): number {
  return tx.prepare(sql.insertStatement).run({ ...row, atMs: tx.nowMs }).lastInsertRowid;
}
export const countAdded = (tx: Tx, rowId: number, count: number) => tx.prepare(sql.countAdded).run({ rowId, count });
export const finishStatement = (tx: Tx, rowId: number) => tx.prepare(sql.finishStatement).run({ rowId });
export function findStatement(reader: Reader, id: string) {
  const row = reader.prepare(sql.statement).get<StatementRow>({ id });
  return row && toStatement(row);
}
export const listStatements = (reader: Reader, before: number, limit: number) =>
  reader.prepare(sql.statements).all<StatementRow>({ before, limit }).map(toStatement);

export interface NewLine extends Pick<LineRow, 'id' | 'bank' | 'fingerprint' | 'bookedOn' | 'amountMicros'> {
  readonly statementId: number;
  readonly payee: string;
  readonly memo: string;
  readonly state: 'open' | 'matched';
  readonly seat: number | null;
  readonly candidates: string;
  readonly note: string | null;
}

/** Answers whether the line is new. */
export const insertLine = (tx: Tx, line: NewLine): boolean => tx.prepare(sql.insertLine).run(line).changes > 0;
export const isKnown = (reader: Reader, fingerprint: string) =>
  reader.prepare(sql.known).get({ fingerprint }) !== undefined;
/** The same day and amount of the same bank from a file of the other format: perhaps the same booking. */
export const hasTwin = (
  reader: Reader,
  line: { bank: string; bookedOn: string; amountMicros: number; format: 'csv' | 'ofx' },
) => reader.prepare(sql.twin).get(line) !== undefined;

export const findLine = (reader: Reader, id: string) => reader.prepare(sql.line).get<LineRow>({ id });
export const listLines = (
  reader: Reader,
  query: { before: number; limit: number; state: LineState | null; sign: -1 | 0 | 1; find: string | null },
) => reader.prepare(sql.lines).all<LineRow>(query);
export const matchedLines = (reader: Reader, limit: number) => reader.prepare(sql.matched).all<LineRow>({ limit });
export const countMatched = (reader: Reader) => reader.prepare(sql.countMatched).get<{ count: number }>()!.count;
export const lineStates = (reader: Reader) =>
  reader.prepare(sql.states).all<{ state: LineState; count: number; micros: number }>();
export const hasLineOf = (reader: Reader, subjectId: string) =>
  reader.prepare(sql.ofSubject).get({ subjectId }) !== undefined;

/** What became of a line; whatever is left out is cleared. */
export function setLine(
  tx: Tx,
  line: Pick<LineRow, 'rowId' | 'id' | 'bookings'>,
  to: { state: LineState; seat?: number | null; note?: string; cause?: Cause; subjectId?: string; bookings?: number },
): void {
  tx.prepare(sql.set).run({
    rowId: line.rowId,
    state: to.state,
    seat: to.seat ?? null,
    note: to.note ?? null,
    cause: to.cause ?? null,
    subjectId: to.subjectId ?? null,
    bookings: to.bookings ?? line.bookings,
  });
  tx.changed('bank-line', line.id, line.rowId, 'role:treasurer');
}

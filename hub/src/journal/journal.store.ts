import type { Reader, Tx } from '../platform/ports/index.ts';

export type AccountKind = 'available' | 'held' | 'owed' | 'clearing' | 'issued' | 'outside';
export type MovementKind = 'deposit' | 'hold' | 'release' | 'charge' | 'reversal' | 'foreign' | 'redemption' | 'owe';
export type HoldState = 'held' | 'released' | 'charged' | 'owed';

export interface AccountRow {
  readonly id: number;
  readonly owner: string;
  readonly kind: AccountKind;
  readonly balanceMicros: number;
}

export interface MovementRow {
  readonly id: number;
  readonly publicId: string;
  readonly kind: MovementKind;
  readonly currencyId: number;
  readonly subjectNoun: string | null;
  readonly subjectId: string | null;
}

export interface HoldRow {
  readonly id: number;
  readonly publicId: string;
  readonly currencyId: number;
  readonly seat: number;
  readonly amountMicros: number;
  readonly state: HoldState;
  readonly subjectNoun: string;
  readonly subjectId: string;
  readonly begunBy: number;
  readonly endedBy: number | null;
}

const holdColumns = `id, public_id AS publicId, currency_id AS currencyId, seat, amount_micros AS amountMicros, state,
  subject_noun AS subjectNoun, subject_id AS subjectId, begun_by AS begunBy, ended_by AS endedBy`;
const movementColumns = `id, public_id AS publicId, kind, currency_id AS currencyId,
  subject_noun AS subjectNoun, subject_id AS subjectId`;

const sql = {
  currency: 'SELECT id FROM currencies WHERE code = @code',
  openCurrency: 'INSERT INTO currencies (code, decimals) VALUES (@code, @decimals)',
  account: `SELECT id, owner, kind, balance_micros AS balanceMicros FROM accounts
    WHERE currency_id = @currencyId AND owner = @owner AND kind = @kind`,
  openAccount: 'INSERT INTO accounts (currency_id, owner, kind) VALUES (@currencyId, @owner, @kind)',
  addToBalance: 'UPDATE accounts SET balance_micros = balance_micros + @amountMicros WHERE id = @accountId',
  insertMovement: `INSERT INTO movements
    (public_id, at_ms, currency_id, kind, subject_noun, subject_id, reason, reverses)
    VALUES (@publicId, @atMs, @currencyId, @kind, @subjectNoun, @subjectId, @reason, @reverses)`,
  insertPosting:
    'INSERT INTO postings (movement_id, account_id, amount_micros) VALUES (@movementId, @accountId, @amountMicros)',
  movement: `SELECT ${movementColumns} FROM movements WHERE public_id = @publicId`,
  postingsOf: `SELECT p.account_id AS accountId, p.amount_micros AS amountMicros, a.owner, a.kind
    FROM postings p JOIN accounts a ON a.id = p.account_id WHERE p.movement_id = @movementId`,
  reversalOf: 'SELECT id FROM movements WHERE reverses = @id',
  insertHold: `INSERT INTO holds
    (public_id, currency_id, seat, amount_micros, state, subject_noun, subject_id, begun_by, at_ms)
    VALUES (@publicId, @currencyId, @seat, @amountMicros, 'held', @subjectNoun, @subjectId, @begunBy, @atMs)`,
  hold: `SELECT ${holdColumns} FROM holds WHERE public_id = @publicId`,
  newestHolds: `SELECT ${holdColumns} FROM holds
    WHERE seat = @seat AND currency_id = @currencyId AND state = 'held' ORDER BY id DESC`,
  setHold: `UPDATE holds SET state = @state, ended_by = @endedBy,
    amount_micros = COALESCE(@amountMicros, amount_micros) WHERE id = @id`,
} as const;

export function currencyId(reader: Reader, code: string): number {
  const row = reader.prepare(sql.currency).get<{ id: number }>({ code });
  if (!row) throw new Error(`journal: there is no currency ${code}`);
  return row.id;
}

/** A further currency; `decimals` 0 for what is counted in whole units, as a lot's grams are. */
export function openCurrency(tx: Tx, code: string, decimals: number): void {
  tx.prepare(sql.openCurrency).run({ code, decimals });
}

export function findAccount(reader: Reader, currency: number, owner: string, kind: AccountKind) {
  return reader.prepare(sql.account).get<AccountRow>({ currencyId: currency, owner, kind });
}

/** The account's id, opened when it is met for the first time. */
export function openAccount(tx: Tx, currency: number, owner: string, kind: AccountKind): number {
  const found = findAccount(tx, currency, owner, kind);
  return found?.id ?? tx.prepare(sql.openAccount).run({ currencyId: currency, owner, kind }).lastInsertRowid;
}

export function insertMovement(
  tx: Tx,
  row: {
    publicId: string;
    currencyId: number;
    kind: MovementKind;
    subjectNoun: string | null;
    subjectId: string | null;
    reason: string | null;
    reverses: number | null;
  },
): number {
  return tx.prepare(sql.insertMovement).run({ ...row, atMs: tx.nowMs }).lastInsertRowid;
}

export function insertPosting(tx: Tx, movementId: number, accountId: number, amountMicros: number): void {
  tx.prepare(sql.insertPosting).run({ movementId, accountId, amountMicros });
  tx.prepare(sql.addToBalance).run({ accountId, amountMicros });
}

export const findMovement = (reader: Reader, publicId: string) =>
  reader.prepare(sql.movement).get<MovementRow>({ publicId });
export const isReversed = (reader: Reader, id: number) => reader.prepare(sql.reversalOf).get({ id }) !== undefined;
export const postingsOf = (reader: Reader, movementId: number) =>
  reader
    .prepare(sql.postingsOf)
    .all<{ accountId: number; amountMicros: number; owner: string; kind: AccountKind }>({ movementId });

export function insertHold(
  tx: Tx,
  row: {
    publicId: string;
    currencyId: number;
    seat: number;
    amountMicros: number;
    subjectNoun: string;
    subjectId: string;
    begunBy: number;
  },
): void {
  tx.prepare(sql.insertHold).run({ ...row, atMs: tx.nowMs });
}

export const findHold = (reader: Reader, publicId: string) => reader.prepare(sql.hold).get<HoldRow>({ publicId });
export const newestHolds = (reader: Reader, currency: number, seat: number) =>
  reader.prepare(sql.newestHolds).all<HoldRow>({ seat, currencyId: currency });
/** Ends a hold; `amountMicros` is what was taken of it when that is less. */
export function setHold(tx: Tx, id: number, state: HoldState, endedBy: number, amountMicros?: number): void {
  tx.prepare(sql.setHold).run({ id, state, endedBy, amountMicros: amountMicros ?? null });
}

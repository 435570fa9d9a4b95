import type { Hex, Reader, Tx } from '../../platform/ports/index.ts';
import type { ProjectedTransfer } from './transfers.ts';

export interface Cursor {
  /** The last block that is folded in. */
  readonly block: number;
  /** How many kept logs there were up to it: another number means that the chain, or the endpoint, changed its word. */
  readonly logs: number;
  /** Blocks up to this one could not be read; what they did is taken from state. */
  readonly unreadTo?: number;
}

export interface Balance {
  readonly token: string;
  readonly address: Hex;
  readonly amount: bigint;
}

export interface Lot {
  readonly lot: string;
  readonly certifiedGrams: number;
  readonly mintedGrams: number;
  readonly consumedGrams: number;
  readonly isRecalled: boolean;
}

const tables = ['transfers', 'balances', 'ballots', 'locks', 'lots'] as const;

const sql = {
  cursor: `SELECT block_number AS block, log_count AS logs, unread_to AS unreadTo FROM projection_cursors
    WHERE chain = @chain`,
  keepCursor: `INSERT INTO projection_cursors (chain, block_number, log_count, unread_to)
    VALUES (@chain, @block, @logs, @unreadTo)
    ON CONFLICT (chain) DO UPDATE SET block_number = @block, log_count = @logs, unread_to = @unreadTo`,
  logs: `SELECT COUNT(*) AS n FROM chain_log WHERE chain = @chain AND block_number <= @block AND gone_at_ms IS NULL`,
  addTransfer: `INSERT INTO projected_transfers
      (chain, token, from_address, to_address, amount, kind, about, tx_hash, block_number, at_ms)
    VALUES (@chain, @token, @from, @to, @amount, @kind, @about, @txHash, @blockNumber, @atMs)`,
  balance: 'SELECT amount FROM projected_balances WHERE chain = @chain AND token = @token AND address = @address',
  setBalance: `INSERT INTO projected_balances (chain, token, address, amount) VALUES (@chain, @token, @address, @amount)
    ON CONFLICT (chain, token, address) DO UPDATE SET amount = @amount`,
  balances: 'SELECT token, address, amount FROM projected_balances WHERE chain = @chain ORDER BY token, address',
  setBallot: `INSERT INTO projected_ballots (chain, proposal, seat, word) VALUES (@chain, @proposal, @seat, @word)
    ON CONFLICT (chain, proposal, seat) DO UPDATE SET word = @word`,
  ballots: 'SELECT proposal, seat, word FROM projected_ballots WHERE chain = @chain ORDER BY proposal, seat',
  setLock: `INSERT INTO projected_locks (chain, seat, amount, until_s) VALUES (@chain, @seat, @amount, @untilS)
    ON CONFLICT (chain, seat) DO UPDATE SET amount = @amount, until_s = @untilS`,
  locks: 'SELECT seat, amount, until_s AS untilS FROM projected_locks WHERE chain = @chain ORDER BY seat',
  lot: `SELECT lot, certified_grams AS certifiedGrams, minted_grams AS mintedGrams, consumed_grams AS consumedGrams,
      is_recalled AS isRecalled FROM projected_lots WHERE chain = @chain AND lot = @lot`,
  setLot: `INSERT INTO projected_lots (chain, lot, certified_grams, minted_grams, consumed_grams, is_recalled)
    VALUES (@chain, @lot, @certifiedGrams, @mintedGrams, @consumedGrams, @isRecalled)
    ON CONFLICT (chain, lot) DO UPDATE SET certified_grams = @certifiedGrams, minted_grams = @mintedGrams,
      consumed_grams = @consumedGrams, is_recalled = @isRecalled`,
  lots: `SELECT lot, certified_grams AS certifiedGrams, minted_grams AS mintedGrams, consumed_grams AS consumedGrams,
      is_recalled AS isRecalled FROM projected_lots WHERE chain = @chain ORDER BY lot`,
  transfers: `SELECT id AS cursor, token, from_address AS "from", to_address AS "to", amount, kind, about,
      tx_hash AS txHash, block_number AS blockNumber, at_ms AS atMs FROM projected_transfers
    WHERE chain = @chain AND id < @before ORDER BY id DESC LIMIT @limit`,
} as const;

export function cursorOf(reader: Reader, chain: string): Cursor | undefined {
  const row = reader.prepare(sql.cursor).get<{ block: number; logs: number; unreadTo: number | null }>({ chain });
  return row && { ...row, unreadTo: row.unreadTo ?? undefined };
}

export function keepCursor(tx: Tx, chain: string, { block, logs, unreadTo }: Cursor): void {
  tx.prepare(sql.keepCursor).run({ chain, block, logs, unreadTo: unreadTo ?? null });
}

export const logsUpTo = (reader: Reader, chain: string, block: number): number =>
  reader.prepare(sql.logs).get<{ n: number }>({ chain, block })!.n;

/** Forgets what was folded, so that it can be folded again. */
export function clearProjections(tx: Tx, chain: string): void {
  for (const table of tables) tx.prepare(`DELETE FROM projected_${table} WHERE chain = @chain`).run({ chain });
  tx.prepare('DELETE FROM projection_cursors WHERE chain = @chain').run({ chain });
}

export interface Place {
  readonly txHash?: Hex;
  readonly blockNumber: number;
  readonly atMs: number;
}

/** Keeps a transfer and moves both balances. */
export function addTransfer(tx: Tx, chain: string, transfer: ProjectedTransfer, place: Place): void {
  const { about = null, amount, ...rest } = transfer;
  const { txHash = null, blockNumber, atMs } = place;
  tx.prepare(sql.addTransfer).run({ chain, ...rest, amount: String(amount), about, txHash, blockNumber, atMs });
  move(tx, chain, transfer.token, transfer.from, -amount);
  move(tx, chain, transfer.token, transfer.to, amount);
}

function move(tx: Tx, chain: string, token: string, address: Hex, amount: bigint): void {
  if (/^0x0+$/.test(address)) return;
  const before = tx.prepare(sql.balance).get<{ amount: string }>({ chain, token, address })?.amount ?? '0';
  tx.prepare(sql.setBalance).run({ chain, token, address, amount: String(BigInt(before) + amount) });
}

export const projectedBalances = (reader: Reader, chain: string): Balance[] =>
  reader
    .prepare(sql.balances)
    .all<{ token: string; address: Hex; amount: string }>({ chain })
    .map((row) => ({ ...row, amount: BigInt(row.amount) }));

export const setBallot = (tx: Tx, chain: string, ballot: { proposal: string; seat: number; word: number }): void =>
  void tx.prepare(sql.setBallot).run({ chain, ...ballot });

export const projectedBallots = (reader: Reader, chain: string) =>
  reader.prepare(sql.ballots).all<{ proposal: Hex; seat: number; word: number }>({ chain });

export const setLock = (tx: Tx, chain: string, lock: { seat: number; amount: bigint; untilS: number }): void =>
  void tx.prepare(sql.setLock).run({ chain, ...lock, amount: String(lock.amount) });

export const projectedLocks = (reader: Reader, chain: string) =>
  reader
    .prepare(sql.locks)
    .all<{ seat: number; amount: string; untilS: number }>({ chain })
    .map((row) => ({ ...row, amount: BigInt(row.amount) }));

type LotRow = Omit<Lot, 'isRecalled'> & { isRecalled: number };
const toLot = (row: LotRow): Lot => ({ ...row, isRecalled: row.isRecalled === 1 });

/** Changes what is known of a lot; one that is not known begins with nothing. */
export function changeLot(tx: Tx, chain: string, lot: string, change: (before: Lot) => Partial<Lot>): void {
  const row = tx.prepare(sql.lot).get<LotRow>({ chain, lot });
  const before = row ? toLot(row) : { lot, certifiedGrams: 0, mintedGrams: 0, consumedGrams: 0, isRecalled: false };
  const after = { ...before, ...change(before) };
  tx.prepare(sql.setLot).run({ chain, ...after, isRecalled: after.isRecalled ? 1 : 0 });
}

export const projectedLots = (reader: Reader, chain: string): Lot[] =>
  reader.prepare(sql.lots).all<LotRow>({ chain }).map(toLot);

export interface TransferRow extends Place {
  readonly cursor: number;
  readonly token: string;
  readonly from: Hex;
  readonly to: Hex;
  readonly amount: string;
  readonly kind: string;
  readonly about: string | null;
}

/** Newest first, of every token. */
export const projectedTransfers = (reader: Reader, chain: string, before: number, limit: number): TransferRow[] =>
  reader.prepare(sql.transfers).all<TransferRow>({ chain, before, limit });

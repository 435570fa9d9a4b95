import type { Hex, Reader, Tx } from '../platform/ports/index.ts';

/** One log of the building's contracts, as kept. */
export interface KeptLog {
  readonly txHash: Hex;
  readonly address: Hex;
  /** Place among the logs of this contract in this transaction, from 0. */
  readonly ordinal: number;
  readonly contract: string;
  readonly event: string;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: number;
  readonly blockHash: Hex;
  readonly logIndex: number;
}

export interface LogRow extends KeptLog {
  readonly isForeign: boolean;
  readonly isGone: boolean;
}

export interface KeptHeader {
  readonly number: number;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly atMs: number;
}

const columns = `tx_hash AS txHash, address, ordinal, contract, event, topics, data, block_number AS blockNumber,
  block_hash AS blockHash, log_index AS logIndex, is_foreign AS isForeign, gone_at_ms AS goneAtMs`;

type RawRow = Omit<LogRow, 'topics' | 'isForeign' | 'isGone'> & {
  topics: string;
  isForeign: number;
  goneAtMs: number | null;
};

const toLog = ({ topics, isForeign, goneAtMs, ...rest }: RawRow): LogRow => ({
  ...rest,
  topics: JSON.parse(topics),
  isForeign: isForeign === 1,
  isGone: goneAtMs !== null,
});

export function logOf(
  reader: Reader,
  chain: string,
  key: Pick<KeptLog, 'txHash' | 'address' | 'ordinal'>,
): LogRow | undefined {
  const sql = `SELECT ${columns} FROM chain_log
    WHERE chain = @chain AND tx_hash = @txHash AND address = @address AND ordinal = @ordinal`;
  const { txHash, address, ordinal } = key;
  const row = reader.prepare(sql).get<RawRow>({ chain, txHash, address, ordinal });
  return row && toLog(row);
}

/** Logs that still count in these blocks, both ends included, in the chain's order. */
export function logsBetween(reader: Reader, chain: string, from: number, to: number): LogRow[] {
  const sql = `SELECT ${columns} FROM chain_log
    WHERE chain = @chain AND block_number BETWEEN @from AND @to AND gone_at_ms IS NULL ORDER BY block_number, log_index`;
  return reader.prepare(sql).all<RawRow>({ chain, from, to }).map(toLog);
}

/** New, moved to another block, or back after it was gone. */
export function keepLog(tx: Tx, chain: string, log: KeptLog): void {
  const sql = `INSERT INTO chain_log
      (chain, tx_hash, address, ordinal, contract, event, topics, data, block_number, block_hash, log_index, seen_at_ms)
    VALUES (@chain, @txHash, @address, @ordinal, @contract, @event, @topics, @data, @blockNumber, @blockHash, @logIndex, @nowMs)
    ON CONFLICT (chain, tx_hash, address, ordinal) DO UPDATE SET topics = @topics, data = @data, event = @event,
      block_number = @blockNumber, block_hash = @blockHash, log_index = @logIndex, gone_at_ms = NULL`;
  tx.prepare(sql).run({ ...log, topics: JSON.stringify(log.topics), chain, nowMs: tx.nowMs });
}

export function markForeign(tx: Tx, chain: string, log: KeptLog, isForeign: boolean): void {
  const sql = `UPDATE chain_log SET is_foreign = @isForeign
    WHERE chain = @chain AND tx_hash = @txHash AND address = @address AND ordinal = @ordinal`;
  const { txHash, address, ordinal } = log;
  tx.prepare(sql).run({ chain, txHash, address, ordinal, isForeign: isForeign ? 1 : 0 });
}

export function markGone(tx: Tx, chain: string, log: KeptLog): void {
  const sql = `UPDATE chain_log SET gone_at_ms = @nowMs
    WHERE chain = @chain AND tx_hash = @txHash AND address = @address AND ordinal = @ordinal`;
  const { txHash, address, ordinal } = log;
  tx.prepare(sql).run({ chain, txHash, address, ordinal, nowMs: tx.nowMs });
}

export function keepHeader(tx: Tx, chain: string, header: KeptHeader): void {
  const sql = `INSERT INTO chain_headers (chain, number, hash, parent_hash, at_ms)
    VALUES (@chain, @number, @hash, @parentHash, @atMs)
    ON CONFLICT (chain, number) DO UPDATE SET hash = @hash, parent_hash = @parentHash, at_ms = @atMs`;
  tx.prepare(sql).run({ ...header, chain });
}

export function headerAt(reader: Reader, chain: string, number: number): KeptHeader | undefined {
  const sql = `SELECT number, hash, parent_hash AS parentHash, at_ms AS atMs FROM chain_headers
    WHERE chain = @chain AND number = @number`;
  return reader.prepare(sql).get<KeptHeader>({ chain, number });
}

export function nextBlock(reader: Reader, chain: string): number | undefined {
  const sql = 'SELECT next_block AS next FROM chain_cursors WHERE chain = @chain';
  return reader.prepare(sql).get<{ next: number }>({ chain })?.next;
}

export function keepCursor(tx: Tx, chain: string, next: number): void {
  const sql = `INSERT INTO chain_cursors (chain, next_block, at_ms) VALUES (@chain, @next, @nowMs)
    ON CONFLICT (chain) DO UPDATE SET next_block = @next, at_ms = @nowMs`;
  tx.prepare(sql).run({ chain, next, nowMs: tx.nowMs });
}

export type TimedLog = LogRow & { readonly atMs: number };

/** Whole blocks of logs that still count, behind `block` and up to `upTo`, in the chain's order; about `limit` logs. */
export function pageBehind(
  reader: Reader,
  chain: string,
  block: number,
  upTo: number,
  limit: number,
): { rows: TimedLog[]; to: number } {
  const some = timedLogs(reader, chain, block + 1, upTo, limit);
  if (some.length < limit) return { rows: some, to: upTo };
  const last = some.at(-1)!.blockNumber;
  const rows = some.filter(({ blockNumber }) => blockNumber < last);
  return rows.length > 0 ? { rows, to: last - 1 } : { rows: timedLogs(reader, chain, last, last, -1), to: last };
}

function timedLogs(reader: Reader, chain: string, from: number, to: number, limit: number): TimedLog[] {
  const sql = `SELECT ${columns}, h.at_ms AS atMs FROM chain_log
      LEFT JOIN (SELECT chain AS of, number, at_ms FROM chain_headers) h ON h.of = chain AND h.number = block_number
    WHERE chain = @chain AND block_number BETWEEN @from AND @to AND gone_at_ms IS NULL
    ORDER BY block_number, log_index LIMIT @limit`;
  const rows = reader.prepare(sql).all<RawRow & { atMs: number | null }>({ chain, from, to, limit });
  return rows.map(({ atMs, ...row }) => ({ ...toLog(row), atMs: atMs ?? 0 }));
}

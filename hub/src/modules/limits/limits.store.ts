import type { Hex, IntentState, Reader, SeatNumber, SignedMessage, Tx } from '../../platform/ports/index.ts';
import { type DailyLimit, fieldsOf } from '../../signing/index.ts';
import type { AccountLimit } from './limit-reads.ts';
import { limitsLane } from './limits.lanes.ts';

/** A seat's wish for another limit. */
export interface Wish {
  readonly intentId: string;
  readonly state: IntentState;
  readonly reason: string | null;
  readonly fields: DailyLimit;
}

const columns = `SELECT account, limit_micros AS limitMicros, raised_to_micros AS raisedToMicros,
  effective_at_ms AS effectiveAtMs FROM daily_limits`;
const sql = {
  one: `${columns} WHERE account = @account`,
  accounts: 'SELECT account FROM daily_limits',
  learn: `INSERT INTO daily_limits (account, limit_micros, raised_to_micros, effective_at_ms)
    VALUES (@account, @limitMicros, @raisedToMicros, @effectiveAtMs) ON CONFLICT (account) DO NOTHING`,
  setLimit: `INSERT INTO daily_limits (account, limit_micros) VALUES (@account, @limitMicros)
    ON CONFLICT (account) DO UPDATE SET limit_micros = @limitMicros`,
  setRaise: `INSERT INTO daily_limits (account, raised_to_micros, effective_at_ms) VALUES (@account, @to, @effectiveAtMs)
    ON CONFLICT (account) DO UPDATE SET raised_to_micros = @to, effective_at_ms = @effectiveAtMs, apply_intent_id = NULL`,
  due: `${columns} d WHERE effective_at_ms <= @beforeMs
    AND NOT EXISTS (SELECT 1 FROM intents i WHERE i.public_id = d.apply_intent_id AND i.state <> 'void') LIMIT 200`,
  setApply: 'UPDATE daily_limits SET apply_intent_id = @intentId WHERE account = @account',
  common: 'SELECT limit_micros AS limitMicros FROM default_daily_limit',
  setCommon:
    'INSERT INTO default_daily_limit (one, limit_micros) VALUES (1, @limitMicros) ON CONFLICT (one) DO NOTHING',
  wish: `SELECT public_id AS intentId, state, reason, message FROM intents WHERE lane = @lane AND seat = @seat
    ORDER BY id DESC LIMIT 1`,
} as const;

export const accountLimit = (reader: Reader, account: Hex): AccountLimit | undefined =>
  reader.prepare(sql.one).get<AccountLimit>({ account });

export const knownAccounts = (reader: Reader): ReadonlySet<string> =>
  new Set(
    reader
      .prepare(sql.accounts)
      .all<{ account: string }>()
      .map(({ account }) => account),
  );

/** From a state read: what the chain's events have told meanwhile stays. */
export const learnLimit = (tx: Tx, limit: AccountLimit): void => void tx.prepare(sql.learn).run({ ...limit });

export const setLimit = (tx: Tx, account: Hex, limitMicros: number): void =>
  void tx.prepare(sql.setLimit).run({ account, limitMicros });

/** Both undefined: none waits. */
export const setRaise = (tx: Tx, account: Hex, to?: number, effectiveAtMs?: number): void =>
  void tx.prepare(sql.setRaise).run({ account, to: to ?? null, effectiveAtMs: effectiveAtMs ?? null });

/** Announced raises whose time came before that, and that nothing puts into force yet. */
export const dueRaises = (reader: Reader, beforeMs: number) =>
  reader
    .prepare(sql.due)
    .all<{ account: Hex; limitMicros: number | null; raisedToMicros: number; effectiveAtMs: number }>({ beforeMs });

export const saveApply = (tx: Tx, account: Hex, intentId: string): void =>
  void tx.prepare(sql.setApply).run({ account, intentId });

/** The token's own, once it was read. */
export const defaultLimit = (reader: Reader): number | undefined =>
  reader.prepare(sql.common).get<{ limitMicros: number }>({})?.limitMicros;

export const saveDefaultLimit = (tx: Tx, limitMicros: number): void =>
  void tx.prepare(sql.setCommon).run({ limitMicros });

/** The seat's newest wish, whatever became of it. */
export function lastWish(reader: Reader, seat: SeatNumber): Wish | undefined {
  const row = reader.prepare(sql.wish).get<Omit<Wish, 'fields'> & { message: string }>({ lane: limitsLane, seat });
  if (!row) return undefined;
  const { message, ...rest } = row;
  return { ...rest, fields: fieldsOf(JSON.parse(message) as SignedMessage, 'DailyLimit') };
}

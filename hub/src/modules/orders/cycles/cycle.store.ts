import type { Reader, SeatNumber, Tx } from '../../../platform/ports/index.ts';
import type { Policy } from '../case-fill/claim.ts';
import type { CycleState, NewCycle, SetsAside } from './cycles.schema.ts';
import type { IfMissed } from './fill.ts';

export interface CycleRow {
  readonly rowId: number;
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly titleEs: string | null;
  readonly coordinatorSeat: SeatNumber;
  readonly state: CycleState;
  readonly lastCallAtMs: number;
  readonly closesAtMs: number;
  readonly pickupFromMs: number;
  readonly pickupToMs: number;
  readonly policy: Policy;
  readonly setsAside: SetsAside;
  readonly creditLimitMicros: number;
  readonly ifMissed: IfMissed;
  readonly markupBasisPoints: number;
  /** How often a missed minimum has put its end off. */
  readonly extended: number;
  /** Until when what members have signed was meant to last; null before it opened. */
  readonly lastOrderAtMs: number | null;
  /** The fill that counts; null: none, or members changed something since. */
  readonly fillId: number | null;
}

export interface StepRow {
  readonly fromState: CycleState | null;
  readonly toState: CycleState;
  readonly bySeat: SeatNumber | null;
  readonly reason: string | null;
  readonly atMs: number;
}

const columns = `id AS rowId, public_id AS id, revision, title, title_es AS titleEs, coordinator_seat AS coordinatorSeat,
  state, last_call_at_ms AS lastCallAtMs, closes_at_ms AS closesAtMs, pickup_from_ms AS pickupFromMs,
  pickup_to_ms AS pickupToMs, policy, sets_aside AS setsAside, credit_limit_micros AS creditLimitMicros,
  if_missed AS ifMissed, markup_basis_points AS markupBasisPoints, extended, last_order_at_ms AS lastOrderAtMs,
  fill_id AS fillId`;

const sql = {
  byId: `SELECT ${columns} FROM cycles WHERE public_id = @id`,
  byRow: `SELECT ${columns} FROM cycles WHERE id = @rowId`,
  page: `SELECT ${columns} FROM cycles WHERE public_id < @before AND (state <> 'draft' OR @withDrafts = 1)
    ORDER BY public_id DESC LIMIT @limit`,
  due: `SELECT ${columns} FROM cycles
    WHERE (state = 'open' AND last_call_at_ms <= @nowMs) OR (state IN ('open', 'last-call') AND closes_at_ms <= @nowMs)
    ORDER BY closes_at_ms, id`,
  forgotten: `SELECT ${columns} FROM cycles WHERE state = 'closed' AND closes_at_ms <= @beforeMs
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.cycle_id = cycles.id AND o.closing IS NOT NULL) ORDER BY id`,
  pickedUp: `SELECT ${columns} FROM cycles WHERE state = 'picked-up' AND NOT EXISTS
    (SELECT 1 FROM orders o WHERE o.cycle_id = cycles.id AND o.state IN ('open', 'awaiting-closing', 'executing'))`,
  insert: `INSERT INTO cycles (public_id, title, title_es, coordinator_seat, state, last_call_at_ms, closes_at_ms,
      pickup_from_ms, pickup_to_ms, policy, sets_aside, credit_limit_micros, if_missed, markup_basis_points, created_at_ms)
    VALUES (@id, @title, @titleEs, @coordinatorSeat, 'draft', @lastCallAtMs, @closesAtMs, @pickupFromMs, @pickupToMs,
      @policy, @setsAside, @creditLimitMicros, @ifMissed, @markupBasisPoints, @atMs)`,
  update: `UPDATE cycles SET title = @title, title_es = @titleEs, last_call_at_ms = @lastCallAtMs,
    closes_at_ms = @closesAtMs, pickup_from_ms = @pickupFromMs, pickup_to_ms = @pickupToMs, policy = @policy,
    sets_aside = @setsAside, credit_limit_micros = @creditLimitMicros, if_missed = @ifMissed,
    markup_basis_points = @markupBasisPoints WHERE id = @rowId`,
  setState: 'UPDATE cycles SET state = @state WHERE id = @rowId',
  setTimes: `UPDATE cycles SET last_call_at_ms = @lastCallAtMs, closes_at_ms = @closesAtMs, pickup_from_ms = @pickupFromMs,
    pickup_to_ms = @pickupToMs, extended = @extended WHERE id = @rowId`,
  setLastOrder: 'UPDATE cycles SET last_order_at_ms = @lastOrderAtMs WHERE id = @rowId',
  touch: 'UPDATE cycles SET revision = revision + 1 WHERE id = @rowId RETURNING revision',
  setFill: 'UPDATE cycles SET fill_id = @fillId WHERE id = @rowId',
  addStep: `INSERT INTO cycle_steps (cycle_id, from_state, to_state, by_seat, reason, at_ms)
    VALUES (@rowId, @fromState, @toState, @bySeat, @reason, @atMs)`,
  steps: `SELECT from_state AS fromState, to_state AS toState, by_seat AS bySeat, reason, at_ms AS atMs FROM cycle_steps
    WHERE cycle_id = @rowId ORDER BY id`,
  setMinimum: `INSERT INTO cycle_suppliers (cycle_id, supplier_id, minimum_micros) VALUES (@rowId, @supplierId, @minimumMicros)
    ON CONFLICT (cycle_id, supplier_id) DO UPDATE SET minimum_micros = @minimumMicros`,
  minimums:
    'SELECT supplier_id AS supplierId, minimum_micros AS minimumMicros FROM cycle_suppliers WHERE cycle_id = @rowId',
} as const;

export const findCycle = (reader: Reader, id: string) => reader.prepare(sql.byId).get<CycleRow>({ id });
export const cycleAt = (reader: Reader, rowId: number) => reader.prepare(sql.byRow).get<CycleRow>({ rowId })!;
/** Newest first. */
export const listCycles = (reader: Reader, query: { before?: string; limit: number; withDrafts: boolean }) =>
  reader
    .prepare(sql.page)
    .all<CycleRow>({ before: query.before ?? 'g', limit: query.limit, withDrafts: Number(query.withDrafts) });
export const dueCycles = (reader: Reader, nowMs: number) => reader.prepare(sql.due).all<CycleRow>({ nowMs });
/** Closed so long ago, and nobody has said who pays what. */
export const forgottenCycles = (reader: Reader, beforeMs: number) =>
  reader.prepare(sql.forgotten).all<CycleRow>({ beforeMs });
/** Handed out, and nothing of theirs is on its way to the chain any more. */
export const endedCycles = (reader: Reader) => reader.prepare(sql.pickedUp).all<CycleRow>({});

export function insertCycle(tx: Tx, cycle: NewCycle & { id: string; coordinatorSeat: SeatNumber }): number {
  return tx.prepare(sql.insert).run({ ...cycle, titleEs: cycle.titleEs ?? null, atMs: tx.nowMs }).lastInsertRowid;
}

export function updateCycle(tx: Tx, rowId: number, cycle: NewCycle): void {
  tx.prepare(sql.update).run({ ...cycle, titleEs: cycle.titleEs ?? null, rowId });
}

/** Takes a step that stays on record, with whoever took it and why. */
export function takeStep(tx: Tx, cycle: Pick<CycleRow, 'rowId' | 'state'>, toState: CycleState, reason?: string): void {
  tx.prepare(sql.setState).run({ rowId: cycle.rowId, state: toState });
  noteStep(tx, cycle.rowId, cycle.state, toState, reason);
}

export function noteStep(
  tx: Tx,
  rowId: number,
  fromState: CycleState | null,
  toState: CycleState,
  reason?: string,
): void {
  const bySeat = tx.actor.seat ?? null;
  tx.prepare(sql.addStep).run({ rowId, fromState, toState, bySeat, reason: reason ?? null, atMs: tx.nowMs });
}

export const stepsOf = (reader: Reader, rowId: number) => reader.prepare(sql.steps).all<StepRow>({ rowId });

export type CycleTimes = Pick<CycleRow, 'lastCallAtMs' | 'closesAtMs' | 'pickupFromMs' | 'pickupToMs' | 'extended'>;

export function setTimes(tx: Tx, rowId: number, times: CycleTimes): void {
  const { lastCallAtMs, closesAtMs, pickupFromMs, pickupToMs, extended } = times;
  tx.prepare(sql.setTimes).run({ rowId, lastCallAtMs, closesAtMs, pickupFromMs, pickupToMs, extended });
}

export function setLastOrder(tx: Tx, rowId: number, lastOrderAtMs: number): void {
  tx.prepare(sql.setLastOrder).run({ rowId, lastOrderAtMs });
}

/** The cycle's next revision, told to everybody. */
export function touchCycle(tx: Tx, cycle: Pick<CycleRow, 'rowId' | 'id'>): void {
  const { revision } = tx.prepare(sql.touch).get<{ revision: number }>({ rowId: cycle.rowId })!;
  tx.changed('cycle', cycle.id, revision);
}

export function setFill(tx: Tx, rowId: number, fillId: number | null): void {
  tx.prepare(sql.setFill).run({ rowId, fillId });
}

export function setMinimum(tx: Tx, rowId: number, supplierId: string, minimumMicros: number): void {
  tx.prepare(sql.setMinimum).run({ rowId, supplierId, minimumMicros });
}

/** What each supplier wants to be ordered for at least, without deposits; who named none is missing. */
export const minimumsOf = (reader: Reader, rowId: number): Map<string, number> =>
  new Map(
    reader
      .prepare(sql.minimums)
      .all<{ supplierId: string; minimumMicros: number }>({ rowId })
      .map(({ supplierId, minimumMicros }) => [supplierId, minimumMicros]),
  );

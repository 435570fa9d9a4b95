import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { LineState, NewOrder, OrderState } from './orders.schema.ts';

/** A simple order, or what a cycle orders of one supplier: what both are to money and chain. */
export interface OrderRow {
  readonly rowId: number;
  readonly kind: 'simple' | 'cycle';
  readonly cycleRowId: number | null;
  readonly id: string;
  readonly revision: number;
  readonly title: string;
  readonly titleEs: string | null;
  readonly supplierId: string;
  readonly supplierName: string;
  readonly targetMicros: number;
  readonly ceilingMicros: number;
  readonly executes: NewOrder['executes'];
  readonly deadlineAtMs: number;
  readonly state: OrderState;
  readonly reason: string | null;
  readonly openedBySeat: SeatNumber;
  readonly subject: Hex;
  readonly terms: string;
  readonly termsHash: Hex;
  readonly closing: string | null;
  readonly createdAtMs: number;
  readonly committedMicros: number;
  readonly joinedCount: number;
}

/** An order of one good. */
export interface SimpleOrderRow extends OrderRow {
  readonly goodId: string | null;
  readonly picture: string | null;
  readonly unit: string;
  readonly unitPriceMicros: number;
  readonly unitsPerCase: number;
  readonly committedUnits: number;
}

export interface LineRow {
  readonly id: number;
  readonly orderId: number;
  readonly seat: SeatNumber;
  readonly revision: number;
  /** Of a simple order's good. */
  readonly units: number | null;
  /** What is set aside, and once it is charged what was taken. */
  readonly amountMicros: number;
  /** What the member signed: nothing of theirs goes beyond it. */
  readonly maxMicros: number;
  /** Null while the money is promised and not set aside yet. */
  readonly holdId: string | null;
  readonly intentId: string;
  readonly state: LineState;
  readonly reason: string | null;
}

/** Why a line of a restored store ended: the chain settled its order and did not take it. */
export const settledWithout = 'settled_without';

const live = `('promised', 'set-aside', 'charged', 'recorded')`;

const columns = `o.id AS rowId, o.public_id AS id, o.kind, o.cycle_id AS cycleRowId, o.revision, o.title, o.title_es AS titleEs, o.supplier_id AS supplierId,
  s.name AS supplierName, o.good_id AS goodId, g.picture, o.unit, o.unit_price_micros AS unitPriceMicros,
  o.units_per_case AS unitsPerCase, o.target_micros AS targetMicros, o.ceiling_micros AS ceilingMicros, o.executes,
  o.deadline_at_ms AS deadlineAtMs, o.state, o.reason, o.opened_by_seat AS openedBySeat, o.subject, o.terms,
  o.terms_hash AS termsHash, o.closing, o.created_at_ms AS createdAtMs,
  COALESCE((SELECT SUM(amount_micros) FROM order_lines l WHERE l.order_id = o.id AND l.state IN ${live}), 0) AS committedMicros,
  COALESCE((SELECT SUM(units) FROM order_lines l WHERE l.order_id = o.id AND l.state IN ${live}), 0) AS committedUnits,
  (SELECT COUNT(*) FROM order_lines l WHERE l.order_id = o.id AND l.state IN ${live}) AS joinedCount`;
const from = `FROM orders o JOIN suppliers s ON s.public_id = o.supplier_id LEFT JOIN goods g ON g.public_id = o.good_id`;
const lineColumns = `l.id, l.order_id AS orderId, l.seat, l.revision, l.units, l.amount_micros AS amountMicros,
  l.max_micros AS maxMicros, l.hold_id AS holdId, l.intent_id AS intentId, l.state, l.reason`;

const sql = {
  byId: `SELECT ${columns} ${from} WHERE o.public_id = @id`,
  simple: `SELECT ${columns} ${from} WHERE o.public_id = @id AND o.kind = 'simple'`,
  ofCycle: `SELECT ${columns} ${from} WHERE o.cycle_id = @cycleRowId ORDER BY o.id`,
  bySubject: `SELECT ${columns} ${from} WHERE o.subject = @subject`,
  open: `SELECT ${columns} ${from} WHERE o.kind = 'simple' AND o.state IN ('open', 'executing', 'awaiting-closing')
    AND o.public_id > @after
    ORDER BY o.public_id LIMIT @limit`,
  past: `SELECT ${columns} ${from} WHERE o.kind = 'simple' AND o.state IN ('settled', 'failed', 'cancelled')
    AND o.public_id < @before
    ORDER BY o.public_id DESC LIMIT @limit`,
  mine: `SELECT ${columns} ${from} WHERE o.kind = 'simple' AND o.public_id < @before
      AND (o.opened_by_seat = @seat OR o.id IN (SELECT order_id FROM order_lines WHERE seat = @seat AND state <> 'left'))
    ORDER BY o.public_id DESC LIMIT @limit`,
  due: `SELECT ${columns} ${from} WHERE o.kind = 'simple' AND o.state = @state AND o.deadline_at_ms <= @beforeMs
    ORDER BY o.deadline_at_ms, o.id`,
  insert: `INSERT INTO orders (public_id, kind, cycle_id, title, title_es, supplier_id, good_id, unit, unit_price_micros, units_per_case,
      target_micros, ceiling_micros, executes, deadline_at_ms, state, opened_by_seat, subject, details_salt, terms,
      terms_hash, created_at_ms)
    VALUES (@id, @kind, @cycleRowId, @title, @titleEs, @supplierId, @goodId, @unit, @unitPriceMicros, @unitsPerCase, @targetMicros,
      @ceilingMicros, @executes, @deadlineAtMs, 'open', @openedBySeat, @subject, @detailsSalt, @terms, @termsHash, @atMs)`,
  halfSettled: `SELECT ${columns} ${from} WHERE o.state = 'executing'
    AND EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id AND l.state = 'set-aside')`,
  leftOver: `SELECT o.title, o.public_id AS orderId, l.seat, l.amount_micros AS amountMicros FROM order_lines l
    JOIN orders o ON o.id = l.order_id WHERE l.reason = '${settledWithout}' AND o.created_at_ms >= @sinceMs ORDER BY l.id DESC
    LIMIT 100`,
  setState: 'UPDATE orders SET state = @state, reason = @reason WHERE id = @rowId',
  setClosing: 'UPDATE orders SET closing = @closing WHERE id = @rowId',
  touch: 'UPDATE orders SET revision = revision + 1 WHERE id = @rowId RETURNING revision',
  line: `SELECT ${lineColumns} FROM order_lines l WHERE l.order_id = @orderId AND l.seat = @seat`,
  allLines: `SELECT ${lineColumns} FROM order_lines l WHERE l.order_id = @orderId ORDER BY l.id`,
  lines: `SELECT ${lineColumns} FROM order_lines l WHERE l.order_id = @orderId AND l.state = @state ORDER BY l.id`,
  unsettled: `SELECT l.seat, SUM(l.amount_micros) AS micros FROM order_lines l WHERE l.state = 'charged' GROUP BY l.seat`,
  lineOfIntent: `SELECT ${lineColumns} FROM order_lines l WHERE l.intent_id = @intentId`,
  lineOfHold: `SELECT ${lineColumns} FROM order_lines l WHERE l.hold_id = @holdId`,
  putLine: `INSERT INTO order_lines (order_id, seat, revision, units, amount_micros, max_micros, hold_id, intent_id, state,
      joined_at_ms)
    VALUES (@orderId, @seat, @revision, @units, @amountMicros, @maxMicros, @holdId, @intentId, @state, @atMs)
    ON CONFLICT (order_id, seat) DO UPDATE SET revision = @revision, units = @units, amount_micros = @amountMicros,
      max_micros = @maxMicros, hold_id = @holdId, intent_id = @intentId, state = @state, reason = NULL`,
  setTaken: `UPDATE order_lines SET amount_micros = @amountMicros, max_micros = MAX(max_micros, @amountMicros)
    WHERE id = @id`,
  setAmount:
    'UPDATE order_lines SET amount_micros = @amountMicros, hold_id = @holdId, intent_id = @intentId WHERE id = @id',
  setLine: 'UPDATE order_lines SET state = @state, reason = @reason WHERE id = @id',
} as const;

/** UUIDs sort by time, so a page's cursor is its last id; these bound the first page. */
const beforeAll = '';
const afterAll = 'g';

/** Of either kind. */
export const findOrder = (reader: Reader, id: string) => reader.prepare(sql.byId).get<OrderRow>({ id });
export const findSimpleOrder = (reader: Reader, id: string) => reader.prepare(sql.simple).get<SimpleOrderRow>({ id });
/** What a cycle orders, of each supplier; the oldest first. */
export const ordersOfCycle = (reader: Reader, cycleRowId: number) =>
  reader.prepare(sql.ofCycle).all<OrderRow>({ cycleRowId });
export const orderOfSubject = (reader: Reader, subject: Hex) =>
  reader.prepare(sql.bySubject).get<OrderRow>({ subject });

export function listOrders(
  reader: Reader,
  query: { state: 'open' | 'mine' | 'past'; seat?: SeatNumber; after?: string; limit: number },
): SimpleOrderRow[] {
  const { state, seat, after, limit } = query;
  if (state === 'open') return reader.prepare(sql.open).all<SimpleOrderRow>({ after: after ?? beforeAll, limit });
  if (state === 'past') return reader.prepare(sql.past).all<SimpleOrderRow>({ before: after ?? afterAll, limit });
  return reader.prepare(sql.mine).all<SimpleOrderRow>({ before: after ?? afterAll, seat: seat ?? null, limit });
}

export const dueOrders = (reader: Reader, state: OrderState, beforeMs: number) =>
  reader.prepare(sql.due).all<OrderRow>({ state, beforeMs });

export interface NewOrderRow {
  readonly id: string;
  readonly kind: OrderRow['kind'];
  readonly cycleRowId?: number;
  readonly title: string;
  readonly titleEs?: string;
  readonly supplierId: string;
  readonly goodId?: string;
  readonly unit?: string;
  readonly unitPriceMicros?: number;
  readonly unitsPerCase?: number;
  readonly targetMicros: number;
  readonly executes: NewOrder['executes'];
  readonly deadlineAtMs: number;
  readonly ceilingMicros: number;
  readonly openedBySeat: SeatNumber;
  readonly subject: Hex;
  readonly detailsSalt: Hex;
  readonly terms: string;
  readonly termsHash: Hex;
}

export function insertOrder(tx: Tx, row: NewOrderRow): void {
  const { cycleRowId = null, titleEs = null, goodId = null, unit = null } = row;
  const { unitPriceMicros = null, unitsPerCase = null } = row;
  const given = { ...row, cycleRowId, titleEs, goodId, unit, unitPriceMicros, unitsPerCase };
  tx.prepare(sql.insert).run({ ...given, atMs: tx.nowMs });
}

export function setOrderState(tx: Tx, rowId: number, state: OrderState, reason?: string): void {
  tx.prepare(sql.setState).run({ rowId, state, reason: reason ?? null });
}

export function setClosing(tx: Tx, rowId: number, closing: string | null): void {
  tx.prepare(sql.setClosing).run({ rowId, closing });
}

/** The order's next revision, told to everybody. */
export function touchOrder(tx: Tx, order: Pick<OrderRow, 'rowId' | 'id'>): void {
  const { revision } = tx.prepare(sql.touch).get<{ revision: number }>({ rowId: order.rowId })!;
  tx.changed('order', order.id, revision);
}

export const findLine = (reader: Reader, orderId: number, seat: SeatNumber) =>
  reader.prepare(sql.line).get<LineRow>({ orderId, seat });
export const linesInState = (reader: Reader, orderId: number, state: LineState) =>
  reader.prepare(sql.lines).all<LineRow>({ orderId, state });
export const linesOf = (reader: Reader, orderId: number) => reader.prepare(sql.allLines).all<LineRow>({ orderId });
/** Charged and not final on chain yet, per seat. */
export const unsettledCharges = (reader: Reader) =>
  reader.prepare(sql.unsettled).all<{ seat: SeatNumber; micros: number }>();
/** Everything that was recorded of an order, once it is settled whole. */
export function settledOrder(reader: Reader, id: string) {
  const order = findOrder(reader, id);
  if (order?.state !== 'settled') return undefined;
  const lines = linesInState(reader, order.rowId, 'recorded');
  const totalMicros = lines.reduce((sum, { amountMicros }) => sum + amountMicros, 0);
  return { id, totalMicros, lineCount: lines.length };
}
/** Executing with money still set aside: only the chain's word on a restored order does that. */
export const halfSettledOrders = (reader: Reader) => reader.prepare(sql.halfSettled).all<OrderRow>({});
/** Whom the chain left out of an order that a restored store has them in. */
export const leftOverLines = (reader: Reader, sinceMs: number) =>
  reader
    .prepare(sql.leftOver)
    .all<{ title: string; orderId: string; seat: SeatNumber; amountMicros: number }>({ sinceMs });
export const lineOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.lineOfIntent).get<LineRow>({ intentId });
export const lineOfHold = (reader: Reader, holdId: string) => reader.prepare(sql.lineOfHold).get<LineRow>({ holdId });

export function putLine(tx: Tx, line: Omit<LineRow, 'id' | 'reason'>): void {
  tx.prepare(sql.putLine).run({ ...line, atMs: tx.nowMs });
}

export function setLine(tx: Tx, id: number, state: LineState, reason?: string): void {
  tx.prepare(sql.setLine).run({ id, state, reason: reason ?? null });
}

/** What of the signed maximum is set aside or taken, under which hold and intent. */
export function setLineAmount(tx: Tx, line: Pick<LineRow, 'id' | 'amountMicros' | 'holdId' | 'intentId'>): void {
  tx.prepare(sql.setAmount).run(line);
}

/** What the chain took, which a restored store may have known less about. */
export function setLineTaken(tx: Tx, id: number, amountMicros: number): void {
  tx.prepare(sql.setTaken).run({ id, amountMicros });
}

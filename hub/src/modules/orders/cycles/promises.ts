import { isStoopError } from '../../../platform/errors.ts';
import { type Micros, type Reader, type SeatNumber, system, type Tx } from '../../../platform/ports/index.ts';
import { leaveQuietly } from '../execution.ts';
import { findOrder, setLine, setLineAmount, touchOrder } from '../orders.store.ts';
import type { OrdersDeps } from '../orders.ts';
import { dropClaims } from './drop-claims.ts';

const sql = {
  ofSeat: `SELECT COALESCE(SUM(amount_micros), 0) AS micros FROM order_lines WHERE seat = @seat AND state = 'promised'`,
  due: `SELECT l.id, l.seat, l.amount_micros AS amountMicros, l.intent_id AS intentId, o.public_id AS orderId
    FROM cycles c JOIN orders o ON o.cycle_id = c.id JOIN order_lines l ON l.order_id = o.id
    WHERE c.state IN ('last-call', 'closed') AND l.state = 'promised' ORDER BY l.id LIMIT @limit`,
} as const;

interface Promised {
  readonly id: number;
  readonly seat: SeatNumber;
  readonly amountMicros: Micros;
  readonly intentId: string;
  readonly orderId: string;
}

/** So many in one unit of work, that nobody waits for it. */
const atOnce = 50;

/** What a seat has signed for and not set aside yet, in all cycles. */
export const promisedMicros = (reader: Reader, seat: SeatNumber): number =>
  reader.prepare(sql.ofSeat).get<{ micros: number }>({ seat })!.micros;

const duePromises = (reader: Reader) => reader.prepare(sql.due).all<Promised>({ limit: atOnce });

/** From last call on what was promised is set aside; who has not got it leaves, with all wishes of that supplier. */
export async function setAsidePromises({ store, journal }: OrdersDeps): Promise<void> {
  while (store.read((reader) => duePromises(reader)).length > 0) {
    await store.act({ name: 'cycles.set-aside', actor: system('cycles') }, (tx) => {
      const due = duePromises(tx);
      const missing = due.filter((promise) => !isSetAside(tx, promise));
      tx.audit({ lines: due.length, missing: missing.length });
    });
  }

  function isSetAside(tx: Tx, { id, seat, amountMicros, intentId, orderId }: Promised): boolean {
    const order = findOrder(tx, orderId)!;
    try {
      const holdId = journal.hold(tx, seat, amountMicros, { noun: 'order', id: orderId });
      setLineAmount(tx, { id, amountMicros, holdId, intentId });
      setLine(tx, id, 'set-aside');
      return true;
    } catch (error) {
      if (!isStoopError(error, 'not_enough_money') && !isStoopError(error, 'account_short')) throw error;
      leaveQuietly(tx, journal, { holdId: null, intentId }, error.code);
      setLine(tx, id, 'void', error.code);
      dropClaims(tx, order, seat, error.code);
      return false;
    } finally {
      touchOrder(tx, order);
    }
  }
}

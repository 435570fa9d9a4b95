import type { Journal } from '../../journal/index.ts';
import { isCarried, outbox } from '../../outbox/index.ts';
import type { Hex, Intent, Micros, OnChain, Reader, SeenEvent, Tx } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { type LineRow, linesOf, type OrderRow, orderOfSubject, setLineTaken, touchOrder } from './orders.store.ts';

const sql = {
  insert: `INSERT INTO spends_taken (tx_hash, log_index, address, amount_micros)
    VALUES (@txHash, @logIndex, @address, @amountMicros) ON CONFLICT DO NOTHING`,
  name: `UPDATE spends_taken SET subject = @subject
    WHERE tx_hash = @txHash AND log_index < @logIndex AND subject IS NULL RETURNING address, amount_micros AS amountMicros`,
  ofSubject: `SELECT amount_micros AS amountMicros FROM spends_taken WHERE subject = @subject AND address = @address`,
} as const;

const reason = 'settled_before_restore';
const signerOf = (intent: Intent): Hex => intent.authorisations[0]!.address;

/**
 * What a hub before a restore had settled *at most* is told by the chain alone: the token names each payment, then the
 * order that they were for. What this store had booked for it meanwhile is set right.
 */
export function noteTaken(tx: Tx, journal: Journal, event: SeenEvent, onChain: OnChain | undefined): void {
  if (event.contract !== 'FoodUSD' || isCarried(tx, event.txHash)) return;
  const { txHash, logIndex, args } = event;
  if (event.name === 'Transfer' && args.to === onChain?.clearing) {
    tx.prepare(sql.insert).run({ txHash, logIndex, address: args.from, amountMicros: Number(args.value) });
  }
  if (event.name !== 'SpendsSettled') return;
  const taken = tx
    .prepare(sql.name)
    .all<{ address: Hex; amountMicros: Micros }>({ txHash, logIndex, subject: args.subject });
  const order = orderOfSubject(tx, args.subject as Hex);
  if (order?.kind !== 'cycle') return;
  const recorded = linesOf(tx, order.rowId).filter(({ state }) => state === 'recorded');
  for (const { address, amountMicros } of taken) {
    const line = recorded.find(({ intentId }) => signerOf(outbox.find(tx, intentId)!) === address);
    if (line) bookDifference(tx, journal, order, line, amountMicros);
  }
}

/** A restored store has the line set aside, or has let it go since: books what the chain took of it, as far as it is known. */
export function bookTaken(tx: Tx, journal: Journal, order: OrderRow, line: LineRow, intent: Intent): void {
  const { amountMicros: held, holdId } = line;
  // A simple order takes what was signed; only *at most* leaves it open.
  const told = order.kind === 'cycle' ? takenOf(tx, intent) : undefined;
  const amount = told ?? (line.state === 'set-aside' ? held : fieldsOf(intent.message, 'Spend').maxAmount);
  if (line.state === 'set-aside' && holdId !== null && amount <= held) {
    journal.charge(tx, holdId, amount as Micros);
  } else {
    // More than this store knows to be set aside: the member had signed for more since.
    if (line.state === 'set-aside' && holdId !== null) journal.release(tx, holdId, reason);
    const about = { noun: 'order', id: order.id, reason };
    journal.postForeign(tx, { from: line.seat, to: 'clearing', amount: amount as Micros }, about);
  }
  setLineTaken(tx, line.id, amount);
}

function bookDifference(tx: Tx, journal: Journal, order: OrderRow, line: LineRow, amountMicros: Micros): void {
  const more = amountMicros - line.amountMicros;
  if (more === 0) return;
  const amount = Math.abs(more) as Micros;
  const move =
    more > 0
      ? ({ from: line.seat, to: 'clearing', amount } as const)
      : ({ from: 'clearing', to: line.seat, amount } as const);
  journal.postForeign(tx, move, { noun: 'order', id: order.id, reason });
  setLineTaken(tx, line.id, amountMicros);
  touchOrder(tx, order);
}

const takenOf = (reader: Reader, intent: Intent): number | undefined =>
  reader.prepare(sql.ofSubject).get<{ amountMicros: number }>({ subject: intent.subject, address: signerOf(intent) })
    ?.amountMicros;
